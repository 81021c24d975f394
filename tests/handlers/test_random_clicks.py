"""Random clicks, commands, and forms of many people: no error, no leak, and nothing left over."""

import json
import random
import re
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.models.channels import ChannelSettings, Visibility
from bot.sandbox.slack.state import OTHER_TEAM
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.company_phone import FakeVocatech
from tests.conftest import CHANNEL, read_calls, wait_for
from tests.support.random_events import (
    CHANNELS,
    EXTERNAL,
    GUEST,
    MASKED,
    NEWCOMER,
    NUMBERS,
    PRIVATE,
    SECRET,
    SHARED,
    SLACK_ERRORS,
)
from tests.support.random_people import RandomPeople

pytestmark = [pytest.mark.chaos, pytest.mark.any_rate]
STEPS, STEPS_BETWEEN_CHECKS = 700, 25
ROUTES = f"150={PRIVATE},160={MASKED},170={SHARED}"
NOT_FOR_GUESTS = re.compile(rf"{SECRET}1[567]0")  # of channels that the guest isn't in
CONTACTS = [
    {
        "First Name": "Maria",
        "Last Name": "Lopez",
        "Phone": "(212) 555-0123",
        "Company": "Acme <!channel> & Co",
    },
    {"First Name": "Omar", "Last Name": "O'Brien*_~`", "Phone": "(312) 555-0131; (312) 555-0199"},
    {"First Name": "Twin", "Last Name": "One", "Phone": "(312) 555-0177"},
    {"First Name": "Twin", "Last Name": "Two", "Phone": "(312) 555-0177", "Company": "X" * 250},
]
# What a person or a change in Slack may cause without any fault of the app.
EXPECTED_WARNINGS = {"external_user_rejected", "guest_rejected"}
# A modal that was closed or changed before the click, or three modals on top of each other.
EXPECTED_REFUSALS = {"hash_conflict", "not_found", "push_limit_reached"}


@pytest.fixture
def vocatech(hands):
    def clock():
        return datetime.fromtimestamp(hands.clock.now(), UTC)

    with FakeVocatech(backoff=(0.1, 0.2), contacts=CONTACTS, quotas=False, clock=clock) as fake:
        yield fake


def start_company(start_bot, slack, hands, *, guests_can_text):
    """Start the app with four channels, a guest, a newcomer, and an external person."""
    slack.add_channel(PRIVATE, "private", private=True)
    slack.add_channel(MASKED, "masked")
    slack.add_channel(SHARED, "shared", shared=True)
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank="guest")
    slack.add_user(NEWCOMER, "Carl New", "carl@example.com")
    slack.add_user(EXTERNAL, "Eve Ext", "eve@example.net", team=OTHER_TEAM)
    slack.state.users[ANA]["tz"] = "Asia/Tokyo"
    settings = {"slack_admins": ADMIN, "slack_routes": ROUTES, "guests_can_text": guests_can_text}
    settings |= {"remind_after": 5, "business_hours": "Mon-Sun 0:00-24:00"}
    bot = hands.take(start_bot(clock=hands.clock, **settings))
    wait_for(lambda: bot.store.contacts.count() and bot.store.slack_people.find(BEN))
    read_calls(bot)
    hidden = Visibility(summary=False, transcript=False, whole_numbers=False)
    bot.store.channels.set(ChannelSettings(MASKED, shown=hidden))
    bot.store.channels.set_shared(SHARED, is_shared=True, now=hands.clock.now())
    return bot


def pending(bot):
    """Return what isn't posted yet."""
    calls, texts = bot.store.calls.to_route(), bot.store.texts.to_route()
    posts = bot.metric("posts_pending")
    return [f"calls: {calls}", f"texts: {texts}", f"posts: {posts}"] * bool(calls or texts or posts)


def wait_until_empty(look, hands):
    """Wait until a function finds nothing; fail with what it still finds.

    The app edits a limited number of messages a minute, so its clock goes ahead while it has work.
    """
    found = []

    def is_empty():
        found[:] = look()
        hands.ahead += bool(found)
        hands.bot.workers.wake()
        return not found

    try:
        wait_for(is_empty)
    except AssertionError as late:
        late.add_note("\n".join(str(one)[:1_500] for one in found))
        raise


def written(shown):
    """Return all text in a value, without separators between digits."""
    return re.sub(r"[\s().\-+]", "", json.dumps(shown, ensure_ascii=False))


def only_for(user, messages):
    return [one for one in messages if one.get("for_user") == user]


def leaks(bot, slack):
    """Return what someone sees who may not, with where it is."""
    found = []
    for channel in CHANNELS:
        may_see = bot.store.channels.shown_in(channel)
        with slack.state.lock:
            messages = list(slack.state.channels[channel].messages.values())
        read = [one for one in messages if not one.get("is_ephemeral")]
        for text in map(written, read):
            if not may_see.whole_numbers and any(one[-10:] in text for one in NUMBERS):
                found.append((channel, "number", text))
            if not (may_see.summary and may_see.transcript) and SECRET in text:
                found.append((channel, "secret", text))
    views = {user: [slack.open_view(user), slack.home_view(user)] for user in (GUEST, EXTERNAL)}
    shown = written([*views[GUEST], *only_for(GUEST, slack.messages(CHANNEL))])
    if NOT_FOR_GUESTS.search(shown):
        found.append((GUEST, "secret", shown))
    shown = written([*views[EXTERNAL], *only_for(EXTERNAL, slack.messages(SHARED))])
    if SECRET in shown or any(one[-10:] in shown for one in NUMBERS):
        found.append((EXTERNAL, "secret or number", shown))
    return found


def is_expected(line):
    """Return whether a warning or an error in the log is no fault of the app."""
    if line["event"] in EXPECTED_WARNINGS:
        return True
    if line["event"] == "sms_not_sent" and line["error"] == "TooManyRequests":
        return True  # people may send more than Vocatech allows in ten minutes
    if line["event"] == "webhook_rejected" and line["reason"] == "signature stale":
        return True  # the fake Vocatech signs by the real clock, which the jobs' clock leaves
    return line["event"] == "slack_listener_failed" and any(
        one in str(line["exc_info"]) for one in SLACK_ERRORS
    )


def check(bot, slack, hands, logs):
    """Wait until everything is posted; then check the log, what people see, and refusals."""
    wait_until_empty(lambda: pending(bot), hands)
    wrong = [
        line
        for line in logs
        if line["log_level"] in ("warning", "error", "critical") and not is_expected(line)
    ]
    assert not wrong, wrong
    wait_until_empty(lambda: leaks(bot, slack), hands)
    refusals = {name.partition(" ")[2]: name for name in slack.counts if " " in name}
    assert refusals.keys() <= EXPECTED_REFUSALS, refusals


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_clicks_cause_no_error_and_show_no_one_too_much(start_bot, slack, hands, seed):
    bot = start_company(start_bot, slack, hands, guests_can_text=bool(seed % 2))
    people = RandomPeople(bot, slack, hands, random.Random(seed))
    with capture_logs() as logs:
        try:
            for _ in range(10):
                people.receive_call()
            for step in range(STEPS):
                people.act()
                if step % STEPS_BETWEEN_CHECKS == 0:
                    check(bot, slack, hands, logs)
            check(bot, slack, hands, logs)
        except BaseException as failure:
            failure.add_note("\n".join([f"seed {seed}, last steps:", *people.steps]))
            raise
    assert people.gone < STEPS / 10  # otherwise the test itself is wrong
