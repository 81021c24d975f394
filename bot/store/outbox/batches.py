"""Batches (several calls in one message), and deferred posts."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import NOTE, Subject
from bot.store.database.connection import Database
from bot.store.outbox.rows import insert_post

# Posts of notes, by the ID of their notice.
_IS_NOTE = f"subject_kind = 'notice' and subject glob '{NOTE} [0-9]*'"


def defer_posts(db: SqliteDatabase, head: int, text_id: str, channel: str) -> None:
    """Defer a text that isn't posted yet, and the head of its thread."""
    db.execute(
        "update posts set held = 1 where (post_id = ? or subject_kind = ? and subject = ?"
        " and channel = ?) and ts is null and sending_since is null",
        [head, Subject.TEXT, text_id, channel],
    )


def defer_notice(db: SqliteDatabase, notice_id: str) -> None:
    """Defer a notice that isn't posted yet."""
    db.execute(
        "update posts set held = 1 where subject_kind = ? and subject = ? and ts is null"
        " and sending_since is null",
        [Subject.NOTICE, notice_id],
    )


def release_conversation(db: SqliteDatabase, head: int) -> None:
    """Release a conversation in which a person replied: that person isn't disturbed by it."""
    db.execute(
        "update posts set held = 0 where held = 1 and (post_id = ? or under = ?)", [head, head]
    )


def release_posts(db: SqliteDatabase, channel: str) -> None:
    """Release all deferred posts of a channel."""
    db.execute("update posts set held = 0 where channel = ? and held = 1", [channel])


class BundleKind(StrEnum):
    """Why several calls share a message."""

    QUIET = "quiet"
    BURST = "burst"


@dataclass(frozen=True)
class Batch:
    """Several calls of a channel in one message, in the order of arrival."""

    bundle_id: int
    channel: str
    kind: BundleKind
    call_ids: tuple[str, ...]


class Bundles:
    """Batches, by their ID."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, bundle_id: int) -> Batch | None:
        """Return a batch."""
        row = self._database.row("select * from bundles where bundle_id = ?", [bundle_id])
        if row is None:
            return None
        calls = self._database.rows(
            "select subject from posts where bundle = ? order by post_id", [bundle_id]
        )
        call_ids = tuple(call["subject"] for call in calls)
        return Batch(bundle_id, row["channel"], BundleKind(row["kind"]), call_ids)

    def alerts_in(self, bundle_id: int) -> list[str]:
        """Return the notices that belong in the threads of the cards that a batch replaces."""
        rows = self._database.rows(
            # The cards first: there are many notices.
            "select notice.subject from posts as card cross join posts as notice"
            " on notice.under = card.post_id where card.bundle = ? and notice.subject_kind = ?"
            " order by notice.post_id",
            [bundle_id, Subject.NOTICE],
        )
        return [row["subject"] for row in rows]

    def channels_with_deferred(self) -> list[str]:
        """Return the channels that have deferred posts."""
        rows = self._database.rows(
            # SQLite doesn't choose this index on its own, and there are many closed batches.
            "select channel from bundles indexed by bundles_open where closed_at is null"
            " union select channel from posts where held = 1"
        )
        return [row["channel"] for row in rows]

    def held(self) -> int:
        """Return how many calls, texts and attachments are deferred."""
        row = self._database.row(
            "select (select count(*) from posts where held = 1) + (select count(*) from bundles"
            " indexed by bundles_open cross join posts on bundle = bundle_id"
            " where closed_at is null) as n"
        )
        return row["n"] if row else 0

    def release_deferred(self, channel: str, *, now: float) -> None:
        """Release all deferred posts of a channel: its calls in one message, once."""

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
    if len(cards) < 2:  # noqa: PLR2004 (a single call has its card)
        db.execute("update posts set bundle = null where bundle = ?", [bundle])
        return
    # Notices for the threads of these cards are part of the batch's message, except for notes.
    db.execute(
        "update posts set parked = 'nothing to show' where under in (select post_id from posts"
        f" where bundle = ?) and not ({_IS_NOTE})",
        [bundle],
    )
    for at in range(0, len(cards), MOST_CALLS):
        if at:
            bundle = create_batch(db, channel, BundleKind.QUIET, now, closed_at=now)
            for post_id in cards[at : at + MOST_CALLS]:
                db.execute("update posts set bundle = ? where post_id = ?", [bundle, post_id])
        insert_post(db, Subject.BUNDLE, str(bundle), channel, 1, now)
        _move_notes(db, bundle, channel)


def _move_notes(db: SqliteDatabase, bundle: int, channel: str) -> None:
    """Move notes that wait for the cards of a batch to the thread of its message."""
    db.execute(
        "update posts set under = (select post_id from posts as told where told.channel = ?"
        " and told.subject_kind = 'bundle' and told.subject = ?)"
        f" where under in (select post_id from posts where bundle = ?) and {_IS_NOTE}",
        [channel, str(bundle), bundle],
    )


BURST_SECONDS = 60.0

# Slack's message metadata has room for a limited number of IDs.
MOST_CALLS = 100


def add_to_quiet_batch(db: SqliteDatabase, call_id: str, channel: str, now: float) -> None:
    """Add a call to the message that follows quiet hours."""
    add_to_batch(db, _quiet_bundle(db, channel, now), call_id, channel)


def defer_queued_cards(db: SqliteDatabase, channel: str, now: float) -> None:
    """Move queued calls of a channel into the message that follows quiet hours.

    Except calls that a rule lets through, and calls that a person shared.
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


