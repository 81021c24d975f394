"""Shortcuts on the demo's page: beside the message field and on messages, with the keyboard."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.page.app import DemoPage
from bot.ui.shortcuts import GLOBAL_SHORTCUTS, MESSAGE_SHORTCUTS
from tests.conftest import wait_for
from tests.support.page_workspace import FakeWorkspace

pytestmark = pytest.mark.e2e

TS = "1763900000.000100"


@pytest.fixture
def workspace():
    return FakeWorkspace({"ts": TS, "user": "U2", "text": "Please call (212) 555-0123."})


@pytest.fixture
def window(workspace, open_window):
    page = DemoPage(
        workspace,
        user="U1",
        scenarios={},
        play=str,
        status=dict,
        log_lines=list,
        say=print,
        shortcuts=GLOBAL_SHORTCUTS,
        message_shortcuts=MESSAGE_SHORTCUTS,
    )
    with page:
        yield open_window(page.url, timezone_id="Europe/Berlin")


def used(workspace):
    return [one for one in workspace.done if "shortcut" in one[0]]


def test_message_shortcuts_are_chosen_with_the_keyboard(window, workspace):
    menu = window.get_by_label("Shortcuts of this message").first
    menu.focus()
    window.keyboard.press("ArrowDown")
    expect(window.get_by_role("menuitem", name="Text this number")).to_be_focused()
    window.keyboard.press("ArrowDown")
    window.keyboard.press("Enter")
    wait_for(lambda: used(workspace))
    assert used(workspace) == [("message shortcut", "U1", "C1", TS, "look_up_number")]
    expect(menu).to_be_focused()
    expect(window.get_by_role("menuitem", name="Save as note")).to_be_hidden()


def test_workspace_shortcuts_are_chosen_with_mouse_and_keyboard(window, workspace):
    menu = window.get_by_label("Shortcuts", exact=True)
    menu.click()
    window.get_by_role("menuitem", name="New SMS").click()
    wait_for(lambda: used(workspace) == [("shortcut", "U1", "new_sms")])
    menu.focus()
    window.keyboard.press("Enter")
    window.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(window.get_by_role("menuitem", name="New SMS")).to_be_hidden()


def test_message_in_the_demo_is_texted_by_its_menu(open_as):
    ana = open_as()
    ana.type("Please call (212) 555-0123 today")
    message = ana.message("555-0123 today")
    message.hover()
    message.get_by_label("Shortcuts of this message").click()
    message.get_by_role("menuitem", name="Text this number").click()
    expect(ana.modal.get_by_label("Message", exact=True)).to_be_visible()
    ana.modal.get_by_label("Send", exact=True).select_option("morning")
    expect(ana.modal).to_contain_text("9:00 AM in New York")
    expect(ana.modal.get_by_role("button", name="Schedule")).to_be_visible()


def test_contact_is_looked_up_by_a_workspace_shortcut(open_as):
    ana = open_as()
    ana.window.get_by_label("Shortcuts", exact=True).press("ArrowDown")
    ana.window.get_by_role("menuitem", name="Look up a contact").click()
    ana.modal.get_by_label("Contact", exact=True).fill("no one of this name")
    ana.modal.get_by_role("button", name="Look up").click()
    expect(ana.modal).to_contain_text("No contact matches")
