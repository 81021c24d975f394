"""Calls, and the extensions that rang."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import Call, OwnDay, RoutableCall, call_from_reports
from bot.models.events import Event
from bot.store.database.connection import Database
from bot.store.ingest import (
    Arrival,
    Hold,
    Saved,
    ingest_events,
    merge_unread,
    store_unread,
)
from bot.store.outbox.invalidation import mark_cards_stale, mark_threads_stale

# An extension that rings for a whole company must not make its owner wait.
MOST_COUNTED = 2_000


class OwnCalls:
    """Calls, by the extension that answered or missed them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, extension: str, start: float, *, listed: int) -> OwnDay:
        """Return the calls of an extension since a time (unix seconds), the first `listed` in full.

        Missed calls include only incoming ones. Counting stops at two thousand.
        """
        row = self._database.row(
            "select count(*) as calls, coalesce(sum(outcome in ('missed', 'voicemail')"
            " and direction is not 'outgoing'), 0) as missed from (select outcome, direction"
            " from calls where extension = ? and started_at >= ? limit ?)",
            [extension, start, MOST_COUNTED],
        )
        latest = self._database.rows(
            "select call_id, facts from calls where extension = ? and started_at >= ?"
            " order by started_at desc limit ?",
            [extension, start, listed],
        )
        calls = tuple(call_from_reports(one["call_id"], json.loads(one["facts"])) for one in latest)
        return OwnDay(row["calls"], row["missed"], calls) if row else OwnDay()


KEEP_EVENTS_SECONDS = 30 * 86_400

EVENTS_AT_ONCE = 500

CALLS_AT_ONCE = 500


