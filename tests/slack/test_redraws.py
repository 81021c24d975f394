"""Modals that are drawn again after a change, while the same person does something else."""

import json

import pytest
from structlog.testing import capture_logs

from bot.models.customers.notes import CALL, NUMBER, NoteTarget
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ANA, BEN
from bot.slack.modal_state import MOST_KEPT, MOST_VERSIONS, ShownModals
from bot.timeline.modals import ENTRIES_A_PAGE
from bot.ui.action_ids import (
    ADD_NOTE,
    CALL_MODAL,
    CARD_MENU,
    CHOOSE_OUTCOME,
    CLAIM_CALL,
    FILL_IN_TEMPLATE,
    NEW_TEMPLATE,
    NOTE_MENU,
    OPEN_CALL,
    REPLY_TO_CALL,
    SAVE_NOTE,
    SAVE_TEMPLATE,
    SEND_REPLY,
    SHOW_TIMELINE,
    TIMELINE_MODAL,
    TURN_TIMELINE_PAGE,
    TYPE_REPLY,
)
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
QUOTE = 1
CALLER = "+12125550123"


@pytest.fixture
def bot(start_bot, slack):
    started = start_bot()
    wait_for(lambda: started.store.slack_people.find(BEN))
    send(started.url, ended("c", status="missed"))
    wait_for(lambda: slack.posted_call_ids(CHANNEL))
    return started


def open_call(slack):
    """Open the call from a list as a modal."""
    slack.type_command(ANA, CHANNEL, "/calls", "")
    shown = wait_for(lambda: [one for one in slack.messages(CHANNEL) if "Latest calls" in str(one)])
    slack.click(ANA, CHANNEL, shown[-1]["ts"], OPEN_CALL, "c")
    return view_of(slack, CALL_MODAL)


def open_timeline(slack, view):
    slack.click_in_view(ANA, view["id"], CARD_MENU, "history c")
    return view_of(slack, TIMELINE_MODAL)


def button_of(view, action):
    """Return the button whose action ID begins with a text."""
    parts = [one for block in view["blocks"] for one in block.get("elements", ())]
    [found] = [one for one in parts if str(one.get("action_id")).startswith(action)]
    return found


def view_of(slack, callback_id):
    def found():
        view = slack.open_view(ANA)
        return view if view and view["callback_id"] == callback_id else None

    return wait_for(found)


def during_next_update(slack, act):
    """Have something done as soon as the app asks for the next update of a modal."""

    def hook(method, _params):
        if method == "views.update":
            slack.before_method = None
            act()

    slack.before_method = hook


def test_two_changes_at_the_same_time_are_both_shown(bot, slack):
    view = open_call(slack)

    def set_outcome():
        slack.click_in_view(ANA, view["id"], f"{CHOOSE_OUTCOME}:0", f"{QUOTE} c")
        wait_for(lambda: bot.store.outcomes.of("c"))

    during_next_update(slack, set_outcome)
    slack.click_in_view(ANA, view["id"], CLAIM_CALL, "c")
    wait_for(lambda: slack.counts["views.update"] >= 2)
    shown = str(slack.open_view(ANA))
    assert "Claimed by Ana Torres" in shown
    assert "Outcome: Quote sent" in shown


def test_page_turned_while_a_note_appears_stays(bot, slack):
    for number in range(ENTRIES_A_PAGE + 1):
        about = NoteTarget(NUMBER, CALLER)
        bot.store.notes.add(
            about, f"Note {number}", number=CALLER, by=BEN, writer_name="Ben", now=float(number)
        )
    timeline = open_timeline(slack, open_call(slack))
    turn = button_of(timeline, TURN_TIMELINE_PAGE)
    slack.click_in_view(ANA, timeline["id"], ADD_NOTE, button_of(timeline, ADD_NOTE)["value"])
    form = view_of(slack, SAVE_NOTE)
    before = slack.counts["views.update"]
    during_next_update(
        slack, lambda: slack.click_in_view(ANA, timeline["id"], turn["action_id"], turn["value"])
    )
    slack.submit_view(ANA, form["id"], {"text": {"text": "Asks for oak"}})
    wait_for(lambda: slack.counts["views.update"] >= before + 2)
    shown = view_of(slack, TIMELINE_MODAL)
    assert json.loads(shown["private_metadata"])["page"] == 1
    assert "Note 0" in str(shown)


