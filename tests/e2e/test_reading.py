"""Reading the demo's page: keyboard, screen reader, time zones, light and dark."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

NAMELESS = re.compile(r"^\s*$")


def test_a_command_is_completed_and_says_how_it_is_used(open_as):
    ana = open_as()
    hints = ana.window.get_by_role("listbox", name="Commands")
    ana.line.press_sequentially("/con")
    expect(hints.get_by_role("option")).to_have_text(re.compile("^/contact"))
    ana.line.press("Tab")
    expect(ana.line).to_have_value("/contact ")
    expect(ana.line).to_be_focused()
    expect(hints.get_by_role("option")).to_have_count(1)  # Slack doesn't complete subcommands
    ana.line.press_sequentially("somebody")
    expect(hints.get_by_role("option")).to_have_text(re.compile("name, number, company, or email"))
    ana.line.press("Escape")
    expect(hints).to_be_hidden()
    ana.line.fill("/ca")
    ana.line.press("ArrowDown")
    ana.line.page.keyboard.press("Enter")
    expect(ana.line).to_have_value("/calls ")


def test_the_keyboard_reaches_a_button_and_what_it_opens_and_comes_back(open_as):
    ana = open_as()
    press = ana.window.keyboard.press
    ana.window.get_by_label("You are").focus()
    for _ in range(60):
        press("Tab")
        focused = ana.window.locator(":focus")
        if focused.inner_text() in {"Contact", "Add contact"}:
            break
    button = ana.window.locator(":focus")
    expect(button).to_have_text(re.compile("ontact"))
    press("Space")
    expect(ana.modal.locator(":focus")).to_have_count(1)
    for _ in range(30):
        press("Tab")
        assert ana.window.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    ana.leave_modal()
    expect(ana.messages.locator(":focus")).to_have_text(re.compile("ontact"))


def test_a_thread_opens_and_closes_by_keyboard(open_as):
    ana = open_as()
    replies = ana.messages.get_by_role("button", name=re.compile("repl(y|ies)")).first
    replies.press("Enter")
    expect(ana.thread).to_be_focused()
    expect(ana.thread.get_by_role("article").nth(1)).to_be_visible()
    ana.window.keyboard.press("Escape")
    expect(ana.thread).to_be_hidden()
    expect(replies).to_be_focused()


def test_everything_that_can_be_pressed_or_filled_in_has_a_name(open_as):
    robin = open_as("Robin Park")

    def nameless():
        kinds = ("button", "textbox", "combobox", "link", "checkbox", "radio", "option", "img")
        found = [robin.window.get_by_role(kind, name=NAMELESS) for kind in kinds]
        return [one.first.evaluate("(one) => one.outerHTML") for one in found if one.count()]

    robin.type("/vocatech digest preview")
    expect(robin.message("Only visible to you", "📊")).to_be_visible()
    assert nameless() == []
    robin.go_to("Home")
    expect(robin.messages.get_by_text("System status")).to_be_visible()
    assert nameless() == []
    for command in ("/contact new", "/sms (312) 555-0130"):
        robin.go_to("calls")
        robin.type(command)
        expect(robin.modal).to_be_visible()
        assert nameless() == []
        robin.leave_modal()


def test_news_are_read_out_and_what_stood_here_before_is_not(open_as):
    ana = open_as()
    expect(ana.messages).to_have_attribute("role", "log")
    expect(ana.messages).not_to_have_attribute("aria-busy", "true")


def test_three_people_see_each_their_own(open_as):
    ana = open_as("Ana Torres")
    ana.type("/calls mine")
    mine = ana.message("Only visible to you")
    expect(mine).to_be_visible()
    # Not `inner_text`, which is empty until the browser has laid the message out.
    words = mine.text_content()
    assert "Only visible to you" in words
    expect(ana.messages.get_by_role("article").filter(has_text=words)).to_have_count(1)
    for name in ("Ben Whitaker", "Robin Park"):
        ana.become(name)
        expect(ana.messages.get_by_role("article").first).to_be_visible()
        expect(ana.messages.get_by_role("article").filter(has_text=words)).to_have_count(0)
        ana.go_to("Vocatech")
        expect(ana.window.get_by_role("heading", level=1)).to_have_text("Vocatech")
        ana.go_to("calls")
    ana.go_to("Home")
    expect(ana.messages.get_by_text("System status")).to_be_visible()
    ana.become("Ana Torres")
    expect(ana.messages.get_by_text("Your extension", exact=True)).to_be_visible()
    expect(ana.messages.get_by_text("System status")).to_have_count(0)


def test_times_are_those_of_the_readers_zone(open_as):
    seen = set()
    for zone in ("America/New_York", "Asia/Tokyo"):
        ana = open_as(timezone_id=zone, locale="en-US")
        head = ana.messages.get_by_role("article").filter(has_text="Conversation with").first
        seen.add(head.get_by_role("time").first.text_content())
    assert len(seen) == 2


def test_the_page_is_light_by_day_and_dark_by_night(open_as):
    def paper(scheme):
        shown = open_as(color_scheme=scheme).window
        return shown.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper("light") == "rgb(255, 255, 255)"
    assert paper("dark") == "rgb(25, 28, 31)"


def test_a_picture_that_came_along_is_shown(open_as):
    ana = open_as()
    head = ana.messages.get_by_role("article").filter(has_text="1 image").first
    head.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    picture = ana.thread.get_by_role("img").first
    expect(picture).to_be_visible()
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_a_contact_is_deleted_by_an_admin_who_was_asked_twice(open_as):
    robin = open_as("Robin Park")
    robin.type("/contact Mei Rossi")
    card = robin.message("Only visible to you", "Mei Rossi")
    delete = card.get_by_role("button", name="Delete")
    delete.click()
    asked = robin.window.get_by_role("dialog", name="Delete this contact?")
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden()
    expect(delete).to_be_focused()
    delete.click()
    asked.get_by_role("button", name="Continue").click()
    expect(robin.modal).to_contain_text("Mei Rossi")
