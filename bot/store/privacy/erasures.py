"""Erasure of everything that is stored about one number, and what is stored about it."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import unpack_facts
from bot.store.audit import record_action
from bot.store.database.background import write_in_background, write_in_pieces
from bot.store.database.connection import Database
from bot.store.database.tombstones import Tombstone, add_tombstone
from bot.store.home import mark_homes_stale
from bot.store.privacy.erase import (
    CALLS_TO_ERASE,
    DIGESTS,
    EVENTS,
    TEXTS_OF,
    TEXTS_TO_ERASE,
    changed_digests,
    delete_events,
    erase_around,
    erase_calls,
    erase_in_digests,
    erase_texts,
    is_event_about,
    number_pattern,
    remember,
    show_lists_again,
)
from bot.store.search.call_index import merge_all

EVENTS_AT_ONCE = 100
UNFINISHED = "erasing "  # the key of an erasure that isn't complete, before its number
FRAMES_LEFT = 50
TRIES_TO_EMPTY_LOG, SECONDS_BETWEEN_TRIES = 60, 0.5
_INDEXES = ("call_words", "note_words")


@dataclass(frozen=True)
class Held:
    """How much is stored about a number."""

    calls: int
    texts: int
    contacts: int
    files: int
    follow_ups: int = 0
    notes: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored."""
        kept = (self.calls, self.texts, self.contacts, self.follow_ups, self.notes)
        return not any(kept)


