"""Erasing a number: nothing about it is left, and nothing brings it back."""

import json
import sqlite3
import stat
import threading
import time
from contextlib import closing

import pytest

from bot.cli.main import main
from bot.missed_calls.presenter import OWNER
from bot.models.events import Event
from bot.models.opt_outs import OptOutKeyword
from bot.models.outbox import TWO_TEXTS
from bot.models.texts import Platform, TextReport, TextSource
from bot.sandbox.slack.workspace import ANA, BEN
from bot.store import Store
from bot.store.database.background import LARGEST_PIECE, PieceSize
from bot.store.database.backup import back_up
from bot.store.database.restore import restore
from bot.store.database.tombstones import Tombstone, add_tombstone, read_tombstones, tombstone_file
from bot.store.outbox.notices import Notice
from bot.store.privacy import erasures
from bot.store.search.call_text import add_functions
from bot.store.search.terms import SearchTerms
from bot.store.send_queue import Draft
from bot.vocatech.events import parse_event
from tests.conftest import CHANNEL, settings_for, wait_for
from tests.support.webhooks import ended, event, send

pytestmark = pytest.mark.any_rate
NOON = 1_796_040_000.0
MARIA, OTHER = "+12125550142", "+12125550177"
SECRETS = ("Maria", "12125550142", "(212) 555-0142", "wedding", "invoice")


def dump(path):
    """Return all logical content of a database, except the tombstone."""
    with closing(sqlite3.connect(path)) as opened:
        add_functions(opened)  # the search index reads what was said with it
        return "\n".join(line for line in opened.iterdump() if '"erasures"' not in line)


def leaks(text):
    return [secret for secret in SECRETS if secret in text]


def call(call_id, number=MARIA, **data):
    return ended(
        call_id,
        remote_number=number,
        remote_name="Maria Lopez" if number == MARIA else "Someone",
        summary="About the wedding" if number == MARIA else "Nothing",
        **data,
    )


def text(message_id, body, *, at, number=MARIA, wish=None):
    report = TextReport(message_id, True, None, Platform.SMS, "Maria", number, None, at, body)
    if wish:
        report = TextReport(
            message_id, True, None, Platform.SMS, "Maria", number, None, at, body, opt_out=wish
        )
    said = json.dumps({"from": number, "body": body})
    return Event(f"e {message_id} {at}", "message.received", said, None, report, TextSource.TOLD)


def shown(slack):
    heads = slack.messages(CHANNEL)
    lines = [line for head in heads for line in slack.thread(CHANNEL, head["ts"])]
    return json.dumps([*heads, *lines])


def test_erased_number_is_gone_from_slack_and_from_the_database(bot, slack, vocatech, tmp_path):
    send(bot.url, call("c1"))
    send(bot.url, call("c2", OTHER))
    vocatech.receive_text(MARIA, "Please send the invoice")
    now = time.time()
    bot.store.notices.add(
        Notice(
            "two texts t",
            TWO_TEXTS,
            {"other": BEN, "name": "Maria Lopez", "number": MARIA, "words": "the invoice"},
        ),
        [CHANNEL],
        now=now,
    )
    wait_for(lambda: {"wedding", "invoice"} <= {*leaks(shown(slack))})
    wait_for(lambda: "A colleague" in shown(slack))
    wait_for(lambda: bot.metric("posts_pending") == 0)
    before = len(slack.messages(CHANNEL))
    bot.store.erasures.erase(MARIA, by=ANA, now=time.time())
    wait_for(lambda: not leaks(shown(slack)))
    assert shown(slack).count("Erased on request") >= 4
    assert len(slack.messages(CHANNEL)) == before
    assert leaks(dump(tmp_path / "bot.db")) == []
    assert "Nothing" in shown(slack)
    assert bot.store.calls.find("c2").summary == "Nothing"
    [entry] = [one for one in bot.store.audit.latest() if one.what == "erased a number"]
    assert (entry.slack_user, entry.detail) == (ANA, "ending in 42")


def test_direct_message_about_an_erased_number_is_erased_too(bot, slack):
    send(bot.url, call("c1", call_state="missed"))
    wait_for(lambda: bot.store.calls.find("c1"))
    detail = {"call_id": "c1", "owner": BEN}
    bot.store.claims.take("c1", BEN, now=time.time())
    bot.store.notices.add(Notice("remind c1", OWNER, detail), [BEN], now=time.time())
    bot.bot.services.wake()

    def said():
        return str([one["blocks"] for one in slack.messages(slack.direct_channel(BEN))])

    wait_for(lambda: "Maria Lopez" in said())
    bot.store.erasures.erase(MARIA, by=ANA, now=time.time())
    bot.bot.services.wake()
    wait_for(lambda: "Erased on request" in said())
    assert not leaks(said())


