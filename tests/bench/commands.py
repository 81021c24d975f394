"""Measures commands, search, modals, and webhooks with many calls stored."""

import hashlib
import hmac
import random
import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from bot.calls.indexing import DONE, REINDEXED_CALLS, REINDEXED_CONTACTS, SHARED_TEXTS
from bot.models.contacts import Contact
from bot.models.people import Person
from bot.store import Store
from bot.store.search.call_index import CALLS_A_WRITE
from bot.store.search.call_text import add_functions
from bot.store.search.terms import SearchTerms
from tests.bench.contacts import FIRST, LAST, make_names
from tests.bench.modals import fill_notes, measure_modals
from tests.bench.stage import Stage, posts_of
from tests.bench.wire import answer_times, connect, exchange, in_ms, p99, requests_for

SECRET = b"d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0"
ASKER, CHANNEL = "U0BENCH001", "C0BENCH000"
COMMON, RARE = "delivery", "purple giraffe"
NUMBER = "+12125551007"
# Said in about every second call; the others in one of a few hundred.
USUAL = (COMMON, "invoice", "please", "thanks", "order", "tomorrow")
OFTEN = 200


def fill_calls(folder, count):
    """Create a store with calls that have transcripts, contacts, and a linked person."""
    path = Path(folder) / "bot.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        add_functions(db)
        db.execute("pragma synchronous = off")
        db.execute("pragma cache_size = -4000000")  # KiB: each page is written once
        db.execute("create temp table said (n integer primary key, summary text, transcript text)")
        db.executemany("insert into said values (?, ?, ?)", enumerate_texts())
        db.execute(
            "create temp table n as with recursive n(i) as (select 1 union all"
            " select i + 1 from n where i < ?) select i from n",
            [count],
        )
        db.execute(_CALLS, {"now": time.time() - 60})
        db.execute(_TEXTS)
        db.execute(_WORDS)
    store = Store.open(path)
    store.key_values.set_moment("installed at", time.time() - 90 * 86_400)
    for conversion in (REINDEXED_CALLS, REINDEXED_CONTACTS, SHARED_TEXTS):
        store.key_values.set_text(conversion, DONE)  # as in a store of this version
    store.people.replace([Person("u101", "Ana Torres", "101")])
    store.links.link(ASKER, "u101", how="hand", now=time.time())
    return store


def fill_contacts(store, count):
    contacts = [
        Contact(place, fields, (f"+1{201 + place % 700}555{place // 700:04}",))
        for place, fields in enumerate(make_names(count))
    ]
    store.contacts.upsert(contacts, seen=time.time())


def enumerate_texts():
    rng = random.Random(3)
    vocabulary = [f"{first}{last}".lower() for first in FIRST.split() for last in LAST.split()[:20]]
    for n in range(997):
        words = rng.choices(vocabulary, k=rng.randint(30, 120))
        words += [word for word in USUAL if rng.random() < 0.5]
        words += RARE.split() if n == 0 else []
        rng.shuffle(words[: len(words) - 2])
        yield n, " ".join(words[-20:]), "Ana: " + " ".join(words)


_CALLS = """
insert into calls (call_id, version, routed, hold, facts, direction, outcome, remote_number,
                   extension, started_at, ended_at, indexed)
select 'old-' || i, 1, 1, null,
    json_object(
        'stage', json_array(3, 3), 'direction', json_array(3, 'incoming'),
        'remote_number', json_array(3, '+1212555' || (1000 + i % 9000)),
        'remote_name', json_array(3, 'Maria Lopez ' || (i % 5000)),
        'our_side', json_array(3, json_array(cast(101 + i % 40 as text), 'Ana Torres')),
        'started_at', json_array(3, :now - i * 7.0), 'ended_at', json_array(3, :now - i * 7.0),
        'answered', json_array(3, json(iif(i % 5, 'true', 'false'))),
        'summary', json_array(3, said.summary), 'transcript', json_array(3, said.transcript)
    ),
    'incoming', iif(i % 5, 'answered', 'missed'), '+1212555' || (1000 + i % 9000),
    cast(101 + i % 40 as text), :now - i * 7.0, :now - i * 7.0, 1
from n join said on said.n = i % 997
"""
_TEXTS = """
insert into indexed_calls (text_id, call_id, who, summary, transcript, marks, is_copied)
select cast(started_at as integer) * 16, call_id, facts ->> '$.remote_name[1]' || ' Ana Torres',
    '', '', 'o' || outcome || ' dincoming n' || substr(remote_number, 2) || ' e' || extension, 0
from calls order by started_at
"""

# The same as from the view `call_texts`, without reading each call's facts again.
_WORDS = """
insert into call_words (rowid, who, summary, transcript, marks)
select text_id, who, said.summary, said.transcript, marks from indexed_calls
join said on said.n = cast(substr(call_id, 5) as integer) % 997
"""