class Erasures:
    """Erased numbers (E.164)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._working = threading.Lock()

    def held(self, number: str) -> Held:
        """Return how much is stored about a number."""
        row = self._database.row(
            "select (select count(*) from calls where remote_number = :n) as calls,"
            f" (select count(*) from texts where {_TEXTS_OF}) as texts,"
            " (select count(*) from contact_numbers where number = :n) as contacts,"
            f" (select count(*) from ({_FILES_OF})) as files,"
            f" (select count(*) from follow_ups where {_FOLLOW_UPS_OF}) as follow_ups,"
            " (select count(*) from customer_notes where number = :n) as notes",
            {"n": number},
        )
        return Held(**dict(row)) if row else Held(0, 0, 0, 0)

    def refused_files(self) -> list[str]:
        """Return the reason for each file of an erased number that Slack refused to delete."""
        rows = self._database.rows(f"select parked from posts where {_REFUSED_FILES}")
        return [row["parked"] for row in rows]

    def retry_files(self) -> None:
        """Try again to delete the files that Slack refused to delete."""
        sql = f"update posts set parked = null where {_REFUSED_FILES}"
        self._database.write(lambda db: db.execute(sql))

    def has_files_to_delete(self) -> bool:
        """Return whether files of erased numbers are still in Slack."""
        row = self._database.row(
            "select 1 from posts where announced < wanted and subject_kind = 'media'"
            " and ts is not null limit 1"
        )
        return row is not None

    def erase(self, number: str, *, by: str, now: float) -> None:
        """Erase a number: what is stored beside its calls and texts, then those, in short writes.

        Then its raw events and its traces in the search index. If the app ends before all is done,
        `finish` continues.
        """
        row = self._database.row(
            "select max(at) as at from (select started_at as at from calls where remote_number = :n"
            " union all select at from texts where number = :n)",
            {"n": number},
        )
        # Vocatech's clock may be ahead of ours.
        stone = Tombstone(number, max(now, (row and row["at"]) or now), by)
        # First, so that no backup can undo an erasure that was done.
        add_tombstone(self._database.path, stone)

        def begin(db: SqliteDatabase) -> None:
            db.execute("pragma secure_delete = on").fetchall()
            remember(db, stone)
            db.execute("insert or replace into notes values (?, ?)", [f"{UNFINISHED}{number}", by])
            record_action(db, by, "erased a number", f"ending in {number[-2:]}", now=now)

        with self._working:
            self._database.write(begin)
            self._erase(stone)

    def finish(self) -> int:
        """Finish erasures that the end of the app interrupted; return how many."""
        if not self._working.acquire(blocking=False):
            return 0
        try:
            rows = self._database.rows(
                "select number, at, by from erasures join notes on name = ? || number", [UNFINISHED]
            )
            for row in rows:
                self._erase(Tombstone(**dict(row)))
            return len(rows)
        finally:
            self._working.release()

    def _erase(self, stone: Tombstone) -> None:
        values = [stone.number, stone.at]
        calls = [row["call_id"] for row in self._database.rows(CALLS_TO_ERASE, values)]
        texts = [row["text_id"] for row in self._database.rows(TEXTS_TO_ERASE, values)]

        def around(db: SqliteDatabase) -> None:
            db.execute("pragma secure_delete = on").fetchall()
            erase_around(db, stone, calls, texts)

        write_in_background(self._database, around)
        digests = changed_digests(map(tuple, self._database.rows(DIGESTS)), {*calls})
        write_in_pieces(self._database, erase_in_digests, digests)
        # Last: what is stored beside them is found by their number.
        write_in_pieces(self._database, erase_calls, calls)
        write_in_pieces(self._database, erase_texts, texts)
        self._delete_events(stone)
        for index in _INDEXES:
            merge_all(self._database, index)
        self._empty_log()

        def end(db: SqliteDatabase) -> None:
            mark_homes_stale(db)
            show_lists_again(db)
            db.execute("delete from notes where name = ?", [f"{UNFINISHED}{stone.number}"])

        self._database.write(end)

    def is_erased(self, number: str) -> bool:
        """Return whether a number was erased."""
        return self._database.row("select 1 from erasures where number = ?", [number]) is not None

    def erased_since(self, number: str | None, moment: float, *, call_id: str | None) -> bool:
        """Return whether a number was erased since a form was opened, or its call at any time.

        `moment` is in unix seconds; 0 if it isn't known when the form was opened.
        """
        row = self._database.row(
            "select 1 from erasures where number = ?1 and at >= ?2 and ?2 > 0"
            " union all select 1 from calls where call_id = ?3"
            " and json_extract(facts, '$.erased') is not null limit 1",
            [number, moment, call_id],
        )
        return row is not None

    def everything(self, number: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield what is stored about a number: a table's name and its rows, with JSON parsed."""
        for name, sql in _ABOUT.items():
            yield name, [_parsed(row) for row in self._database.rows(sql, {"n": number})]
        digits = number_pattern(number)
        events = (row for row in self._events() if digits.search(row["body"]))
        yield "events", [_parsed(row) for row in events]

    def _delete_events(self, stone: Tombstone) -> None:
        gone = [row["event_id"] for row in self._events() if is_event_about(stone, *row[2:])]
        write_in_pieces(self._database, delete_events, gone)

    def _events(self) -> Iterator[sqlite3.Row]:
        """Yield all raw events, some at a time."""
        after = 0
        while rows := self._database.rows(
            f"{EVENTS} where events.rowid > ? order by events.rowid limit ?",
            [after, EVENTS_AT_ONCE],
        ):
            yield from rows
            after = rows[-1][0]

    def _empty_log(self) -> None:
        """Empty the write-ahead log, which keeps earlier pages. It empties later if that fails."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._database.path)) as connection:
            # Without a timeout: while it waits for a reader, such as a backup, no one can write.
            connection.execute("pragma busy_timeout = 0").fetchall()
            for _ in range(TRIES_TO_EMPTY_LOG):
                # The first does the work and holds no writer up; the second cuts off the file. It
                # holds writers up, so it gets little to do.
                passive = connection.execute("pragma wal_checkpoint(passive)").fetchone()
                if passive[1] - passive[2] <= FRAMES_LEFT:
                    done = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
                    if not done[0]:
                        return
                time.sleep(SECONDS_BETWEEN_TRIES)


_TEXTS_OF = TEXTS_OF.replace("?1", ":n")
# The subject of a file's post is the text's ID, a space, and a position.
_FILES_OF = (
    "select channel, ts from texts join posts on subject_kind = 'media'"
    " and subject > text_id || ' ' and subject < text_id || '!'"
    " where number = :n and ts is not null"
)
_REFUSED_FILES = "parked is not null and subject_kind = 'media' and ts is not null"
_CALLS_OF = "call_id in (select call_id from calls where remote_number = :n)"
_FOLLOW_UPS_OF = (
    f"(number = :n or {_CALLS_OF} or contact_id in"
    " (select contact_id from contact_numbers where number = :n))"
)
# What an access request returns, by name. Columns that repeat the facts are left out.
_ABOUT = {
    "calls": "select call_id, facts from calls where remote_number = :n order by started_at",
    "texts": f"select text_id, message_id, facts from texts where {_TEXTS_OF} order by at",
    "replies": "select text_id, body, slack_user, step, written_at from replies where number = :n"
    " order by written_at",
    "media": "select text_id, place, state, filename, content_type from media where text_id in"
    f" (select text_id from texts where {_TEXTS_OF})",
    "opt_outs": "select is_out, at, text_id from opt_outs where number = :n",
    "screened_numbers": "select kind, by, at from screened_numbers where number = :n",
    "contacts": "select contact_id, fields, numbers from contacts where contact_id in"
    " (select contact_id from contact_numbers where number = :n)",
    "customer_notes": "select note_id, call_id, contact_id, body, written_by, at, changed_by,"
    f" changed_at from customer_notes where number = :n or {_CALLS_OF} or contact_id in"
    " (select contact_id from contact_numbers where number = :n) order by at",
    "claims": f"select * from claims where {_CALLS_OF}",
    "closings": f"select * from closings where {_CALLS_OF}",
    "call_outcomes": "select call_id, name, set_by, set_at from call_outcomes join outcomes"
    f" using (outcome_id) where {_CALLS_OF}",
    "follow_ups": f"select * from follow_ups where {_FOLLOW_UPS_OF}",
    "reminders": f"select * from reminders where {_CALLS_OF}",
    "posts": "select subject_kind, subject, channel, ts from posts where"
    f" (subject_kind = 'call' and subject in (select call_id from calls where remote_number = :n))"
    " or (subject_kind = 'conversation' and subject = :n) or (subject_kind = 'text' and subject in"
    f" (select text_id from texts where {_TEXTS_OF}))",
    "notices": "select notice_id, kind, detail from notices where instr(detail, :n)",
    "webhook_deliveries": "select delivery_id, kind, occurred_at, state, body from"
    f" webhook_deliveries where number = :n or {_CALLS_OF} order by occurred_at",
    "erasures": "select at, by from erasures where number = :n",
}


def _parsed(row: sqlite3.Row) -> dict[str, Any]:
    """Return a row with its JSON parsed, and its facts without their authority."""
    found = dict(row)
    for name in ("facts", "fields", "numbers", "detail", "body"):
        with suppress(KeyError, ValueError, TypeError):
            found[name] = json.loads(found[name])
    facts = found.get("facts")
    if isinstance(facts, dict):
        found["facts"] = {name: value for name, (_, value) in unpack_facts(facts).items()}
    return found