def test_late_reports_do_not_bring_it_back(bot, slack, tmp_path):
    send(bot.url, call("c1"))
    wait_for(lambda: "wedding" in shown(slack))
    bot.store.erasures.erase(MARIA, by=ANA, now=time.time())
    transcript = event("call.transcription", "c1", transcript="the wedding")
    del transcript["data"]["remote_number"]
    assert send(bot.url, transcript).status_code == 200
    unknown = call("c0")
    assert send(bot.url, unknown).status_code == 200
    later = event("call.transcription", "c0", transcript="the wedding")
    del later["data"]["remote_number"]
    assert send(bot.url, later).status_code == 200
    wait_for(lambda: not leaks(shown(slack)))
    assert leaks(dump(tmp_path / "bot.db")) == []
    assert slack.posted_call_ids(CHANNEL) == ["c1"]


def test_transcript_that_came_before_its_number_is_erased(store, tmp_path):
    store.erasures.erase(MARIA, by=ANA, now=NOON)
    early = {
        "id": "e1",
        "event_type": "call.transcription",
        "data": {"call_id": "c", "transcript": "the wedding"},
    }
    store.calls.save(parse_event(json.dumps(early).encode(), region="US"), now=NOON + 1)
    named = {
        "id": "e2",
        "event_type": "call.ended",
        "data": {
            "call_id": "c",
            "remote_number": MARIA,
            "direction": "incoming",
            "start_time": 1_795_000_000,
            "end_time": 1_795_000_060,
        },
    }
    store.calls.save(parse_event(json.dumps(named).encode(), region="US"), now=NOON + 2)
    assert store.calls.find("c").is_erased
    assert leaks(dump(tmp_path / "bot.db")) == []


def test_calls_and_texts_after_the_erasure_are_stored(store):
    store.calls.save(text("m1", "old invoice", at=1_000.0), now=1_000.0)
    store.erasures.erase(MARIA, by=ANA, now=2_000.0)
    store.calls.save(text("m0", "older invoice", at=900.0), now=2_001.0)
    store.calls.save(text("m2", "new invoice", at=3_000.0), now=3_000.0)
    [only] = store.texts.latest_with([MARIA], limit=9)
    assert only.body == "new invoice"
    assert store.texts.find("m0").is_erased


def test_opt_out_survives_the_erasure_even_if_reported_late(store):
    store.calls.save(text("m1", "STOP", at=1_000.0, wish=OptOutKeyword.STOP), now=1_000.0)
    store.erasures.erase(MARIA, by=ANA, now=2_000.0)
    assert store.opt_outs.of(MARIA).at == 1_000.0
    store.erasures.erase(OTHER, by=ANA, now=2_000.0)
    late = text("m2", "STOP", at=1_500.0, number=OTHER, wish=OptOutKeyword.STOP)
    store.calls.save(late, now=2_100.0)
    assert store.opt_outs.of(OTHER).at == 1_500.0
    assert store.texts.find("m2").body == ""


def test_queued_text_is_canceled(store):
    store.send_queue.add(Draft("t1", MARIA, OTHER, "the invoice", ANA), now=1_000.0)
    store.erasures.erase(MARIA, by=ANA, now=2_000.0)
    assert store.send_queue.next_queued() is None
    assert not store.send_queue.begin("t1", now=2_001.0)
    [one] = store.texts.written_between(0.0, 9e9)
    assert (one.body, one.number, one.is_erased) == ("", None, True)


def test_search_finds_nothing(bot, slack):
    send(bot.url, call("c1"))
    wait_for(lambda: "wedding" in shown(slack))

    def found():
        return str(bot.store.call_search.find(SearchTerms(phrases=("wedding",)), limit=5))

    wait_for(lambda: "c1" in found())
    bot.store.erasures.erase(MARIA, by=ANA, now=time.time())
    assert "c1" not in found()


def test_restored_backup_is_erased_again(store, tmp_path):
    file = tmp_path / "bot.db"
    store.calls.save(text("m1", "old invoice", at=1_000.0), now=1_000.0)
    backup = back_up(file, tmp_path / "backups", now=1_500.0)
    store.erasures.erase(MARIA, by=ANA, now=2_000.0)
    store.close()
    restore(backup, file, now=3_000.0)
    assert leaks(dump(file)) == []
    reopened = Store.open(file)
    assert reopened.erasures.is_erased(MARIA)
    reopened.close()