def command_request(command, typed):
    """Return a slash command as Slack sends it, signed."""
    body = urlencode(
        {
            "token": "legacy",
            "team_id": "T0BENCH01",
            "channel_id": CHANNEL,
            "channel_name": "bench",
            "user_id": ASKER,
            "user_name": "ana",
            "command": command,
            "text": typed,
            "response_url": "http://127.0.0.1:9/none",
            "trigger_id": "1.2.3",
        }
    ).encode()
    stamp = str(int(time.time()))
    mac = hmac.new(SECRET, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mac}\r\n\r\n"
    )
    return head.encode() + body


def times_of(connection, command, typed):
    times = []
    for _ in range(OFTEN):
        request = command_request(command, typed)
        began = time.monotonic()
        exchange(connection, request)
        times.append(time.monotonic() - began)
        time.sleep(0.005)
    return sorted(times)


def measure_commands(row, stage):
    """Send commands to the running app over HTTP; each answer arrives with the acknowledgement.

    Return the median of each, in milliseconds.
    """
    figures = {}
    for typed in ("", "mine today", "missed", NUMBER, "Maria Lopez", f'"{COMMON}"', f'"{RARE}"'):
        with connect(stage.url) as connection:
            times = times_of(connection, "/calls", typed)
        what = f"/calls {typed}".strip()
        row(what, in_ms(times), "p99 50 ms")
        figures[what] = statistics.median(times) * 1000
        figures[f"{what}, p99"] = p99(times) * 1000
    return figures


def measure_search(row, store):
    """Measure the search without HTTP; return the median of each, in milliseconds."""
    figures = {}
    for phrases in ((COMMON,), USUAL[:4], (RARE,), ("nothing such",)):
        times = []
        for _ in range(15):
            began = time.perf_counter()
            store.call_search.find(SearchTerms(phrases=phrases), limit=9)
            store.call_search.count(SearchTerms(phrases=phrases))
            times.append((time.perf_counter() - began) * 1000)
        said = " and ".join(phrases)
        row(f"search: {said}", f"{statistics.median(times):.1f} ms", "100 ms")
        figures[f"search: {said}"] = statistics.median(times)
    return figures


def measure_indexing(row, store, count=5_000):
    """Measure how fast changed calls are indexed, and how long a write waits during that."""
    store.database.write(
        lambda db: db.execute(
            "update calls set indexed = 0 where rowid in (select rowid from calls limit ?)", [count]
        )
    )
    times, write = [], store.database.write

    def timed_write(work):
        one = time.perf_counter()
        write(work)
        times.append((time.perf_counter() - one) * 1000)

    store.database.write = timed_write
    began = time.perf_counter()
    while store.call_search.index_changed(CALLS_A_WRITE):
        pass
    store.database.write = write
    rate = count / (time.perf_counter() - began)
    median, slow = statistics.median(times), p99(times)
    row(
        f"calls taken into the search, {CALLS_A_WRITE} a write",
        f"{rate:.0f}/s, a write {median:.0f} ms, p99 {slow:.0f} ms",
        "500/s, p99 50 ms",
    )


def measure_webhooks(row, stage):
    """Measure webhooks on a full store; return their figures, in milliseconds."""
    sent, answered = answer_times(stage.url, requests_for(150, "full"), 20)
    row("answer at 20 a second, calls stored", in_ms(answered), "as with none")
    time.sleep(2)
    with connect(stage.url) as connection:
        for number in range(60):
            time.sleep(0.05)
            sent.append(time.monotonic())
            exchange(connection, requests_for(1, f"post{number}", line=1000 + number)[0])
    time.sleep(2)
    called = {call_id: at for at, call_id in stage.ask(posts_of)}
    delays = [called[f"post{n}-0"] - sent[-60 + n] for n in range(60) if f"post{n}-0" in called]
    row("webhook to Slack at 20 a second, calls stored", in_ms(delays), "as with none")
    return {
        "webhook: answer": statistics.median(answered) * 1000,
        "webhook: answer, p99": p99(answered) * 1000,
        "webhook to Slack": statistics.median(delays) * 1000,
    }


def measure_full_store(row, folder, count):
    """Measure commands, modals, and webhooks; return the figures that may grow with the calls."""
    store = fill_calls(folder, count)
    fill_contacts(store, count // 10)
    fill_notes(store, count // 10)
    figures = measure_search(row, store)
    measure_indexing(row, store, min(count // 10, 5_000))
    store.close()
    with Stage(folder) as stage:
        stage.wait_until_idle()
        figures |= measure_commands(row, stage)
        figures |= measure_modals(row, stage, NUMBER)
        figures |= measure_webhooks(row, stage)
        figures["memory with that many calls, MB"] = stage.memory()
    return figures
