"""Retention: old data is deleted in pieces, with everything that belongs to it."""

import json

import pytest

from bot.cli.main import main
from bot.clock import Clock
from bot.config import Settings
from bot.health.housekeeping import delete_expired
from bot.health.retention import Retention
from bot.models.events import Event
from bot.models.opt_outs import OptOutKeyword
from bot.models.outbox import ALERT, CATCH_UP
from bot.models.texts import Platform, TextReport, TextSource
from bot.sandbox.slack.workspace import ANA
from bot.store.outbox.notices import Notice
from bot.store.send_queue import Draft
from bot.vocatech.events import parse_event
from tests.conftest import CHANNEL
from tests.support.webhooks import event as webhook

NOON = 1_796_040_000.0
DAY = 86_400.0
MARIA, OURS = "+12125550142", "+12125550199"


def save_call(store, call_id, *, days_ago):
    at = NOON - days_ago * DAY
    told = webhook(
        "call.ended",
        call_id,
        start_time=at - 60,
        end_time=at,
        duration=60,
        transcript="Hello there",
        summary="A greeting",
    )
    store.calls.save(parse_event(json.dumps(told).encode(), region="US"), now=at)
    store.posts.share(call_id, CHANNEL, by=ANA, now=at)
    store.claims.take(call_id, ANA, now=at)


def save_text(store, message_id, *, days_ago, wish=None):
    at = NOON - days_ago * DAY
    text = TextReport(
        message_id, True, None, Platform.SMS, None, MARIA, OURS, at, "Hi", opt_out=wish
    )
    store.calls.save(
        Event(message_id, "message.received", "{}", None, text, TextSource.TOLD), now=at
    )


def count(store, table, where="true"):
    return store.database.row(f"select count(*) as n from {table} where {where}")["n"]


def delete(store, **periods):
    delete_expired(
        store=store, clock=Clock(lambda: NOON, lambda: NOON), retention=Retention(**periods)
    )


def test_nothing_is_deleted_without_a_period(store):
    save_call(store, "old", days_ago=5_000)
    delete(store)
    assert count(store, "calls") == count(store, "events") == 1


def test_old_calls_leave_no_orphans(store, monkeypatch):
    monkeypatch.setattr("bot.store.privacy.retention.ROWS_A_PIECE", 3)
    for number in range(10):
        save_call(store, f"old{number}", days_ago=40)
    save_call(store, "new", days_ago=10)
    store.call_search.index_changed()
    for call_id in ("old1", "new"):
        store.notices.add(
            Notice(f"{ALERT} {call_id}", ALERT, {"call_id": call_id}), [CHANNEL], now=NOON
        )
    store.notices.add(Notice("c1", CATCH_UP, {"call_ids": ["old1", "old2"]}), [CHANNEL], now=NOON)
    store.notices.add(Notice("c2", CATCH_UP, {"call_ids": ["old1", "new"]}), [CHANNEL], now=NOON)
    delete(store, calls=30)
    for table in ("calls", "claims", "call_texts", "events"):
        assert count(store, table) == 1, table
    assert count(store, "posts", "subject_kind = 'call'") == 1
    assert count(store, "posts", "subject_kind = 'notice'") == 2
    assert count(store, "notices") == 2
    assert store.calls.find("new").transcript == "Hello there"
    store.database.write(
        lambda db: db.execute("insert into call_words (call_words) values ('integrity-check')")
    )


def test_deleted_calls_and_texts_are_not_stored_again_until_the_period_grows(store):
    save_call(store, "old", days_ago=2)
    save_text(store, "m1", days_ago=2)
    delete(store, calls=1, texts=1)
    save_call(store, "old", days_ago=2)
    save_text(store, "m1", days_ago=2)
    assert count(store, "calls") == count(store, "texts") == count(store, "events") == 0
    save_call(store, "new", days_ago=0.5)
    delete(store, calls=7)
    save_call(store, "old", days_ago=2)
    save_text(store, "m1", days_ago=2)
    assert (count(store, "calls"), count(store, "texts")) == (2, 1)


def test_button_on_the_card_of_a_deleted_call_says_so(bot):
    answer = bot.bot.services.claims.claim("gone", by=ANA)
    assert "no longer stored" in json.dumps(answer)


def test_old_transcripts_are_deleted_and_calls_stay(store):
    save_call(store, "old", days_ago=40)
    save_call(store, "new", days_ago=10)
    store.call_search.index_changed()
    delete(store, transcripts=30)
    old = store.calls.find("old")
    assert (old.transcript, old.summary) == (None, "A greeting")
    assert store.calls.find("new").transcript == "Hello there"
    assert count(store, "call_texts", "transcript like '%Hello%'") == 1
    delete(store, transcripts=30)  # ends, and finds nothing more


def test_old_texts_are_deleted_and_opt_outs_stay(store):
    save_text(store, "m1", days_ago=40, wish=OptOutKeyword.STOP)
    save_text(store, "m2", days_ago=10)
    store.send_queue.add(Draft("queued", MARIA, OURS, "Soon", ANA), now=NOON - 40 * DAY)
    delete(store, texts=30)
    assert {row["text_id"] for row in store.database.rows("select text_id from texts")} == {
        "m2",
        "queued",
    }
    assert store.opt_outs.of(MARIA) is not None


def test_old_audit_entries_are_deleted(store):
    store.audit.note(ANA, "old", now=NOON - 40 * DAY)
    store.audit.note(ANA, "new", now=NOON - 10 * DAY)
    delete(store, audit=30)
    assert [one.what for one in store.audit.latest()] == ["new"]


@pytest.mark.parametrize("what", ["--dry-run", None])
def test_prune_command_counts_and_deletes(store, tmp_path, capsys, what):
    save_call(store, "old", days_ago=400)
    (tmp_path / ".env").write_text(
        "SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET=s\nSLACK_DEFAULT_CHANNEL=C0CALLS001\n"
        f"VOCATECH_API_KEY=k\nDATABASE_URL=sqlite:///{tmp_path}/bot.db\nRETENTION_CALLS=30\n"
    )
    words = ["prune", "--env-file", str(tmp_path / ".env"), *([what] if what else [])]
    assert main(words) == 0
    assert "1 calls" in capsys.readouterr().out
    assert count(store, "calls") == (1 if what else 0)


@pytest.mark.parametrize("wrong", ["0", "-1", "soon"])
def test_period_must_be_positive(wrong):
    with pytest.raises(ValueError, match="retention_calls"):
        Settings(
            slack_bot_token="xoxb-1",
            slack_signing_secret="s",
            slack_default_channel="C0CALLS001",
            vocatech_api_key="k",
            retention_calls=wrong,
        )