def test_erasing_during_a_backup_holds_no_writer_up(store, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.store.privacy.erasures.TRIES_TO_EMPTY_LOG", 4)
    store.calls.save(text("m1", "old invoice", at=1_000.0), now=1_000.0)
    longest = [0.0]
    over = threading.Event()

    def write():
        while not over.wait(0.02):
            began = time.monotonic()
            store.key_values.set_moment("written", began)
            longest[0] = max(longest[0], time.monotonic() - began)

    writer = threading.Thread(target=write)
    with closing(sqlite3.connect(tmp_path / "bot.db")) as backup:
        backup.execute("begin")
        backup.execute("select count(*) from calls").fetchall()
        writer.start()
        store.erasures.erase(MARIA, by=ANA, now=2_000.0)
        over.set()
        writer.join()
    assert longest[0] < 2.0  # and not the timeout of a lock
    assert store.texts.find("m1").is_erased


def test_tombstones_are_readable_by_their_owner_alone_and_survive_a_cut_line(tmp_path):
    database = tmp_path / "bot.db"
    assert list(read_tombstones(database)) == []
    add_tombstone(database, Tombstone(MARIA, 1.0, ANA))
    assert stat.S_IMODE(tombstone_file(database).stat().st_mode) == 0o600
    with tombstone_file(database).open("a") as file:
        file.write('{"number": "+1')
    add_tombstone(database, Tombstone(MARIA, 3.0, ANA))
    add_tombstone(database, Tombstone(OTHER, 2.0, ANA))
    assert {one.number: one.at for one in read_tombstones(database)} == {MARIA: 3.0, OTHER: 2.0}


@pytest.fixture
def settings(slack, vocatech, tmp_path, monkeypatch):
    given = settings_for(slack, vocatech, tmp_path)
    names = ("slack_bot_token", "slack_signing_secret", "slack_default_channel")
    for name in (*names, "vocatech_api_key", "vocatech_api_url", "database_url"):
        value = getattr(given, name)
        secret = getattr(value, "get_secret_value", lambda value=value: value)
        monkeypatch.setenv(name.upper(), str(secret()))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("")
    return given


def test_command_counts_asks_and_erases(settings, store, capsys):
    store.calls.save(text("m1", "old invoice", at=1_000.0), now=1_000.0)
    assert main(["forget", "(212) 555-0142", "--dry-run"]) == 0
    assert "0 calls, 1 message, 0 contacts" in capsys.readouterr().out
    assert main(["forget", MARIA]) == 1
    assert store.texts.find("m1").body == "old invoice"
    assert main(["forget", MARIA, "--yes"]) == 0
    assert store.texts.find("m1").is_erased


@pytest.mark.parametrize("typed", ["", "maria", "101", "+", "*", "+1 212", "%"])
def test_command_refuses_what_is_no_number(settings, store, capsys, typed):
    assert main(["forget", typed, "--yes"]) == 2
    assert "is not a phone number" in capsys.readouterr().err


def test_interrupted_erasure_is_finished_later(store, monkeypatch):
    calls = [*(call(f"c{number}") for number in range(30)), call("other", OTHER)]
    for one in calls:
        store.calls.save(parse_event(json.dumps(one).encode(), region="US"), now=NOON)
    store.call_search.index_changed()
    erase, done = erasures.erase_calls, []

    def stop_after_some(db, call_ids):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(len(call_ids))
        erase(db, call_ids)

    with monkeypatch.context() as patched:
        patched.setattr(erasures, "erase_calls", stop_after_some)
        with pytest.raises(KeyboardInterrupt):
            store.erasures.erase(MARIA, by=ANA, now=NOON + 1)
    assert 0 < sum(done) < 30
    assert store.erasures.finish() == 1
    assert not store.erasures.held(MARIA).calls
    assert store.calls.find("other").remote_number == OTHER
    assert store.erasures.finish() == 0
    assert not leaks(dump(store.database.path))


def test_pieces_of_background_work_are_bounded_by_time():
    size = PieceSize()
    for _ in range(20):
        size.learn(size.items, 0.0)
    assert size.items == LARGEST_PIECE
    size.learn(200, 2.0)
    assert size.items == 1
    size.learn(1, 0.001)
    assert size.items == 2
    size.learn(2, 60.0)
    assert size.items == 1