def test_conflict_in_the_third_modal_stays(bot, slack):
    view = open_call(slack)
    timeline = open_timeline(slack, view)
    slack.click_in_view(ANA, timeline["id"], OPEN_CALL, "c")
    third = view_of(slack, CALL_MODAL)
    assert third["id"] != view["id"]
    # Ana's screen still shows the call as unclaimed.
    assert bot.store.claims.take("c", BEN, now=1.0)
    slack.click_in_view(ANA, third["id"], CLAIM_CALL, "c")
    wait_for(lambda: slack.open_view(ANA)["callback_id"] != CALL_MODAL)
    bot.bot.stop()  # after what the click started
    shown = slack.open_view(ANA)
    assert shown["id"] == third["id"]
    assert shown["callback_id"] != CALL_MODAL
    assert "Ben" in str(shown)


def test_changes_in_the_third_modal_are_shown_there_and_below(bot, slack):
    timeline = open_timeline(slack, open_call(slack))
    slack.click_in_view(ANA, timeline["id"], OPEN_CALL, "c")
    third = view_of(slack, CALL_MODAL)
    slack.click_in_view(ANA, third["id"], CARD_MENU, "note c")
    form = view_of(slack, SAVE_NOTE)
    assert form["id"] == third["id"]
    slack.submit_view(ANA, form["id"], {"text": {"text": "Asks for oak"}})
    shown = view_of(slack, CALL_MODAL)
    assert shown["id"] == third["id"]
    assert "Asks for oak" in str(shown)
    slack.click_in_view(ANA, shown["id"], CLAIM_CALL, "c")
    wait_for(lambda: "Claimed by Ana" in str(slack.open_view(ANA)))
    slack.click_in_view(ANA, shown["id"], f"{CHOOSE_OUTCOME}:0", f"{QUOTE} c")
    wait_for(lambda: "Outcome: Quote sent" in str(slack.open_view(ANA)))
    slack.close_view(ANA, shown["id"])
    assert slack.open_view(ANA)["id"] == timeline["id"]
    for words in ("Asks for oak", "Claimed by Ana", "Outcome: Quote sent"):
        wait_for(lambda words=words: words in str(slack.open_view(ANA)))


def test_hash_of_a_version_with_the_same_content_is_replaced():
    modals = ShownModals()
    list_1 = {"callback_id": "list", "private_metadata": "1"}
    with modals.turn("V1") as shown:
        assert shown.current("opened") == "opened"
        shown.note("opened", list_1)
        shown.note("drawn", list_1)
        shown.note("opened", list_1)  # a click that was on its way
        assert (shown.current("opened"), shown.current(None)) == ("drawn", None)
        shown.note("turned", {**list_1, "private_metadata": "2"})
        assert shown.current("drawn") == "drawn"  # so Slack refuses the update
        for number in range(MOST_VERSIONS):
            shown.note(f"{number}", list_1)
        assert len(shown.generations) == MOST_VERSIONS
    for number in range(MOST_KEPT):
        modals.of(f"other {number}")
    assert modals.of("V1").newest == ""


def test_clicks_on_a_modal_below_a_full_stack_are_no_error(bot, slack):
    view = open_call(slack)
    with capture_logs() as logs:
        for _ in range(3):  # more than Slack stacks
            slack.click_in_view(ANA, view["id"], CARD_MENU, "history c")
        wait_for(lambda: "modal_already_changed" in [line["event"] for line in logs])
    assert "slack_listener_failed" not in [line["event"] for line in logs]
    assert slack.messages(slack.direct_channel(ANA)) == []
    assert slack.open_view(ANA)["callback_id"] == TIMELINE_MODAL


def open_third_form(slack):
    """Open the form for a text as the third modal, and type into it."""
    timeline = open_timeline(slack, open_call(slack))
    slack.click_in_view(ANA, timeline["id"], OPEN_CALL, "c")
    slack.click_in_view(ANA, view_of(slack, CALL_MODAL)["id"], REPLY_TO_CALL, "c")
    form = view_of(slack, SEND_REPLY)
    slack.type_in_view(ANA, form["id"], TYPE_REPLY, "The oak is ready")
    # The update after typing has come, so it meets no fault of a later step.
    wait_for(lambda: "16 / 1,600 characters" in str(slack.open_view(ANA)))
    return form


