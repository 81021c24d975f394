"""The call index has no copy of what was said, and knows exactly what it indexed."""

import json
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.calls.indexing import check_index, index_calls
from bot.clock import Clock
from bot.health.housekeeping import delete_expired
from bot.health.retention import Retention
from bot.models.calls import HIT, Report, Source
from bot.models.events import Event
from bot.sandbox.slack.workspace import ANA
from bot.store import Store
from bot.store.search.call_text import call_text
from bot.store.search.terms import SearchTerms
from bot.vocatech.events import parse_event, read_listed_call

NOON = 1_790_000_000.0
DAY = 86_400.0
MARIA = "+12125550142"
OLD_DATABASE = Path(__file__).parents[1] / "data" / "store_2026_11_29.db"
SAID = "zanzibarwedding invoice and a purple giraffe"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bot.db"


@pytest.fixture
def store(path):
    opened = Store.open(path)
    yield opened
    opened.close()


def save(store, call_id, *, authority=Source.ENDED, number=MARIA, at=NOON, **facts):
    known = {"stage": 3, "direction": "incoming", "started_at": at, "ended_at": at, **facts}
    known["remote_number"] = number
    body = json.dumps(known)
    report = Report(call_id, authority, known)
    store.calls.save(Event(f"{call_id} {authority} {body}", "call", body, report), now=at)


def check(store):
    """Have FTS5 compare its index with the texts that are said to be indexed."""
    sql = "insert into call_words (call_words, rank) values ('integrity-check', 1)"
    store.database.write(lambda db: db.execute(sql))


def found(store, phrase):
    hits = store.call_search.find(SearchTerms(phrases=(phrase,)), limit=9)
    return [call.call_id for call, _ in hits]


