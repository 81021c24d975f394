"""One demo and one browser for all tests; each test has its own window."""

import contextlib
import os
import re
import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bot.sandbox.demo.app import make_page
from bot.sandbox.demo.environment import start_demo
from tests.e2e.chromium import NONE, find_chromium, open_chromium, set_clock

SECONDS = 60.0  # a busy machine is no fault of the page
SPEED = 10.0


def pytest_terminal_summary(terminalreporter):
    # Once, and not for each test that is left out.
    if find_chromium() is None and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line(NONE)


@pytest.fixture(scope="session")
def browser():
    if find_chromium() is None:
        pytest.skip(NONE)
    expect.set_options(timeout=SECONDS * 1000)
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo(browser):
    with start_demo(speed=SPEED, poll_seconds=1) as demo:
        yield demo


@pytest.fixture(scope="session")
def site(demo):
    with make_page(demo, 0) as page:
        yield page.url


@pytest.fixture
def open_window(browser):
    """Open a window at an address; none may ask another server, stumble, or show a dialog."""
    with contextlib.ExitStack() as stack:
        amiss = []

        def open_at(url, **about):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, **about)
            stack.callback(context.close)
            set_clock(context)
            window = context.new_page()
            window.set_default_timeout(SECONDS * 1000)
            window.on("pageerror", lambda error: amiss.append(str(error)))
            window.on("dialog", lambda dialog: (amiss.append(dialog.message), dialog.dismiss()))
            window.on("request", lambda asked: amiss.extend(outside(asked.url)))
            window.goto(url, wait_until="domcontentloaded")
            return window

        yield open_at
        assert amiss == []


def outside(url):
    """Return an address in a list if it is not on loopback."""
    parts = urlsplit(url)
    return [url] if parts.scheme != "data" and parts.hostname != "127.0.0.1" else []


class Reader:
    """A user of the demo's page, who finds elements by their names."""

    def __init__(self, window):
        self.window = window
        self.messages = window.get_by_role("log", name="Messages")
        self.thread = window.get_by_role("log", name="Replies")
        self.modal = window.get_by_role("dialog")
        self.line = window.get_by_label("Message or command")

    def become(self, name):
        self.window.get_by_label("You are").select_option(label=name)
        return self

    def play(self, label):
        """Press a button of the phone company."""
        phone = self.window.get_by_role("complementary", name="Phone company")
        phone.get_by_role("button", name=re.compile(rf"^{label} ?\.")).click()

    def type(self, words):
        self.line.fill(words)
        self.line.press("Enter")

    def leave_modal(self):
        self.window.keyboard.press("Escape")
        expect(self.modal).to_be_hidden()

    def go_to(self, place):
        # Its name in full also says how many messages are new: "calls 2 new".
        name = self.window.get_by_text(place, exact=True)
        rail = self.window.get_by_role("navigation")
        rail.get_by_role("button").filter(has=name).click()

    def count(self, found):
        """Return how many there are once nothing is pending and the page adds no more."""
        expect(self.number("Pending")).to_have_text("Pending0")
        before = -1
        while before != (now := found.count()):
            before = now
            self.window.wait_for_timeout(500)
        return before

    def number(self, label):
        """Return a figure in the status strip by its label."""
        name = self.window.get_by_text(label, exact=True)
        return self.window.get_by_label("Status").locator("div").filter(has=name)

    def message(self, *words):
        """Return the last message that says all of this."""
        found = self.messages.get_by_role("article")
        for word in words:
            found = found.filter(has_text=word)
        return found.last


@pytest.fixture
def open_as(open_window, site, demo):
    """Open the demo's page as one of the users; what they leave open is closed afterwards."""

    def open_as(name="Ana Torres", **about):
        reader = Reader(open_window(site, **about)).become(name)
        expect(reader.messages.get_by_role("article").first).to_be_visible()
        return reader

    yield open_as
    for user in demo.slack.users():
        while view := demo.slack.open_view(user):
            demo.slack.close_view(user, view["id"])


@pytest.fixture
def frozen_bot(demo):
    """Pause the app during a test."""
    os.kill(demo.bot.pid, signal.SIGSTOP)
    yield
    os.kill(demo.bot.pid, signal.SIGCONT)
