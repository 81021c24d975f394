"""In a burst, webhooks are stored and acknowledged first, and merged into calls afterwards."""

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.server.load import BURST_FROM
from bot.sync import unread_events
from bot.texts.sender import has_sendable
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, event, signed
from tests.texts.test_texts import MARIA, sent, write


def deliver(bot, payload):
    body = json.dumps(payload).encode()
    answer = bot.http.post("/vocatech/webhooks", content=body, headers=signed(body), timeout=60)
    assert answer.status_code == 200
    return answer.json()["status"]


@contextlib.contextmanager
def burst(bot):
    """Let the app be as busy as in a burst."""
    with contextlib.ExitStack() as requests:
        for _ in range(BURST_FROM):
            requests.enter_context(bot.bot.services.webhook_load)
        yield


@pytest.fixture
def _only_after_the_burst(monkeypatch):
    monkeypatch.setattr(unread_events, "LONGEST_WAIT", 1e9)


def unread(bot):
    return [one.event.event_id for one in bot.store.calls.unread(100)]


@pytest.mark.usefixtures("_only_after_the_burst")
def test_a_webhook_in_a_burst_is_stored_and_merged_afterwards(bot, slack):
    with burst(bot):
        assert deliver(bot, ended("call-1")) == "news"
        assert unread(bot) == ["call.ended evt_call.ended_call-1"]
        assert bot.store.calls.find("call-1") is None
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["call-1"])
    assert unread(bot) == []
    row = bot.store.database.row("select call_id, signature from events")
    assert tuple(row) == ("call-1", "observed")
    assert bot.metric('events_stored_total{result="news",source="webhook"}') == 1


@pytest.mark.usefixtures("_only_after_the_burst")
def test_a_webhook_repeated_in_a_burst_is_a_duplicate(bot, slack):
    deliver(bot, ended("call-1"))
    with burst(bot):
        assert deliver(bot, ended("call-1")) == "duplicate"
        assert deliver(bot, ended("call-2")) == "news"
        assert deliver(bot, ended("call-2")) == "duplicate"
    assert deliver(bot, ended("call-2")) == "duplicate"
    wait_for(lambda: sorted(slack.posted_call_ids(CHANNEL)) == ["call-1", "call-2"])


@pytest.mark.usefixtures("_only_after_the_burst")
def test_no_text_leaves_before_a_stop_that_a_burst_left_unread(bot, vocatech):
    services = bot.bot.services
    wait_for(services.text_poller.caught_up.is_set)
    said = {"message_id": "m1", "from": MARIA, "body": "STOP", "direction": "incoming"}
    with burst(bot):
        deliver(bot, {"id": "e1", "event_type": "message.received", "data": said})
        assert unread(bot) == ["message.received e1"]
        write(bot, vocatech)
        assert not has_sendable(store=bot.store, text_poller=services.text_poller)
        assert not bot.store.send_queue.begin("ours", now=time.time())
    wait_for(lambda: bot.store.texts.find("ours").has_failed)
    assert sent(vocatech) == []


def test_a_long_burst_does_not_hold_back_events(bot, slack):
    with burst(bot):
        deliver(bot, ended("call-1"))
        wait_for(lambda: slack.posted_call_ids(CHANNEL) == ["call-1"])


@pytest.mark.usefixtures("_only_after_the_burst")
def test_events_unread_at_the_end_are_merged_after_a_restart(start_bot):
    first = start_bot()
    with burst(first):
        for number in range(50):
            deliver(first, ended(f"call-{number}"))
        first.bot.stop()
    second = start_bot()
    wait_for(lambda: not unread(second))
    assert second.store.database.row("select count(*) as n from calls")["n"] == 50


@pytest.mark.usefixtures("_only_after_the_burst")
def test_the_order_of_webhooks_in_a_burst_does_not_matter(bot, slack):
    with burst(bot):
        deliver(bot, ended("call-1", remote_name="Maria Lopez"))
        deliver(bot, event("call.started", "call-1"))
    wait_for(lambda: bot.store.calls.find("call-1") and not unread(bot))
    call = bot.store.calls.find("call-1")
    assert (call.outcome, call.remote_name) == ("missed", "Maria Lopez")


@pytest.mark.usefixtures("_only_after_the_burst")
def test_a_number_erased_during_a_burst_is_not_stored_again(bot):
    with burst(bot):
        deliver(bot, ended("call-1", remote_number="+12125550123"))
        bot.store.database.write(
            lambda db: db.execute(
                "insert into erasures values ('+12125550123', ?, 'U1')", [time.time() + 60]
            )
        )
    wait_for(lambda: not unread(bot))
    assert bot.store.database.row("select count(*) as n from events")["n"] == 0
    assert bot.store.calls.find("call-1").is_erased


def test_an_event_of_a_burst_that_fails_holds_back_no_other(bot, slack, monkeypatch):
    parse = unread_events.parse_event

    def fail(body, **given):
        if b"call-1" in body:
            raise RuntimeError
        return parse(body, **given)

    monkeypatch.setattr(unread_events, "parse_event", fail)
    with burst(bot):
        for number in range(3):
            deliver(bot, ended(f"call-{number}"))
    wait_for(lambda: len(slack.posted_call_ids(CHANNEL)) == 2)
    assert unread(bot) == []
    assert bot.store.database.row("select count(*) as n from events")["n"] == 3


def test_thousands_of_webhooks_at_the_same_time_become_one_call_each(bot):
    with ThreadPoolExecutor(32) as senders:
        list(senders.map(lambda number: deliver(bot, ended(f"call-{number % 300}")), range(600)))
    wait_for(lambda: not unread(bot))
    assert bot.store.database.row("select count(*) as n from calls")["n"] == 300