def test_history_does_not_replace_a_form_and_what_was_typed(bot, slack, vocatech):
    form = open_third_form(slack)
    slack.click_in_view(ANA, form["id"], SHOW_TIMELINE, f"number {CALLER}")
    wait_for(lambda: "Send the message or cancel it first" in str(slack.open_view(ANA)))
    assert slack.submit_view(ANA, form["id"]).ok
    wait_for(lambda: [one["body"] for one in vocatech.sent_texts(CALLER)] == ["The oak is ready"])


def test_error_does_not_replace_a_form_and_what_was_typed(bot, slack, vocatech):
    form = open_third_form(slack)
    refused = {"ok": False, "error": "ratelimited"}
    slack.faults.add(Fault(path="views.update", status=429, body=refused, times=1))
    offered = slack.load_options(ANA, FILL_IN_TEMPLATE, "", view_id=form["id"])["options"]
    slack.click_in_view(ANA, form["id"], FILL_IN_TEMPLATE, offered[0]["value"])
    wait_for(lambda: "Something went wrong" in str(slack.messages(slack.direct_channel(ANA))))
    assert slack.submit_view(ANA, form["id"]).ok
    wait_for(lambda: [one["body"] for one in vocatech.sent_texts(CALLER)] == ["The oak is ready"])


def test_refused_form_in_the_third_modal_keeps_what_was_typed(bot, slack):
    slack.change_user(ANA, is_admin=True)
    wait_for(lambda: bot.store.slack_people.find(ANA).is_admin)
    about = NoteTarget(CALL, "c")
    bot.store.notes.add(about, "Oak", number=CALLER, by=BEN, writer_name="Ben", now=1.0)
    timeline = open_timeline(slack, open_call(slack))
    slack.click_in_view(ANA, timeline["id"], OPEN_CALL, "c")
    slack.click_in_view(ANA, view_of(slack, CALL_MODAL)["id"], NOTE_MENU, "edit 1")
    form = view_of(slack, SAVE_NOTE)
    slack.change_user(ANA, is_admin=False)
    wait_for(lambda: not bot.store.slack_people.find(ANA).is_admin)
    answer = slack.submit_view(ANA, form["id"], {"text": {"text": "Wants pine"}})
    assert "Only admins" in answer["errors"]["text"]
    assert slack.open_view(ANA)["callback_id"] == SAVE_NOTE


def test_form_that_a_second_click_opened_sends_the_same_only_after_a_warning(bot, slack, vocatech):
    view = open_call(slack)
    for _ in range(2):
        slack.click_in_view(ANA, view["id"], REPLY_TO_CALL, "c")
        wait_for(lambda: slack.open_view(ANA)["callback_id"] == SEND_REPLY)
    wait_for(lambda: slack.counts["views.push"] == 2)
    second = view_of(slack, SEND_REPLY)
    assert slack.submit_view(ANA, second["id"]).ok
    wait_for(lambda: len(vocatech.sent_texts(CALLER)) == 1)
    slack.close_view(ANA, second["id"])  # which says that it was sent
    first = view_of(slack, SEND_REPLY)
    answer = slack.submit_view(ANA, first["id"])
    assert "You sent the same message after you opened this form. Select Send once more" in str(
        answer["view"]
    )
    assert len(vocatech.sent_texts(CALLER)) == 1
    assert slack.submit_view(ANA, first["id"]).ok
    wait_for(lambda: len(vocatech.sent_texts(CALLER)) == 2)


def test_form_whose_list_was_closed_before_it_opened_is_saved_without_an_error(bot, slack):
    def close_list(method, _params):
        if method == "views.push":
            slack.views.close_all(ANA)

    slack.type_command(ANA, CHANNEL, "/vocatech", "templates")
    listed = wait_for(lambda: slack.open_view(ANA))
    slack.before_method = close_list
    slack.click_in_view(ANA, listed["id"], NEW_TEMPLATE)
    form = view_of(slack, SAVE_TEMPLATE)
    assert form["previous_view_id"] is None
    with capture_logs() as logs:
        written = {"name": {"name": "Late"}, "text": {"show_example": "Hello"}}
        assert slack.submit_view(ANA, form["id"], written).ok
        bot.bot.stop()  # after all that follows the answer
    assert not [line for line in logs if line["log_level"] == "error"]
