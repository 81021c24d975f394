"""The list of outcomes, and the outcome of each call."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlite_utils import Database as SqliteDatabase

from bot.intervals import Interval
from bot.models.calls import RoutableCall, call_from_reports
from bot.models.integrations.outgoing_webhooks import EventType
from bot.models.outcomes import NO_OUTCOME, CallOutcome, OutcomeSetting
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.integrations.enqueue import enqueue_event
from bot.store.outbox.invalidation import show_card_of, show_cards_of

# After a change of the list, the newest cards get the new menu; older ones at their next edit.
SECONDS_UPDATED, CARDS_UPDATED = 86_400, 50

_LISTED = "in (select value from json_each(?))"
_SETTING = (
    "select call_id, outcome_id, name, deleted_at, set_by, set_at"
    " from call_outcomes join outcomes using (outcome_id)"
)


class SetResult(StrEnum):
    """What came of setting an outcome."""

    DONE = "done"
    CONFLICT = "conflict"  # someone else set one since the menu was drawn
    GONE = "gone"  # the outcome was deleted
    NO_CALL = "no call"  # the call isn't stored any more


class Outcomes:
    """Outcomes, by their ID and by the calls that have them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[CallOutcome]:
        """Return the list, in the order of creation."""
        return [one for one in self.ever() if not one.is_deleted]

    def ever(self) -> list[CallOutcome]:
        """Return the list with deleted outcomes, which old calls may have."""
        rows = self._database.rows(
            "select outcome_id, name, deleted_at from outcomes order by outcome_id"
        )
        return [_outcome(row) for row in rows]

    def find(self, outcome_id: int) -> CallOutcome | None:
        """Return an outcome; None if it is deleted or was never there."""
        return next((one for one in self.all() if one.outcome_id == outcome_id), None)

    def of(self, call_id: str) -> OutcomeSetting | None:
        """Return the outcome of a call."""
        return self.of_calls([call_id]).get(call_id)

    def of_calls(self, call_ids: Iterable[str]) -> dict[str, OutcomeSetting]:
        """Return the outcomes of several calls, by call ID."""
        rows = self._database.rows(f"{_SETTING} where call_id {_LISTED}", [json.dumps([*call_ids])])
        return {
            row["call_id"]: OutcomeSetting(_outcome(row), row["set_by"], row["set_at"])
            for row in rows
        }

    def uses(self) -> dict[int, int]:
        """Return how many stored calls have each outcome, by outcome ID."""
        rows = self._database.rows(
            "select outcome_id, (select count(*) from call_outcomes"
            " where call_outcomes.outcome_id = outcomes.outcome_id) as calls from outcomes"
        )
        return {row["outcome_id"]: row["calls"] for row in rows}

    def save(self, outcome: CallOutcome, *, by: str, now: float) -> bool:
        """Create or rename an outcome; return False if it was deleted in between.

        A new one with the name of a deleted one is that one again, on old calls, too.
        """

        def work(db: SqliteDatabase) -> bool:
            if outcome.outcome_id is None:
                db.execute(
                    "insert into outcomes (name) values (?)"
                    " on conflict (name) do update set name = excluded.name, deleted_at = null",
                    [outcome.name],
                )
                record_action(db, by, "call outcome created", outcome.name, now=now)
            else:
                _merge_deleted(db, outcome)
                changed = db.execute(
                    "update outcomes set name = ? where outcome_id = ? and deleted_at is null",
                    [outcome.name, outcome.outcome_id],
                )
                if changed.rowcount < 1:
                    return False
                record_action(db, by, "call outcome renamed", outcome.name, now=now)
                _show_calls_with(db, outcome.outcome_id)
            _show_latest(db, now)
            return True

        return self._database.write(work)

    def delete(self, outcome_id: int, *, by: str, now: float) -> bool:
        """Delete an outcome, which stays on old calls; return False if it was deleted before."""

        def work(db: SqliteDatabase) -> bool:
            row = db.execute(
                "update outcomes set deleted_at = ? where outcome_id = ? and deleted_at is null"
                " returning name",
                [now, outcome_id],
            ).fetchone()
            if row:
                record_action(db, by, "call outcome deleted", row[0], now=now)
                _show_latest(db, now)
            return bool(row)

        return self._database.write(work)

    def set(
        self, call_id: str, outcome_id: int, *, seen: int | None, by: str, now: float
    ) -> SetResult:
        """Set the outcome of a call, or remove it with `NO_OUTCOME`.

        `seen` is the outcome that the menu showed. If another one was set since, nothing changes.
        """

        def work(db: SqliteDatabase) -> SetResult:
            call = db.execute(
                "select coalesce(started_at, ended_at, ?) from calls where call_id = ?"
                " and json_extract(facts, '$.erased') is null",
                [now, call_id],
            ).fetchone()
            if call is None:
                return SetResult.NO_CALL
            row = db.execute(
                "select outcome_id, name from call_outcomes join outcomes using (outcome_id)"
                " where call_id = ?",
                [call_id],
            ).fetchone()
            current = row[0] if row else NO_OUTCOME
            if current == outcome_id:
                return SetResult.DONE
            if seen is not None and current != seen:
                return SetResult.CONFLICT
            name: str | None = None
            if outcome_id == NO_OUTCOME:
                db.execute("delete from call_outcomes where call_id = ?", [call_id])
                record_action(db, by, "call outcome removed", f"{call_id}: {row[1]}", now=now)
            else:
                found = db.execute(
                    "select name from outcomes where outcome_id = ? and deleted_at is null",
                    [outcome_id],
                ).fetchone()
                if found is None:
                    return SetResult.GONE
                name = found[0]
                db.execute(
                    "insert or replace into call_outcomes values (?, ?, ?, ?, ?, 0)",
                    [call_id, outcome_id, by, now, call[0]],
                )
                record_action(db, by, "call outcome set", f"{call_id}: {name}", now=now)
            show_card_of(db, call_id)
            _enqueue_set(db, call_id, name, by, now)
            return SetResult.DONE

        return self._database.write(work)

    def to_act(self, limit: int = 100) -> list[tuple[RoutableCall, OutcomeSetting]]:
        """Return the calls with an outcome for which the rules didn't run yet."""
        rows = self._database.rows(
            "select call_id, version, facts from call_outcomes join calls using (call_id)"
            " where acted = 0 limit ?",
            [limit],
        )
        found = self.of_calls([row["call_id"] for row in rows])
        return [
            (
                RoutableCall(
                    call_from_reports(row["call_id"], json.loads(row["facts"])), row["version"]
                ),
                found[row["call_id"]],
            )
            for row in rows
            if row["call_id"] in found
        ]

    def mark_acted(self, done: Iterable[tuple[str, OutcomeSetting]]) -> None:
        """Record that the rules ran for these outcomes, unless they were changed since."""
        rows = [[call_id, one.set_at] for call_id, one in done]
        self._database.write(
            lambda db: db.conn.executemany(
                "update call_outcomes set acted = 1 where call_id = ? and set_at = ?", rows
            )
        )

    def counted(self, span: Interval, extension: str | None = None) -> dict[str, int]:
        """Return how many calls that began in a span have each outcome, by name."""
        own, given = "", []
        if extension is not None:
            own = (
                " and exists (select 1 from calls where calls.call_id = call_outcomes.call_id"
                " and extension = ?)"
            )
            given = [extension]
        rows = self._database.rows(
            "select name, count(*) as calls from call_outcomes join outcomes using (outcome_id)"
            f" where called_at >= ? and called_at < ?{own}"
            " group by outcome_id order by calls desc, name",
            [span.start, span.end, *given],
        )
        return {row["name"]: row["calls"] for row in rows}


