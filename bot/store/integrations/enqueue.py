"""Queueing of events for endpoints, in the transaction that stores what they report."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import LONGEST_UNSURE, Call
from bot.models.integrations.outgoing_webhooks import RETRY_DAYS, EventType

DAY = 86_400.0
# Webhooks about one call may arrive in any order, and the first may call it missed.
SECONDS_TO_SETTLE = 5.0
# Times of Vocatech are whole seconds, and its clock may differ a little.
TOLERANCE = 60.0
# What is found later than this, such as after a new backfill, is no news.
OLDEST_NEWS = 7 * DAY
_LISTED = "in (select value from json_each(?))"


def has_endpoints(db: SqliteDatabase) -> bool:
    """Return whether any endpoint is on."""
    row = db.execute("select 1 from webhook_endpoints where is_on limit 1").fetchone()
    return row is not None


def enqueue_event(
    db: SqliteDatabase,
    kind: EventType,
    subject: str,
    *,
    occurred_at: float,
    now: float,
    call_id: str | None = None,
    number: str | None = None,
    detail: Mapping[str, Any] | None = None,
    endpoint_id: int | None = None,
    endpoint: str | None = None,
    delay: float = 0.0,
) -> int:
    """Queue an event once for each endpoint that gets its kind; return for how many.

    With the ID or the name of an endpoint, only for that one. What is queued already leaves earlier
    if the `delay` (seconds) has become shorter.

    Nothing is queued about numbers that are marked as spam. Call it inside a write.
    """
    which = "exists (select 1 from json_each(events) where value = :kind)"
    if endpoint_id is not None or endpoint is not None:
        which = "(endpoint_id = :endpoint_id or name = :endpoint)"
    found = db.execute(
        "select endpoint_id, created_at from webhook_endpoints"
        f" where is_on and created_at <= :occurred_at + {TOLERANCE}"
        f" and :occurred_at > :now - {OLDEST_NEWS} and {which}"
        " and not exists (select 1 from screened_numbers"
        " where screened_numbers.number = :number and screened_numbers.kind = 'spam')",
        {
            "kind": kind,
            "occurred_at": occurred_at,
            "now": now,
            "number": number,
            "endpoint_id": endpoint_id,
            "endpoint": endpoint,
        },
    ).fetchall()
    queued = 0
    for one, created_at in found:
        queued += db.execute(
            "insert into webhook_deliveries (delivery_id, endpoint_id, kind, subject,"
            " call_id, number, detail, occurred_at, created_at, next_at, give_up_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (delivery_id) do update set next_at = excluded.next_at"
            " where state = 'queued' and attempts = 0 and next_at > excluded.next_at",
            [
                *(_make_id(one, created_at, kind, subject), one, kind, subject),
                *(call_id, number, json.dumps(detail or {})),
                *(occurred_at, now, now + delay, now + RETRY_DAYS * DAY),
            ],
        ).rowcount
    return max(queued, 0)


def _make_id(endpoint_id: int, created_at: float, kind: EventType, subject: str) -> str:
    """Return the ID of a delivery; after a restored backup, it is the same again."""
    known = repr((endpoint_id, created_at, str(kind), subject))
    return f"msg_{hashlib.sha256(known.encode()).hexdigest()[:32]}"


def enqueue_calls(db: SqliteDatabase, calls: Iterable[Call], *, now: float) -> None:
    """Queue what the state of these calls is news of; what was queued before stays as it is."""
    if not has_endpoints(db):
        return
    for call in calls:
        for kind in _news_of(call):
            enqueue_event(
                db,
                kind,
                call.call_id,
                occurred_at=ended_at(call) or now,
                now=now,
                call_id=call.call_id,
                number=call.remote_number,
                delay=seconds_to_settle(call, now),
            )


def seconds_to_settle(call: Call, now: float) -> float:
    """Return how long an event about a call waits, as a receiver gets no correction.

    One that seems unanswered waits until the list says so, but not for long.
    """
    if not call.only_seems_unanswered:
        return SECONDS_TO_SETTLE
    left = (ended_at(call) or now) + LONGEST_UNSURE - now
    return min(max(left, SECONDS_TO_SETTLE), LONGEST_UNSURE)


def _news_of(call: Call) -> list[EventType]:
    if not call.is_over or call.is_erased:
        return []
    found = [EventType.CALL_ENDED]
    if call.is_to_be_called_back:
        found.append(EventType.CALL_MISSED)
    if call.summary:
        found.append(EventType.SUMMARY_READY)
    return found


def ended_at(call: Call) -> float | None:
    """Return when a call ended (unix seconds), as far as that is known."""
    if call.ended_at is not None or call.started_at is None:
        return call.ended_at
    return call.started_at + (call.seconds or 0)


def forget_deliveries(
    db: SqliteDatabase,
    *,
    number: str | None = None,
    call_ids: Collection[str] = (),
    text_ids: Collection[str] = (),
    follow_up_ids: Collection[int] = (),
) -> None:
    """Delete deliveries about a number, and about these things. Call it inside a write."""
    db.execute("delete from webhook_deliveries where number = ?", [number])
    db.execute(f"delete from webhook_deliveries where call_id {_LISTED}", [json.dumps([*call_ids])])
    if text_ids:
        db.execute(
            f"delete from webhook_deliveries where kind = ? and subject {_LISTED}",
            [EventType.SMS_RECEIVED, json.dumps([*text_ids])],
        )
    if follow_up_ids:
        db.execute(
            "delete from webhook_deliveries where kind = ?"
            f" and json_extract(detail, '$.follow_up_id') {_LISTED}",
            [EventType.FOLLOW_UP_DUE, json.dumps([*follow_up_ids])],
        )