class Calls:
    """Calls, by their ID."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        event: Event,
        *,
        now: float,
        hold: Hold | None = None,
        signature: str | None = None,
    ) -> Saved:
        """Store an event, once; `hold` applies only to a call that is new.

        `signature` is the scheme that a webhook was signed with. When this returns, the event is on
        the disk.
        """
        return self._database.write_together(ingest_events, Arrival(event, now, hold, signature))

    def defer(self, event: Event, *, now: float, signature: str) -> Saved:
        """Store a webhook unread, once, to merge it later. It is on the disk when this returns."""
        arrival = Arrival(event, now, None, signature, is_unread=True)
        return self._database.write_together(store_unread, arrival)

    def unread(self, limit: int) -> list[Arrival]:
        """Return the events that were stored unread, oldest first, without their reports."""
        rows = self._database.rows(
            "select event_id, kind, body, received_at, signature from events"
            " where is_unread = 1 order by received_at limit ?",
            [limit],
        )
        return [
            Arrival(
                Event(row["event_id"], row["kind"], row["body"]),
                row["received_at"],
                None,
                row["signature"],
                is_unread=True,
            )
            for row in rows
        ]

    def save_unread(self, arrivals: Sequence[Arrival]) -> list[Saved]:
        """Merge events that were stored unread, now with their reports, in one commit."""
        return self._database.write(lambda db: merge_unread(db, arrivals))

    def save_all(self, events: Sequence[tuple[Event, Hold | None]], *, now: float) -> list[Saved]:
        """Store many events in one commit."""
        arrivals = [Arrival(event, now, hold) for event, hold in events]
        return self._database.write(lambda db: ingest_events(db, arrivals))

    def find(self, call_id: str) -> Call | None:
        """Return a call, or None if it is unknown."""
        row = self._database.row("select facts from calls where call_id = ?", [call_id])
        return call_from_reports(call_id, json.loads(row["facts"])) if row else None

    def find_all(self, call_ids: Iterable[str]) -> list[Call]:
        """Return the known calls among these, in the order of the IDs."""
        return [call for call in map(self.find, call_ids) if call is not None]

    def to_route(self, limit: int = 100) -> list[RoutableCall]:
        """Return the calls that changed since their channels were chosen."""
        rows = self._database.rows(
            "select call_id, version, facts from calls"
            " where routed < version and hold is null limit ?",
            [limit],
        )
        return [
            RoutableCall(
                call_from_reports(row["call_id"], json.loads(row["facts"])), row["version"]
            )
            for row in rows
        ]

    def late(self) -> list[Call]:
        """Return the calls that polling found and that still wait for a decision."""
        rows = self._database.rows(
            "select call_id, facts from calls where hold = 'late' order by started_at"
        )
        return [call_from_reports(row["call_id"], json.loads(row["facts"])) for row in rows]

    def release(self, call_ids: Iterable[str]) -> None:
        """Allow late calls to be announced one by one."""
        rows = [[call_id] for call_id in call_ids]
        self._database.write(
            lambda db: db.conn.executemany("update calls set hold = null where call_id = ?", rows)
        )

    def last_webhook(self) -> tuple[float, str] | None:
        """Return when the last webhook arrived (unix seconds), and its signature scheme."""
        row = self._database.row(
            "select received_at, signature from events where signature is not null"
            " order by received_at desc limit 1"
        )
        return (row["received_at"], row["signature"]) if row else None

    def first_and_last(self, until: float) -> tuple[float, float] | None:
        """Return the start times of the first and the last call up to a time (unix seconds)."""
        row = self._database.row(
            "select (select min(started_at) from calls) as first,"
            " (select max(started_at) from calls where started_at <= ?) as last",
            [until],
        )
        return (row["first"], row["last"]) if row and row["last"] is not None else None

    def count_between(self, start: float, end: float) -> int:
        """Return how many calls began from `start` on and before `end` (unix seconds)."""
        row = self._database.row(
            "select count(*) as n from calls where started_at >= ? and started_at < ?",
            [start, end],
        )
        return row["n"] if row else 0

    def all_between(self, start: float, end: float) -> Iterator[Call]:
        """Yield the calls that began from `start` on and before `end`, oldest first."""
        after: tuple[float, str] = (start, "")
        while rows := self._database.rows(
            "select call_id, started_at, facts from calls"
            " where (started_at, call_id) > (?, ?) and started_at < ?"
            " order by started_at, call_id limit ?",
            [*after, end, CALLS_AT_ONCE],
        ):
            for row in rows:
                yield call_from_reports(row["call_id"], json.loads(row["facts"]))
            after = (rows[-1]["started_at"], rows[-1]["call_id"])

    def incoming_between(self, began: float, ended: float, *, most: int) -> int:
        """Return how many incoming calls began after `began` and ended by `ended`, up to `most`."""
        row = self._database.row(
            "select count(*) as calls from (select 1 from calls where started_at > ?"
            " and ended_at <= ? and direction = 'incoming' limit ?)",
            [began, ended, most],
        )
        return row["calls"] if row else 0

    def incoming_from(self, number: str, *, after: float, until: float) -> int:
        """Return how many incoming calls from a number (E.164) began in a span (unix seconds)."""
        row = self._database.row(
            "select count(*) as n from calls where remote_number = ? and started_at > ?"
            " and started_at <= ? and direction = 'incoming'",
            [number, after, until],
        )
        return row["n"] if row else 0

    def latest(self, limit: int) -> list[Call]:
        """Return the latest finished calls, newest first."""
        rows = self._database.rows(
            "select call_id, facts from calls where ended_at is not null"
            " order by started_at desc limit ?",
            [limit],
        )
        return [call_from_reports(row["call_id"], json.loads(row["facts"])) for row in rows]

    def missed_between(self, start: float, end: float) -> list[Call]:
        """Return the missed incoming calls that began in a span (unix seconds), oldest first."""
        rows = self._database.rows(
            "select call_id, facts from calls where started_at >= ? and started_at < ?"
            " and outcome in ('missed', 'voicemail') and direction = 'incoming'"
            " order by started_at",
            [start, end],
        )
        return [call_from_reports(row["call_id"], json.loads(row["facts"])) for row in rows]

    def latest_with(self, numbers: Collection[str], *, limit: int) -> list[Call]:
        """Return the latest calls with any of these numbers (E.164), newest first."""
        found: dict[str, Call] = {}
        for number in numbers:
            rows = self._database.rows(
                "select call_id, facts from calls where remote_number = ?"
                " order by started_at desc limit ?",
                [number, limit],
            )
            for row in rows:
                found[row["call_id"]] = call_from_reports(row["call_id"], json.loads(row["facts"]))
        newest = sorted(found.values(), key=lambda call: call.started_at or 0, reverse=True)
        return newest[:limit]

    def show_again(self, numbers: Collection[str], *, now: float) -> int:
        """Mark the newest cards of these numbers (E.164) and their threads as stale.

        Return how many. Only cards that are posted or queued: a new routing applies to new calls
        only.
        """

        def work(db: SqliteDatabase) -> int:
            cards = sum(mark_cards_stale(db, number, now=now) for number in numbers)
            return cards + sum(mark_threads_stale(db, number) for number in numbers)

        return self._database.write(work)

    def forget_old_events(self, *, now: float) -> int:
        """Drop events older than thirty days; return how many. The calls built from them stay.

        An event with a future time was stored while the clock was wrong. It is dropped together
        with the next event that is old.
        """
        dropped, last, in_future = 0, 0, list[int]()
        while True:
            rows = self._database.rows(
                "select rowid as place, received_at as at from events where rowid > ?"
                " order by rowid limit ?",
                [last, EVENTS_AT_ONCE],
            )
            old = list[int]()
            for row in rows:
                if row["at"] < now - KEEP_EVENTS_SECONDS:
                    old += [*in_future, row["place"]]
                    in_future = []
                elif row["at"] > now:
                    in_future.append(row["place"])
                else:  # all later ones are newer
                    rows = []
                    break
            # In small steps, so that no webhook waits long to be written.
            for at in range(0, len(old), EVENTS_AT_ONCE):
                dropped += self._drop_events(old[at : at + EVENTS_AT_ONCE])
            if not rows:
                return dropped
            last = rows[-1]["place"]

    def _drop_events(self, places: list[int]) -> int:
        sql = "delete from events where rowid in (select value from json_each(?))"
        return self._database.write(lambda db: db.execute(sql, [json.dumps(places)]).rowcount)
