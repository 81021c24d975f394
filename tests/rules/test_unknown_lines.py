"""Calls whose line isn't known yet: posted once it is, and never first in the wrong channel."""

import time
from datetime import UTC, datetime

import pytest

from bot.models.customers.notes import CALL, NoteTarget
from bot.models.rules import Conditions, Rule
from bot.sandbox.slack.workspace import ADMIN
from tests.conftest import CHANNEL, wait_for
from tests.support.hands import jobs_of
from tests.support.webhooks import ended, send

SALES, LINE, EXTENSION = "C0SALES001", "+12125550100", "101"
TIMES = ("start_time", "end_time")
SECRET = "The patient asked about the diagnosis."

ROUTES = {
    "number": {"slack_routes": f"{LINE}={SALES}"},
    "extension": {"slack_routes": f"{EXTENSION}={SALES}"},
    "number rule": Conditions(lines=(LINE,)),
    "extension rule": Conditions(extensions=(EXTENSION,)),
    "direction rule": Conditions(directions=("incoming",)),
    "outcome rule": Conditions(outcomes=("answered",)),
    "caller rule": Conditions(callers=("+12125550123",)),
}


@pytest.fixture(params=ROUTES)
def routed(request, start_bot, slack):
    """Return the app with a rule or a route that sends the call to another channel."""
    slack.add_channel(SALES, "sales")
    where = ROUTES[request.param]
    if isinstance(where, dict):
        return start_bot(**where)
    bot = start_bot()
    add_rule(bot, where)
    return bot


def add_rule(bot, when):
    rules = [Rule(1, "Sales", SALES, when=when)]
    bot.store.rules.replace(bot.store.rules.book(), rules, by=ADMIN, now=time.time())


def said(call_id="c"):
    data = {"call_id": call_id, "summary": SECRET, "transcription": SECRET}
    return {"id": f"evt_said_{call_id}", "event_type": "call.transcription", "data": data}


def whole(call_id="c"):
    line = {"group_number": LINE, "extension": EXTENSION, "extension_name": "Ana"}
    return ended(call_id, **line, status="answered")


def row(call_id="c"):
    data = whole(call_id)["data"]
    times = {
        name: f"{datetime.fromtimestamp(data[name], UTC):%Y-%m-%dT%H:%M:%SZ}" for name in TIMES
    }
    return {**data, **times, "journey": []}


def settle(bot):
    """Wait until everything that was reported is routed and posted."""
    bot.bot.services.wake()
    wait_for(lambda: not bot.store.calls.to_route() and bot.metric("posts_pending") == 0)


def poll(bot):
    """Poll for calls, as the scheduled job does."""
    wait_for(lambda: bot.metric("polls_total"))  # the one at the start
    jobs_of(bot.bot)["catch up"]()


def texts(slack, channel=CHANNEL):
    return [str(message) for message in slack.messages(channel)]


@pytest.mark.parametrize("order", ["said first", "said last"])
def test_call_is_posted_only_where_its_line_belongs(routed, slack, order):
    events = [said(), whole()] if order == "said first" else [whole(), said()]
    for one in events:
        send(routed.url, one)
        settle(routed)
    [card] = wait_for(lambda: [one for one in texts(slack, SALES) if SECRET in one])
    assert "Answered call" in card
    assert texts(slack) == []


@pytest.mark.parametrize(
    "fragment",
    [
        {"id": "e1", "event_type": "call.started", "data": {"call_id": "c"}},
        {"id": "e1", "event_type": "call.answered", "data": {"call_id": "c"}},
        {"id": "e1", "event_type": "call.ended", "data": {"call_id": "c", "summary": SECRET}},
        {"id": "e1", "event_type": "call.answered", "data": {"call_id": "c", "duration": 9}},
    ],
    ids=lambda one: one["event_type"],
)
def test_fragment_before_the_whole_call_is_not_posted(routed, slack, fragment):
    for one in (fragment, said(), whole()):
        send(routed.url, one)
        settle(routed)
    wait_for(lambda: [one for one in texts(slack, SALES) if SECRET in one])
    assert texts(slack) == []


def test_poll_places_a_call_that_waits(routed, slack, vocatech):
    send(routed.url, said())
    settle(routed)
    vocatech.add_call(row())
    poll(routed)
    wait_for(lambda: [one for one in texts(slack, SALES) if SECRET in one])
    assert texts(slack) == []


def test_call_that_no_poll_finds_is_posted_without_what_was_said(routed, slack):
    send(routed.url, said())
    settle(routed)
    for _ in range(3):
        assert texts(slack) == []
        poll(routed)
        settle(routed)
        if texts(slack):
            break
    [card] = texts(slack)
    assert SECRET not in card
    assert "ranscript" not in card
    send(routed.url, whole())
    settle(routed)
    wait_for(lambda: [one for one in texts(slack, SALES) if SECRET in one])
    assert SECRET not in str(texts(slack))


def test_card_without_what_was_said_is_completed_once_the_channel_is_right(start_bot, slack):
    slack.add_channel(SALES, "sales")
    bot = start_bot(slack_routes=f"{LINE}={SALES}")
    send(bot.url, said())
    settle(bot)
    for _ in range(3):
        poll(bot)
        settle(bot)
    assert SECRET not in str(texts(slack))
    send(bot.url, ended("c", group_number="+12125550109", extension="102", status="answered"))
    wait_for(lambda: SECRET in str(texts(slack)))
    assert len(texts(slack)) == 1
    assert texts(slack, SALES) == []


def test_card_in_the_wrong_channel_says_that_the_call_is_elsewhere(start_bot, slack, vocatech):
    slack.add_channel(SALES, "sales")
    bot = start_bot(slack_routes=f"{LINE}={SALES}")
    send(bot.url, ended("c", extension="102", status="missed"))  # without its company number
    wait_for(lambda: "(212) 555-0123" in str(texts(slack)))
    note = NoteTarget(CALL, "c")
    bot.store.notes.add(note, "Gate 4711", number=None, by=ADMIN, writer_name=None, now=1.0)
    settle(bot)
    vocatech.add_call({**row(), "status": "missed"})
    poll(bot)
    wait_for(lambda: "(212) 555-0123" in str(texts(slack, SALES)))
    [head] = [one["ts"] for one in slack.messages(SALES) if one.get("metadata")]
    wait_for(lambda: "4711" in str(slack.thread(SALES, head)[1:]))
    [card] = wait_for(lambda: [one for one in texts(slack) if "belongs to another channel" in one])
    assert "555-0123" not in card
    assert "Claim" not in card


def test_line_that_is_reported_late_hides_what_was_said_elsewhere(start_bot, slack, vocatech):
    slack.add_channel(SALES, "sales")
    bot = start_bot(slack_routes=f"{LINE}={SALES}")
    send(bot.url, ended("c", extension="102", status="answered"))  # without its company number
    send(bot.url, said())
    wait_for(lambda: texts(slack))
    settle(bot)
    assert SECRET not in str(texts(slack))
    vocatech.add_call(row())
    poll(bot)
    wait_for(lambda: [one for one in texts(slack, SALES) if SECRET in one])
    settle(bot)
    assert SECRET not in str(texts(slack))
