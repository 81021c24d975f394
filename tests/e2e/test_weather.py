"""What people see where the bot is late, or dies: words first, and nothing lost."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def number(reader, label):
    """Find a number of the status strip by what is written before it."""
    name = reader.window.get_by_text(label, exact=True)
    return reader.window.get_by_label("Status").locator("div").filter(has=name)


def test_a_bot_that_answers_late_is_said_not_to_respond(open_as, frozen_bot):
    ana = open_as()
    began = time.monotonic()
    ana.type("/calls")
    said = ana.window.get_by_role("status").get_by_text("The app did not respond.")
    expect(said).to_be_visible()
    assert 2.5 < time.monotonic() - began < 5


def test_a_button_that_is_not_answered_says_so_and_can_be_pressed_again(open_as, frozen_bot):
    ana = open_as()
    button = ana.messages.get_by_role("button", name="Transcript").or_(
        ana.messages.get_by_role("button", name="Contact")
    )
    button.first.click()
    said = ana.window.get_by_role("status").get_by_text("The app did not respond.")
    expect(said).to_be_visible()
    expect(button.first).to_be_enabled()


def test_the_bot_is_killed_and_nothing_is_lost_or_doubled(open_as):
    ana = open_as()
    cards = ana.messages.get_by_role("article").filter(has_text="Missed call")
    before = cards.count()
    for _ in range(3):
        ana.play("Missed")
    ana.play("Kill")
    ana.play("Missed")
    happened = ana.window.get_by_role("region", name="What happened")
    expect(happened.get_by_text(re.compile(r"Process \d+ answers after"))).to_be_visible()
    expect(number(ana, "bot")).to_have_text("botrunning")
    expect(cards).to_have_count(before + 4)
    for label in ("on the way", "lost", "doubled"):
        expect(number(ana, label)).to_have_text(f"{label}0")