def remove_from_quiet_batch(db: SqliteDatabase, call_id: str, channel: str) -> None:
    """Remove a call that a rule lets through from its batch, unless the batch was posted."""
    db.execute(
        "update posts set bundle = null where subject_kind = 'call' and subject = ?"
        " and channel = ? and bundle in"
        " (select bundle_id from bundles where kind = 'quiet' and closed_at is null)",
        [call_id, channel],
    )


def add_to_burst(db: SqliteDatabase, call_id: str, channel: str, now: float) -> tuple[int, bool]:
    """Add a call to the current burst of a channel; return the batch ID, and if it is new."""
    row = db.execute(
        "select bundle_id from bundles where channel = ? and kind = 'burst' and closed_at > ?"
        " and began_at <= ?"  # a later one is from a time when the clock was ahead
        " and (select count(*) from posts where bundle = bundle_id) < ?"
        " order by bundle_id desc limit 1",
        [channel, now, now, MOST_CALLS],
    ).fetchone()
    bundle = (
        row[0] if row else create_batch(db, channel, "burst", now, closed_at=now + BURST_SECONDS)
    )
    add_to_batch(db, bundle, call_id, channel)
    return bundle, row is None


def _quiet_bundle(db: SqliteDatabase, channel: str, now: float) -> int:
    row = db.execute(
        "select bundle_id from bundles where channel = ? and kind = 'quiet' and closed_at is null",
        [channel],
    ).fetchone()
    return int(row[0]) if row else create_batch(db, channel, "quiet", now, closed_at=None)


def create_batch(
    db: SqliteDatabase, channel: str, kind: str, now: float, *, closed_at: float | None
) -> int:
    """Create a batch; it takes no more calls from `closed_at` (unix seconds) on."""
    made = db.execute(
        "insert into bundles (channel, kind, began_at, closed_at) values (?, ?, ?, ?)"
        " returning bundle_id",
        [channel, kind, now, closed_at],
    ).fetchone()
    return int(made[0])


def add_to_batch(db: SqliteDatabase, bundle: int, call_id: str, channel: str) -> None:
    """Show a call in a batch instead of in a card."""
    db.execute(
        "update posts set bundle = ? where subject_kind = 'call' and subject = ? and channel = ?",
        [bundle, call_id, channel],
    )


def update_batches_of(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Update the messages of batches that show these calls. Call it inside a write."""
    db.execute(
        "update posts set wanted = wanted + 1 where subject_kind = 'bundle' and subject in"
        " (select cast(bundle as text) from posts where subject_kind = 'call'"
        " and subject in (select value from json_each(?)) and bundle is not null)",
        [json.dumps(list(call_ids))],
    )
