"""What people see when the app is slow or crashes."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_late_response_shows_that_the_app_did_not_respond(open_as, frozen_bot):
    ana = open_as()
    began = time.monotonic()
    ana.type("/calls")
    said = ana.window.get_by_role("status").get_by_text("The app did not respond.")
    expect(said).to_be_visible()
    assert time.monotonic() - began > 2.5


def test_a_click_without_response_can_be_repeated(open_as, frozen_bot):
    ana = open_as()
    button = ana.messages.get_by_role("button", name="Transcript").or_(
        ana.messages.get_by_role("button", name="Contact")
    )
    button.first.click()
    said = ana.window.get_by_role("status").get_by_text("The app did not respond.")
    expect(said).to_be_visible()
    expect(button.first).to_be_enabled()


def test_a_crash_loses_and_duplicates_nothing(open_as):
    ana = open_as()
    cards = ana.messages.get_by_role("article").filter(has_text="Missed call")
    before = ana.count(cards)
    for _ in range(3):
        ana.play("Missed")
    ana.play("Kill and restart")
    ana.play("Missed")
    log = ana.window.get_by_role("region", name="Log")
    expect(log.get_by_text(re.compile(r"App started in [\d.]+ s"))).to_be_visible()
    expect(ana.number("App")).to_have_text("Apprunning")
    expect(cards).to_have_count(before + 4)
    for label in ("Pending", "Lost", "Duplicates"):
        expect(ana.number(label)).to_have_text(f"{label}0")
