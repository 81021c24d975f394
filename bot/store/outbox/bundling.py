"""Owns which calls one message tells of: those of quiet hours, and those of a burst."""

import json
from collections.abc import Collection

from sqlite_utils import Database as SqliteDatabase

BURST_SECONDS = 60.0
# What Slack keeps beside a message has room for so many ids.
MOST_CALLS = 100


def join_quiet(db: SqliteDatabase, call_id: str, channel: str, now: float) -> None:
    """Keep a call for the message that comes when quiet hours are over."""
    put_in(db, _quiet_bundle(db, channel, now), call_id, channel)


def keep_what_waits(db: SqliteDatabase, channel: str, now: float) -> None:
    """Keep, for the same message, the calls whose cards wait for their turn in a channel.

    But for those that a rule lets through, or that somebody shared.
    """
    waiting = (
        "channel = ? and announced < wanted and parked is null and bundle is null and held = 0"
        " and subject_kind = 'call' and ts is null and sending_since is null"
        " and not coalesce(json_extract(why, '$.at_once') or json_extract(why, '$.how') = 'shared',"
        " 0)"
    )
    if db.execute(f"select 1 from posts where {waiting} limit 1", [channel]).fetchone():
        bundle = _quiet_bundle(db, channel, now)
        db.execute(f"update posts set bundle = ? where {waiting}", [bundle, channel])


def leave_quiet(db: SqliteDatabase, call_id: str, channel: str) -> None:
    """Take a call out again that a rule lets through after all, while nothing tells of it."""
    db.execute(
        "update posts set bundle = null where subject_kind = 'call' and subject = ?"
        " and channel = ? and bundle in"
        " (select bundle_id from bundles where kind = 'quiet' and closed_at is null)",
        [call_id, channel],
    )


def join_burst(db: SqliteDatabase, call_id: str, channel: str, now: float) -> tuple[int, bool]:
    """Put a call into the burst that goes on in a channel; say which, and whether it begins."""
    row = db.execute(
        "select bundle_id from bundles where channel = ? and kind = 'burst' and closed_at > ?"
        " and (select count(*) from posts where bundle = bundle_id) < ?"
        " order by bundle_id desc limit 1",
        [channel, now, MOST_CALLS],
    ).fetchone()
    bundle = row[0] if row else new_bundle(db, channel, "burst", now, closed_at=now + BURST_SECONDS)
    put_in(db, bundle, call_id, channel)
    return bundle, row is None


def _quiet_bundle(db: SqliteDatabase, channel: str, now: float) -> int:
    row = db.execute(
        "select bundle_id from bundles where channel = ? and kind = 'quiet' and closed_at is null",
        [channel],
    ).fetchone()
    return int(row[0]) if row else new_bundle(db, channel, "quiet", now, closed_at=None)


def new_bundle(
    db: SqliteDatabase, channel: str, kind: str, now: float, *, closed_at: float | None
) -> int:
    """Begin a bundle; what is closed takes no more calls from that moment (unix seconds) on."""
    made = db.execute(
        "insert into bundles (channel, kind, began_at, closed_at) values (?, ?, ?, ?)"
        " returning bundle_id",
        [channel, kind, now, closed_at],
    ).fetchone()
    return int(made[0])


def put_in(db: SqliteDatabase, bundle: int, call_id: str, channel: str) -> None:
    """Have a bundle tell of a call, and no card of its own."""
    db.execute(
        "update posts set bundle = ? where subject_kind = 'call' and subject = ? and channel = ?",
        [bundle, call_id, channel],
    )


def follow_calls_in_bundles(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Have the messages made anew that tell of these calls; for use inside a write."""
    db.execute(
        "update posts set wanted = wanted + 1 where subject_kind = 'bundle' and subject in"
        " (select cast(bundle as text) from posts where subject_kind = 'call'"
        " and subject in (select value from json_each(?)) and bundle is not null)",
        [json.dumps(list(call_ids))],
    )
