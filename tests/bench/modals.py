"""Measures how long modals take to open, with many calls and a note for every tenth."""

import json
import re
import statistics
import time

from bot.sandbox.slack.payloads import elements_in
from bot.sandbox.slack.workspace import ADMIN, ANA
from tests.bench.stage import CHANNELS
from tests.bench.wire import connect, exchange, in_ms, raw_request
from tests.support.webhooks import ended

OFTEN, SHOWN = 15, 4
SECONDS_TO_WAIT = 30.0
# What changes something instead of opening a modal.
NO_MODAL = {"Claim", "Mark as called back", "Not a customer", "Refresh"}
SHORTCUTS = ("new_sms", "look_up_contact", "search_calls")
MESSAGE_SHORTCUTS = ("text_number", "look_up_number", "save_as_note")
_NUMBERS = re.compile(r"[\d,]+")  # `Show 196 more`


def fill_notes(store, count):
    """Store notes on the numbers of the stored calls, in turn."""
    rows = (
        (f"+1212555{1000 + n % 9000}", f"Note {n}: call after 5 PM.", "U0BENCH001", time.time() - n)
        for n in range(count)
    )
    store.database.write(
        lambda db: db.conn.executemany(
            "insert into customer_notes (number, body, written_by, at) values (?, ?, ?, ?)", rows
        )
    )


def open_modals(slack, url):
    """Open each modal of a card, of App Home, and of the shortcuts; return the seconds of each.

    Runs in the process of the fake Slack, so it measures from a click to `views.open`.
    """
    slack.connect(url)
    limits, slack.limits = slack.limits, None  # Slack allows about a hundred modals a minute
    card = slack.messages(CHANNELS[0])[-1]
    at = (ANA, CHANNELS[0], card["ts"])
    acts = {}
    for label, action, value in _offered(card["blocks"]):
        acts[f"card, {label}"] = (ANA, slack.click, *at, action, value)
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "tab": "home", "channel": "D1"})
    while (home := slack.home_view(ADMIN)) is None:
        time.sleep(0.01)
    for label, action, value in _offered(home["blocks"]):
        acts[f"Home, {label}"] = (ADMIN, slack.click_in_view, ADMIN, home["id"], action, value)
    for name in SHORTCUTS:
        acts[f"shortcut, {name}"] = (ANA, slack.use_shortcut, ANA, name)
    for name in MESSAGE_SHORTCUTS:
        acts[f"message shortcut, {name}"] = (ANA, slack.use_message_shortcut, *at, name)
    times = {name: [_seconds(slack, *act) for _ in range(OFTEN)] for name, act in acts.items()}
    slack.limits = limits
    return times


def _offered(blocks):
    """Yield what each button and menu is named, its action, and the value to choose."""
    for _, element in elements_in(blocks):
        if element["type"] == "button":
            label = element["text"]["text"]
            if label not in NO_MODAL and "url" not in element:
                yield _NUMBERS.sub("N", label), element, None
        for group in element.get("option_groups") or [element]:
            for option in group.get("options") or []:
                if (label := option["text"]["text"]) not in NO_MODAL:
                    yield label, element["action_id"], option["value"]


def _seconds(slack, user, act, *arguments):
    began = time.monotonic()
    act(*arguments)
    while (view := slack.open_view(user)) is None:
        if time.monotonic() > began + SECONDS_TO_WAIT:
            raise TimeoutError(f"no modal opened after {arguments}")
        time.sleep(0.0005)
    seconds = time.monotonic() - began
    slack.close_view(user, view["id"])
    return seconds


def measure_modals(row, stage, number):
    """Print the time of the slowest modals; return the median of each, in milliseconds."""
    payload = ended("modal", remote_number=number, status="missed")
    with connect(stage.url) as connection:
        exchange(connection, raw_request(json.dumps(payload).encode()))
    time.sleep(3)
    times = stage.ask(open_modals, stage.url)
    by_time = sorted(times.items(), key=lambda one: -statistics.median(one[1]))
    for name, seconds in by_time[:SHOWN]:
        row(f"modal: {name}", in_ms(seconds), "p50 100 ms")
    others = [one for _, seconds in by_time[SHOWN:] for one in seconds]
    row(f"modal: {len(by_time) - SHOWN} others", in_ms(others), "p50 100 ms")
    return {f"modal: {name}": statistics.median(seconds) * 1000 for name, seconds in times.items()}
