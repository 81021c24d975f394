"""Deliveries of outgoing webhooks: the queue of each endpoint."""

import json
import sqlite3
from collections.abc import Collection

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import Call
from bot.models.integrations.outgoing_webhooks import (
    KEPT_DAYS,
    RETRY_DAYS,
    Delivery,
    DeliveryCounts,
    DeliveryState,
    EventType,
)
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.integrations.enqueue import ended_at, enqueue_event, seconds_to_settle

DAY = 86_400.0
MOST_LISTED = 20
# A delivery that is late because the app was off is tried once more before it counts as failed.
SECONDS_BEYOND = 3_600.0
_COLUMNS = (
    "delivery_id, endpoint_id, kind, subject, occurred_at, detail, call_id, body, attempts,"
    " next_at, give_up_at, state, problem"
)
_FRESH = "state = 'queued', attempts = 0, next_at = :now, give_up_at = :until, problem = null"


class Deliveries:
    """Deliveries, by their ID, which is the same on each attempt."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_due(self, endpoint_id: int, *, now: float) -> Delivery | None:
        """Return the delivery of an endpoint that is due first."""
        row = self._database.row(
            f"select {_COLUMNS} from webhook_deliveries where endpoint_id = ? and state = 'queued'"
            " and next_at <= ? order by next_at, rowid limit 1",
            [endpoint_id, now],
        )
        return _delivery(row) if row else None

    def find(self, delivery_id: str) -> Delivery | None:
        """Return a delivery, or None."""
        row = self._database.row(
            f"select {_COLUMNS} from webhook_deliveries where delivery_id = ?", [delivery_id]
        )
        return _delivery(row) if row else None

    def freeze(self, delivery_id: str, body: str) -> bool:
        """Store the body before the first attempt; return False if it was erased by then."""
        return self._database.write(
            lambda db: (
                db.execute(
                    "update webhook_deliveries set body = ?"
                    " where delivery_id = ? and state = 'queued'",
                    [body, delivery_id],
                ).rowcount
                > 0
            )
        )

    def drop(self, delivery_id: str) -> None:
        """Delete a delivery about something that is gone, or no longer true."""
        self._database.write(
            lambda db: db.execute(
                "delete from webhook_deliveries where delivery_id = ?", [delivery_id]
            )
        )

    def mark_done(self, delivery: Delivery, *, now: float) -> None:
        """Record that an endpoint accepted a delivery; what was in it is deleted here."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update webhook_deliveries set state = ?, body = null, detail = '{}',"
                " attempts = attempts + 1, problem = null where delivery_id = ?",
                [DeliveryState.DONE, delivery.delivery_id],
            )
            db.execute(
                "update webhook_endpoints set failures = 0, failing_since = null, not_before = 0,"
                " problem = null, delivered_at = ? where endpoint_id = ?",
                [now, delivery.endpoint_id],
            )

        self._database.write(work)

    def mark_failed(
        self,
        delivery: Delivery,
        problem: str,
        *,
        now: float,
        next_at: float | None,
        not_before: float,
    ) -> None:
        """Record a failed attempt. Without a `next_at`, the delivery is given up.

        The endpoint gets nothing until `not_before`.
        """

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update webhook_deliveries set attempts = attempts + 1, problem = ?,"
                " next_at = coalesce(?, next_at), state = ? where delivery_id = ?",
                [
                    *(problem, next_at),
                    DeliveryState.QUEUED if next_at is not None else DeliveryState.FAILED,
                    delivery.delivery_id,
                ],
            )
            db.execute(
                "update webhook_endpoints set failures = failures + 1, problem = ?,"
                " failing_since = coalesce(failing_since, ?), not_before = ?"
                " where endpoint_id = ?",
                [problem, now, not_before, delivery.endpoint_id],
            )

        self._database.write(work)

    def disable(self, endpoint_id: int, problem: str, *, now: float) -> None:
        """Turn an endpoint off that wants nothing any more; give up what is queued."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update webhook_endpoints set is_on = 0, version = version + 1, problem = ?,"
                " failing_since = coalesce(failing_since, ?) where endpoint_id = ?",
                [problem, now, endpoint_id],
            )
            db.execute(
                "update webhook_deliveries set state = 'failed', problem = ?"
                " where endpoint_id = ? and state = 'queued'",
                [problem, endpoint_id],
            )

        self._database.write(work)

    def add_rule_match(
        self, call: Call, endpoint: str, *, rule_id: int, rule: str, mark: str = "", now: float
    ) -> None:
        """Queue a call for the endpoint of a rule that matched, once for each call and rule.

        With a `mark`, such as that of an outcome that was set, once for that, too.
        """
        self._database.write(
            lambda db: enqueue_event(
                db,
                EventType.RULE_MATCHED,
                f"{call.call_id} {rule_id}{mark}",
                occurred_at=now if mark else ended_at(call) or now,
                now=now,
                call_id=call.call_id,
                number=call.remote_number,
                detail={"rule": rule},
                endpoint=endpoint,
                delay=0.0 if mark else seconds_to_settle(call, now),
            )
        )

    def drop_rule_matches(self, call_id: str, *, but: Collection[int]) -> None:
        """Delete what waits for rules that no longer match a call; `but` are IDs of those that do.

        Outcomes that someone set don't count.
        """
        rule_id = "substr(subject, length(call_id) + 2)"
        which = (
            " from webhook_deliveries where call_id = ? and kind = ? and state = 'queued'"
            f" and body is null and attempts = 0 and instr({rule_id}, ' ') = 0"
            f" and cast({rule_id} as integer) not in (select value from json_each(?))"
        )
        arguments = [call_id, EventType.RULE_MATCHED, json.dumps([*but])]
        if self._database.row(f"select 1{which} limit 1", arguments):
            self._database.write(lambda db: db.execute(f"delete{which}", arguments))

    def counts(self) -> dict[int, DeliveryCounts]:
        """Return how many deliveries each endpoint has in each state."""
        rows = self._database.rows(
            "select endpoint_id, sum(state = 'queued') as queued, sum(state = 'failed') as failed"
            " from webhook_deliveries where state in ('queued', 'failed') group by endpoint_id"
        )
        return {row["endpoint_id"]: DeliveryCounts(row["queued"], row["failed"]) for row in rows}

    def count(self, state: DeliveryState) -> int:
        """Return how many deliveries are in a state."""
        row = self._database.row(
            "select count(*) as n from webhook_deliveries where state = ?", [state]
        )
        return row["n"] if row else 0

    def failed(self, endpoint_id: int) -> list[Delivery]:
        """Return the deliveries that were given up, newest first; the first twenty."""
        rows = self._database.rows(
            f"select {_COLUMNS} from webhook_deliveries where endpoint_id = ?"
            " and state = 'failed' order by created_at desc limit ?",
            [endpoint_id, MOST_LISTED],
        )
        return [_delivery(row) for row in rows]

    def retry(
        self, *, endpoint_id: int, delivery_id: str | None = None, by: str, now: float
    ) -> int:
        """Queue failed deliveries again, or one of them, under the same ID; return how many."""

        def work(db: SqliteDatabase) -> int:
            which = "" if delivery_id is None else " and delivery_id = :delivery_id"
            known = {
                "endpoint_id": endpoint_id,
                "delivery_id": delivery_id,
                "now": now,
                "until": now + RETRY_DAYS * DAY,
            }
            count = db.execute(
                f"update webhook_deliveries set {_FRESH}"
                f" where endpoint_id = :endpoint_id and state = 'failed'{which}",
                known,
            ).rowcount
            # An admin who asks for another try does not wait for the pause after a failure.
            db.execute(
                "update webhook_endpoints set not_before = 0 where endpoint_id = ?", [endpoint_id]
            )
            if count:
                detail = f"{count} deliveries of {_name_of(db, endpoint_id)}"
                record_action(db, by, "failed webhooks queued again", detail, now=now)
            return count

        return self._database.write(work)

    def discard_failed(self, endpoint_id: int, *, by: str, now: float) -> int:
        """Delete the failed deliveries of an endpoint; return how many."""

        def work(db: SqliteDatabase) -> int:
            count = db.execute(
                "delete from webhook_deliveries where endpoint_id = ? and state = 'failed'",
                [endpoint_id],
            ).rowcount
            if count:
                detail = f"{count} deliveries of {_name_of(db, endpoint_id)}"
                record_action(db, by, "failed webhooks discarded", detail, now=now)
            return count

        return self._database.write(work)

    def add_test(self, endpoint_id: int, token: str, *, now: float) -> bool:
        """Queue a test for an endpoint; return False if it is off or gone."""
        return self._database.write(
            lambda db: (
                enqueue_event(
                    db,
                    EventType.TEST,
                    token,
                    occurred_at=now,
                    now=now,
                    endpoint_id=endpoint_id,
                )
                > 0
            )
        )

    def clean_up(self, *, now: float) -> None:
        """Mark what waited for too long as failed; delete what is older than thirty days."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update webhook_deliveries set state = 'failed',"
                " problem = coalesce(problem, 'the endpoint is turned off')"
                " where state = 'queued' and give_up_at < ?",
                [now - SECONDS_BEYOND],
            )
            db.execute(
                "delete from webhook_deliveries where created_at < ? and state != 'queued'",
                [now - KEPT_DAYS * DAY],
            )

        self._database.write(work)


def _name_of(db: SqliteDatabase, endpoint_id: int) -> str:
    row = db.execute(
        "select name from webhook_endpoints where endpoint_id = ?", [endpoint_id]
    ).fetchone()
    return str(row[0]) if row else ""


def _delivery(row: sqlite3.Row) -> Delivery:
    known = dict(row)
    return Delivery(
        **{
            **known,
            "kind": EventType(known["kind"]),
            "detail": json.loads(known["detail"]),
            "state": DeliveryState(known["state"]),
        }
    )