def _enqueue_set(
    db: SqliteDatabase, call_id: str, outcome: str | None, by: str, now: float
) -> None:
    """Queue the outcome that a call has now, or none, for the endpoints of outgoing webhooks."""
    number = db.execute("select remote_number from calls where call_id = ?", [call_id]).fetchone()[
        0
    ]
    enqueue_event(
        db,
        EventType.OUTCOME_SET,
        f"{call_id} {now!r}",
        occurred_at=now,
        now=now,
        call_id=call_id,
        number=number,
        detail={"outcome": outcome, "by": by},
    )


def delete_outcomes_of(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Delete the outcomes of these calls. Call it inside a write."""
    db.execute(f"delete from call_outcomes where call_id {_LISTED}", [json.dumps([*call_ids])])


def _outcome(row: sqlite3.Row) -> CallOutcome:
    return CallOutcome(row["outcome_id"], row["name"], row["deleted_at"] is not None)


def _merge_deleted(db: SqliteDatabase, outcome: CallOutcome) -> None:
    """Move the calls of a deleted outcome with the new name to the outcome that gets it."""
    deleted = "(select outcome_id from outcomes where name = ? and deleted_at is not null)"
    db.execute(
        f"update call_outcomes set outcome_id = ? where outcome_id = {deleted}",
        [outcome.outcome_id, outcome.name],
    )
    db.execute(f"delete from outcomes where outcome_id = {deleted}", [outcome.name])


def _show_latest(db: SqliteDatabase, now: float) -> None:
    """Update the menus of the newest cards."""
    rows = db.execute(
        "select call_id from calls where started_at >= ?"
        " and exists (select 1 from posts where subject_kind = 'call' and subject = call_id)"
        " order by started_at desc limit ?",
        [now - SECONDS_UPDATED, CARDS_UPDATED],
    ).fetchall()
    show_cards_of(db, [row[0] for row in rows])


def _show_calls_with(db: SqliteDatabase, outcome_id: int) -> None:
    """Update the newest cards that show an outcome."""
    rows = db.execute(
        "select call_id from call_outcomes where outcome_id = ? order by called_at desc limit ?",
        [outcome_id, CARDS_UPDATED],
    ).fetchall()
    show_cards_of(db, [row[0] for row in rows])