def bytes_with(path, word):
    """Return how often a word is in the file, once free pages are given up."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)")
    return path.read_bytes().lower().count(word.encode())


def copies(store):
    sql = "select count(*) as n from indexed_calls where is_copied or summary || transcript != ''"
    return store.database.row(sql)["n"]


def index_all(store):
    for _ in range(3):
        index_calls(store=store)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_indexed_is_known_after_each_step(store, seed):
    rng = random.Random(seed)
    words = ["delivery", "納期はいつですか", "café", "\x02tap\x03", "ร้านสมชาย", "O'Brien", ""]
    numbers = [MARIA, "+12125550177"]
    for step in range(60):
        call_id = f"c{rng.randrange(6)}"
        action = rng.randrange(9)
        if action < 5:
            said = " ".join(rng.choices(words, k=rng.randrange(5)))
            legs = [{"kind": "extension", "transcript": said, "summary": rng.choice(words)}]
            facts = {"legs": legs} if rng.random() < 0.5 else {"transcript": said, "summary": said}
            authority = rng.choice([Source.TRANSCRIBED, Source.ENDED, Source.LISTED])
            number = rng.choice(numbers)
            save(store, call_id, authority=authority, number=number, at=NOON + step, **facts)
        elif action < 7:
            store.call_search.index_changed(rng.randrange(1, 4))
        elif action == 7:
            clock = Clock(lambda: NOON + 50 * DAY, lambda: NOON)
            delete_expired(store=store, clock=clock, retention=Retention(transcripts=49))
        else:
            store.erasures.erase(rng.choice(numbers), by=ANA, now=NOON + step)
        check(store)
    index_all(store)
    check(store)
    assert copies(store) == 0


def test_searchable_text_of_stored_facts_stays_the_same():
    # Texts that are indexed are not stored: a change needs a migration that copies them first.
    legs = [
        {"summary": "Tap\x02s leak", "transcript": "Ana: caf\u00e9"},
        {"summary": None, "transcript": "O'Brien: 納期は\x00?"},
    ]
    listed = json.dumps(
        {"legs": [4, legs], "summary": [0, "An older one"], "transcript": [0, True]}
    )
    assert call_text(listed, "summary") == "Tap s leak"
    broken = "".join(f"\u200b{sign}\u200b" for sign in "納期は")
    assert call_text(listed, "transcript") == f"Ana: caf\u00e9\n\nO'Brien: {broken} ?"
    said = json.dumps({"summary": [0, "lone \ud800"], "stage": [3, 3]})
    assert call_text(said, "summary") == "lone ?"
    assert call_text(said, "transcript") == call_text(None, "summary") == ""


def test_transcript_is_on_the_disk_once(store, path):
    for kind in ("call.ended", "call.transcription"):
        data = {"call_id": "c1", "remote_number": MARIA, "transcription": f"Ana: {SAID}"}
        body = json.dumps({"id": kind, "event_type": kind, "data": data})
        store.calls.save(parse_event(body.encode(), region="US"), now=NOON)
        index_all(store)
    segments = [{"type": "extension", "transcription": f"Ana: {SAID}"}]
    row = {"call_id": "c1", "remote_number": MARIA, "end_time": NOON, "journey": segments}
    store.calls.save(read_listed_call(row, region="US"), now=NOON)
    index_all(store)
    [(_, [snippet])] = store.call_search.find(SearchTerms(phrases=("giraffe",)), limit=1)
    assert f"purple {HIT}giraffe" in snippet.text
    assert copies(store) == 0
    check(store)
    assert bytes_with(path, "zanzibarwedding invoice") == 1


@pytest.mark.parametrize("is_indexed", [True, False])
def test_erased_words_are_in_no_byte_of_the_file(store, path, is_indexed):
    save(store, "c1", transcript=SAID)
    index_all(store)
    save(store, "c1", authority=Source.LISTED, transcript=f"{SAID} again")
    if is_indexed:
        index_all(store)
    store.erasures.erase(MARIA, by=ANA, now=NOON + 1)
    check(store)
    assert bytes_with(path, "zanzibar") == 0


@pytest.mark.parametrize("kind", ["calls", "transcripts"])
def test_expired_words_are_in_no_byte_of_the_file(store, path, kind):
    for which, at, said in (("old", NOON, SAID), ("new", NOON + 39 * DAY, "something else")):
        for number in range(30):
            save(store, f"{which}{number}", at=at + number, transcript=said)
            store.call_search.index_changed()
    clock = Clock(lambda: NOON + 40 * DAY, lambda: NOON)
    delete_expired(store=store, clock=clock, retention=Retention(**{kind: 30}))
    index_all(store)
    check(store)
    assert found(store, "giraffe") == []
    assert len(found(store, "something else")) == 9
    assert bytes_with(path, "zanzibar") == 0


def test_upgrade_drops_the_copies_of_an_older_version(path):
    shutil.copy(OLD_DATABASE, path)
    with closing(sqlite3.connect(path)) as db, db:
        # What this call says changed after it was indexed.
        db.execute(
            "update calls set facts = replace(facts, 'giraffe', 'elephant') where call_id ="
            " (select call_id from call_texts where summary || transcript like '%giraffe%')"
        )
        indexed = db.execute("select count(*) from call_texts").fetchone()[0]
    store = Store.open(path)
    check(store)
    assert copies(store) == indexed > 0
    assert len(found(store, "giraffe")) == 1
    index_all(store)
    check(store)
    assert copies(store) == 0
    assert found(store, "giraffe") == []
    assert len(found(store, "elephant")) == 1
    store.close()


def test_damaged_index_is_rebuilt(store):
    for number in range(1_100):
        facts = {"transcript": f"{SAID} number {number}" if number % 2 else ""}
        save(store, f"c{number}", at=time.time() + number, **facts)
    while store.call_search.index_changed(500):
        pass
    check_index(store=store)
    assert len(found(store, "giraffe number 77")) == 1  # nothing was wrong
    sql = "insert into call_words (call_words) values ('delete-all')"
    store.database.write(lambda db: db.execute(sql))
    assert found(store, "giraffe number 77") == []
    check_index(store=store)
    index_all(store)
    assert found(store, "giraffe number 77") == ["c77"]
    assert store.call_index.missing() == 0
    check(store)
