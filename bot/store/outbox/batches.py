"""Batches: several calls in one message, and posts held back."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject
from bot.store.database.connection import Database
from bot.store.outbox.rows import insert_post


def hold_posts(db: SqliteDatabase, head: int, text_id: str, channel: str) -> None:
    """Have a text wait that has not been shown yet, and the head of its thread with it."""
    db.execute(
        "update posts set held = 1 where (post_id = ? or subject_kind = ? and subject = ?"
        " and channel = ?) and ts is null and sending_since is null",
        [head, Subject.TEXT, text_id, channel],
    )


def hold_notice(db: SqliteDatabase, notice_id: str) -> None:
    """Have a notice wait that has not been shown yet."""
    db.execute(
        "update posts set held = 1 where subject_kind = ? and subject = ? and ts is null"
        " and sending_since is null",
        [Subject.NOTICE, notice_id],
    )


def go_on(db: SqliteDatabase, head: int) -> None:
    """Let a conversation be shown in which one of us writes: nobody is disturbed who is there."""
    db.execute(
        "update posts set held = 0 where held = 1 and (post_id = ? or under = ?)", [head, head]
    )


def release_posts(db: SqliteDatabase, channel: str) -> None:
    """Let all come that waits for a channel."""
    db.execute("update posts set held = 0 where channel = ? and held = 1", [channel])


class BundleKind(StrEnum):
    """Why several calls are told of together."""

    QUIET = "quiet"
    BURST = "burst"


@dataclass(frozen=True)
class Batch:
    """Several calls of a channel in one message, in the order in which they came."""

    bundle_id: int
    channel: str
    kind: BundleKind
    call_ids: tuple[str, ...]


class Bundles:
    """Bundles, by their id."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def find(self, bundle_id: int) -> Batch | None:
        """Give a bundle."""
        row = self._database.row("select * from bundles where bundle_id = ?", [bundle_id])
        if row is None:
            return None
        calls = self._database.rows(
            "select subject from posts where bundle = ? order by post_id", [bundle_id]
        )
        call_ids = tuple(call["subject"] for call in calls)
        return Batch(bundle_id, row["channel"], BundleKind(row["kind"]), call_ids)

    def alerts_in(self, bundle_id: int) -> list[str]:
        """Which notices were to stand under the cards that its calls have not?"""
        rows = self._database.rows(
            # The cards first: of the notices there are many.
            "select notice.subject from posts as card cross join posts as notice"
            " on notice.under = card.post_id where card.bundle = ? and notice.subject_kind = ?"
            " order by notice.post_id",
            [bundle_id, Subject.NOTICE],
        )
        return [row["subject"] for row in rows]

    def channels_that_wait(self) -> list[str]:
        """For which channels is something held back?"""
        rows = self._database.rows(
            # SQLite does not choose this index by itself; of closed bundles there are many.
            "select channel from bundles indexed by bundles_open where closed_at is null"
            " union select channel from posts where held = 1"
        )
        return [row["channel"] for row in rows]

    def held(self) -> int:
        """How many calls, texts and what came along with them are held back?"""
        row = self._database.row(
            "select (select count(*) from posts where held = 1) + (select count(*) from bundles"
            " indexed by bundles_open cross join posts on bundle = bundle_id"
            " where closed_at is null) as n"
        )
        return row["n"] if row else 0

    def end_quiet(self, channel: str, *, now: float) -> None:
        """Let all come that was held back for a channel: its calls in one message, once."""

        def work(db: SqliteDatabase) -> None:
            release_posts(db, channel)
            row = db.execute(
                "update bundles set closed_at = ? where channel = ? and closed_at is null"
                " returning bundle_id",
                [now, channel],
            ).fetchone()
            if row:
                _tell_of(db, row[0], channel, now)

        self._database.write(work)


def _tell_of(db: SqliteDatabase, bundle: int, channel: str, now: float) -> None:
    cards = [
        row[0]
        for row in db.execute(
            "select post_id from posts where bundle = ? order by post_id", [bundle]
        )
    ]
    if len(cards) < 2:  # noqa: PLR2004 (a single call is told of by its card)
        db.execute("update posts set bundle = null where bundle = ?", [bundle])
        return
    # What was to stand under the cards is said in the message.
    db.execute(
        "update posts set parked = 'nothing to show' where under in (select post_id from posts"
        " where bundle = ?)",
        [bundle],
    )
    for at in range(0, len(cards), MOST_CALLS):
        if at:
            bundle = new_bundle(db, channel, BundleKind.QUIET, now, closed_at=now)
            for post_id in cards[at : at + MOST_CALLS]:
                db.execute("update posts set bundle = ? where post_id = ?", [bundle, post_id])
        insert_post(db, Subject.BUNDLE, str(bundle), channel, 1, now)


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


def add_to_burst(db: SqliteDatabase, call_id: str, channel: str, now: float) -> tuple[int, bool]:
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
