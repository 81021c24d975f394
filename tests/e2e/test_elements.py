"""Every interactive element of messages and modals, in a small workspace."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.page.app import DemoPage
from tests.conftest import wait_for
from tests.e2e.conftest import Reader
from tests.support.page_samples import button, plain
from tests.support.page_workspace import FakeWorkspace

pytestmark = pytest.mark.e2e

OPTIONS = [{"text": plain(word), "value": word.lower()} for word in ("One", "Two", "Three")]
TS = "1763900000.000100"


def field(block_id, label, kind, **more):
    element = {"type": kind, "action_id": "a", **more}
    block = {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
    return block | {"hint": plain("Think of it twice.")}


FORM = {
    "id": "V1",
    "title": plain("A form"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        field("words", "Words", "plain_text_input"),
        field("day", "Day", "datepicker"),
        field("hour", "Hour", "timepicker"),
        field("moment", "Moment", "datetimepicker"),
        field("many", "Many", "multi_static_select", options=OPTIONS),
        field("ticks", "Ticks", "checkboxes", options=OPTIONS),
        field("radio", "Radio", "radio_buttons", options=OPTIONS),
        field("person", "Person", "users_select"),
        field("who", "Who", "external_select", min_query_length=2),
    ],
}

BROKEN_WORDS = """(cells) => cells.flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[^\\s-]+/g)) {
    const range = document.createRange();
    range.setStart(texts.currentNode, word.index);
    range.setEnd(texts.currentNode, word.index + word[0].length);
    if (new Set([...range.getClientRects()].map((one) => one.top)).size > 1) broken.push(word[0]);
  }
  return broken;
})"""


@pytest.fixture
def workspace():
    return FakeWorkspace()


@pytest.fixture
def reader(workspace, open_window):
    page = DemoPage(
        workspace, user="U1", scenarios={}, play=str, status=dict, log_lines=list, say=print
    )
    with page:
        yield Reader(open_window(page.url, timezone_id="Europe/Berlin"))


def show(workspace, *blocks, view=None):
    workspace.shown = [{"ts": TS, "bot_id": "B1", "text": "x", "blocks": list(blocks)}]
    workspace.view = view
    workspace.change()


def live(kind, **more):
    element = {"type": kind, "action_id": kind, **more}
    return {"type": "actions", "block_id": "b", "elements": [element]}


def chosen(workspace):
    """Return what was done to elements of messages, by kind, with the value chosen."""
    return {one[4]["action_id"]: one[5] for one in workspace.done if one[0] == "click"}


def test_what_is_chosen_in_a_message_is_told_at_once(reader, workspace):
    option = {"placeholder": plain("Pick one"), "options": OPTIONS}
    show(
        workspace,
        live("static_select", **option),
        live("overflow", options=OPTIONS),
        live("datepicker", placeholder=plain("The day")),
        live("checkboxes", options=OPTIONS),
        live("external_select", placeholder=plain("Search them"), min_query_length=2),
    )
    reader.messages.get_by_label("Pick one").select_option("two")
    reader.messages.get_by_label("More actions").click()
    reader.messages.get_by_role("menuitem", name="Three").click()
    reader.messages.get_by_label("The day").fill("2026-11-24")
    reader.messages.get_by_role("checkbox", name="One").check()
    workspace.answer = {"options": OPTIONS}
    reader.messages.get_by_label("Search: Search them").press_sequentially("th")
    menu = reader.messages.get_by_label("Search them", exact=True)
    expect(menu.get_by_role("option")).to_have_count(4)
    menu.select_option("three")
    wait_for(lambda: len(chosen(workspace)) == 5)
    assert chosen(workspace) == {
        "static_select": "two",
        "overflow": "three",
        "datepicker": "2026-11-24",
        "checkboxes": ["one"],
        "external_select": "three",
    }


def test_a_menu_is_led_by_arrows_and_left_by_escape(reader, workspace):
    show(workspace, live("overflow", options=OPTIONS))
    more = reader.messages.locator("summary", has_text="•••")
    more.focus()
    reader.window.keyboard.press("Enter")
    reader.window.keyboard.press("ArrowDown")
    items = reader.messages.get_by_role("menuitem")
    expect(items.and_(reader.window.locator(":focus"))).to_be_visible()
    reader.window.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(items.first).to_be_hidden()
    more.press("ArrowDown")
    reader.messages.get_by_role("menuitem", name="Three").press("Enter")
    wait_for(lambda: chosen(workspace) == {"overflow": "three"})
    expect(more).to_be_focused()


def test_a_form_is_filled_in_by_its_labels_and_sent_as_slack_does(reader, workspace):
    workspace.answer = {"options": OPTIONS}
    show(workspace, view=FORM)
    fields = reader.modal
    expect(fields).to_have_accessible_name("A form")
    expect(fields.get_by_label("Words")).to_be_focused()
    expect(fields.get_by_label("Words")).to_have_accessible_description("Think of it twice.")
    fields.get_by_label("Words").fill("Hello")
    fields.get_by_label("Day").fill("2026-11-24")
    fields.get_by_label("Hour").fill("09:30")
    fields.get_by_label("Moment").fill("2026-11-24T09:30")
    fields.get_by_label("Many").select_option(["one", "three"])
    fields.get_by_role("group", name="Ticks").get_by_label("Two").check()
    fields.get_by_role("radiogroup", name="Radio").get_by_label("Three").check()
    fields.get_by_label("Person").select_option(label="Priya Nair")
    fields.get_by_label("Search: Who").press_sequentially("tw")
    fields.get_by_label("Who", exact=True).select_option("two")
    fields.get_by_label("Words").press("Enter")
    expect(fields.get_by_role("button", name="Save")).to_be_enabled()
    values = wait_for(lambda: next((one[3] for one in workspace.done if one[0] == "submit"), None))
    found = {block: states["a"] for block, states in values.items()}
    assert found["words"]["value"] == "Hello"
    assert found["day"]["selected_date"] == "2026-11-24"
    assert found["hour"]["selected_time"] == "09:30"
    assert found["moment"]["selected_date_time"] == 1795509000
    assert [one["value"] for one in found["many"]["selected_options"]] == ["one", "three"]
    assert [one["value"] for one in found["ticks"]["selected_options"]] == ["two"]
    assert found["radio"]["selected_option"]["value"] == "three"
    assert found["person"]["selected_user"] == "U2"


def test_an_update_keeps_what_is_typed_and_a_push_comes_in_front(reader, workspace):
    show(workspace, view=FORM)
    reader.modal.get_by_label("Words").fill("Half a sen")
    note = {"type": "context", "elements": [plain("27 characters left")]}
    show(workspace, view={**FORM, "blocks": [*FORM["blocks"], note]})
    expect(reader.modal).to_contain_text("27 characters left")
    expect(reader.modal.get_by_label("Words")).to_have_value("Half a sen")
    expect(reader.modal.get_by_label("Words")).to_be_focused()
    show(workspace, view={**FORM, "id": "V2", "title": plain("In front"), "blocks": [note]})
    expect(reader.modal).to_have_accessible_name("In front")
    expect(reader.modal.locator(":focus")).to_have_text("Save")


def test_errors_stand_at_their_fields(reader, workspace):
    show(workspace, view=FORM)
    workspace.answer = {"response_action": "errors", "errors": {"day": "That day is over."}}
    reader.modal.get_by_role("button", name="Save").click()
    day = reader.modal.get_by_label("Day")
    expect(day).to_be_focused()
    expect(day).to_have_attribute("aria-invalid", "true")
    expect(day).to_have_accessible_description("That day is over. Think of it twice.")
    expect(reader.modal.get_by_role("alert")).to_have_text("That day is over.")


def test_a_dangerous_button_asks_first(reader, workspace):
    confirm = {"title": plain("Sure?"), "text": plain("All of it."), "confirm": plain("Do it")}
    ask = {"deny": plain("Leave it"), "style": "danger"}
    press = button("Delete", "delete", style="danger", confirm=confirm | ask, value="1")
    show(workspace, {"type": "actions", "block_id": "b", "elements": [press]})
    reader.messages.get_by_role("button", name="Delete").click()
    asked = reader.window.get_by_role("dialog", name="Sure?")
    asked.get_by_role("button", name="Leave it").click()
    assert workspace.done == []
    reader.messages.get_by_role("button", name="Delete").click()
    asked.get_by_role("button", name="Do it").click()
    assert wait_for(lambda: chosen(workspace)) == {"delete": "1"}


def test_a_block_that_the_page_does_not_know_is_shown_as_its_json(reader, workspace):
    show(workspace, {"type": "hologram", "depth": 3})
    expect(reader.messages.get_by_text('"depth": 3')).to_be_visible()


def test_words_in_a_table_stay_whole_beside_a_thread(reader, workspace):
    heads = ("Name", "Answered", "Missed", "Outgoing", "Talk time")
    rows = [heads, *((name, "12", "1,234", "5", "3 h 12 min") for name in ("Ana", "Bartholomew"))]
    table = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    show(workspace, {"type": "table", "rows": table})
    workspace.shown[0] |= {"reply_count": 1, "thread_ts": TS}
    workspace.change()
    reader.messages.get_by_role("button", name="1 reply").click()
    expect(reader.thread.get_by_text("Summary arrived.")).to_be_visible()
    for place in (reader.messages, reader.thread):
        assert place.locator("td").count() == 10
        assert place.locator("td, th").evaluate_all(BROKEN_WORDS) == []
