"""Owns the bundles: several calls of which one message tells, for quiet hours and for bursts."""

from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject
from bot.store.connection import Database
from bot.store.outbox.bundling import MOST_CALLS, new_bundle
from bot.store.outbox.enqueue import insert_post
from bot.store.outbox.holding import let_go


class BundleKind(StrEnum):
    """Why several calls are told of together."""

    QUIET = "quiet"
    BURST = "burst"


@dataclass(frozen=True)
class Bundle:
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

    def find(self, bundle_id: int) -> Bundle | None:
        """Give a bundle."""
        row = self._database.row("select * from bundles where bundle_id = ?", [bundle_id])
        if row is None:
            return None
        calls = self._database.rows(
            "select subject from posts where bundle = ? order by post_id", [bundle_id]
        )
        call_ids = tuple(call["subject"] for call in calls)
        return Bundle(bundle_id, row["channel"], BundleKind(row["kind"]), call_ids)

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
            let_go(db, channel)
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
