"""The side pane on the demo's page: opened from a card, used, and closed with the keyboard."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.demo.app import make_page
from bot.sandbox.demo.environment import start_demo
from tests.e2e.conftest import SPEED, Reader

pytestmark = pytest.mark.e2e


@pytest.fixture
def site(browser):
    with (
        start_demo(speed=SPEED, poll_seconds=1, side_pane=True) as demo,
        make_page(demo, 0) as page,
    ):
        yield page.url


def test_call_is_claimed_and_noted_in_the_side_pane(site, open_window):
    reader = Reader(open_window(site)).become("Ana Torres")
    reader.play("Missed")
    card = reader.message("Missed call", "Missed, unclaimed")
    card.locator("[data-entity]").click()
    pane = reader.window.get_by_role("complementary", name="Details")
    pane.get_by_role("button", name="Claim", exact=True).click()
    expect(pane.get_by_text("Claimed by Ana Torres", exact=True)).to_be_visible()
    expect(pane.get_by_role("button", name="Claim", exact=True)).to_be_hidden()
    expect(reader.message("Missed call", "Claimed by Ana Torres")).to_be_visible()
    pane.get_by_role("button", name="Comments").click()
    pane.get_by_label("Comment").fill("She prefers mornings.")
    pane.get_by_role("button", name="Send").click()
    expect(pane.get_by_role("article").filter(has_text="She prefers mornings.")).to_be_visible()
    pane.get_by_role("button", name="History").click()
    expect(reader.modal).to_be_visible()
    reader.leave_modal()
    expect(pane).to_be_visible()
    reader.window.keyboard.press("Escape")
    expect(pane).to_be_hidden()
