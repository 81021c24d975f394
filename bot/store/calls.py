"""Owns what is known of calls: reports in, calls out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database as SqliteDatabase

from bot.calls import Call, Facts, add_report, read_call
from bot.events import Event
from bot.store.database import Database

KEEP_EVENTS_SECONDS = 30 * 86_400
EVENTS_AT_ONCE = 500


class Hold(StrEnum):
    """Why a call is not announced by itself."""

    LATE = "late"  # found by a catch-up, which decides about all it found together
    QUIET = "quiet"  # over before the bot was installed


class Saved(StrEnum):
    """What became of an event."""

    NEWS = "news"
    NOTHING_NEW = "nothing new"
    DUPLICATE = "duplicate"
    KEPT = "kept"  # of a kind that nothing uses yet


@dataclass(frozen=True)
class RoutableCall:
    """A call whose channels are to be chosen again, and the version it was read at."""

    call: Call
    version: int


class Calls:
    """Calls, by their id."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def save(self, event: Event, *, now: float, hold: Hold | None = None) -> Saved:
        """Take an event in, once; `hold` counts only for a call never heard of before.

        When this returns, the event is on the disk.
        """
        return self._database.write(lambda db: _save(db, event, now, hold))

    def save_all(self, events: Sequence[tuple[Event, Hold | None]], *, now: float) -> list[Saved]:
        """Take many events in with one commit."""
        return self._database.write(
            lambda db: [_save(db, event, now, hold) for event, hold in events]
        )

    def find(self, call_id: str) -> Call | None:
        """Give a call, or None when it was never heard of."""
        row = self._database.row("select facts from calls where call_id = ?", [call_id])
        return read_call(call_id, json.loads(row["facts"])) if row else None

    def find_all(self, call_ids: Iterable[str]) -> list[Call]:
        """Give the calls that are known of these, in the order of the ids."""
        return [call for call in map(self.find, call_ids) if call is not None]

    def to_route(self, limit: int = 100) -> list[RoutableCall]:
        """Which calls changed since their channels were chosen?"""
        rows = self._database.rows(
            "select call_id, version, facts from calls"
            " where routed < version and hold is null limit ?",
            [limit],
        )
        return [
            RoutableCall(read_call(row["call_id"], json.loads(row["facts"])), row["version"])
            for row in rows
        ]

    def late(self) -> list[Call]:
        """Which calls did a catch-up find that are still to be decided about?"""
        rows = self._database.rows(
            "select call_id, facts from calls where hold = 'late' order by started_at"
        )
        return [read_call(row["call_id"], json.loads(row["facts"])) for row in rows]

    def release(self, call_ids: Iterable[str]) -> None:
        """Let late calls be announced each by itself."""
        rows = [[call_id] for call_id in call_ids]
        self._database.write(
            lambda db: db.conn.executemany("update calls set hold = null where call_id = ?", rows)
        )

    def forget_old_events(self, *, now: float) -> int:
        """Drop events older than thirty days, and say how many; the calls that they made stay."""

        def work(db: SqliteDatabase) -> int:
            return db.execute(
                "delete from events where rowid in"
                " (select rowid from events where received_at < ? limit ?)",
                [now - KEEP_EVENTS_SECONDS, EVENTS_AT_ONCE],
            ).rowcount

        # A few at a time, so that no webhook waits long for its turn to be written.
        dropped = 0
        while some := self._database.write(work):
            dropped += some
        return dropped


def _save(db: SqliteDatabase, event: Event, now: float, hold: Hold | None) -> Saved:
    report = event.report
    inserted = db.execute(
        "insert or ignore into events values (?, ?, ?, ?, ?)",
        [event.event_id, event.kind, report and report.call_id, event.body, now],
    )
    if inserted.rowcount == 0:
        return Saved.DUPLICATE
    if report is None:
        return Saved.KEPT
    row = db.execute("select facts from calls where call_id = ?", [report.call_id]).fetchone()
    known: Facts = {k: (a, v) for k, (a, v) in json.loads(row[0]).items()} if row else {}
    facts = add_report(known, report)
    if row and facts == known:
        return Saved.NOTHING_NEW
    _write_call(db, read_call(report.call_id, facts), facts, hold)
    return Saved.NEWS


def _write_call(db: SqliteDatabase, call: Call, facts: Facts, hold: Hold | None) -> None:
    db.execute(
        """
        insert into calls (call_id, version, hold, facts, direction, outcome, remote_number,
                           extension, company_number, started_at, ended_at)
        values (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (call_id) do update set
            version = version + 1, facts = excluded.facts, direction = excluded.direction,
            outcome = excluded.outcome, remote_number = excluded.remote_number,
            extension = excluded.extension, company_number = excluded.company_number,
            started_at = excluded.started_at, ended_at = excluded.ended_at
        """,
        [
            call.call_id,
            hold,
            json.dumps(facts),
            call.direction,
            call.outcome,
            call.remote_number,
            call.extension,
            call.company_number,
            call.started_at,
            call.ended_at,
        ],
    )
