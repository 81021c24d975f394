"""Notices: messages about several calls, and messages to admins."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import RoutableCall
from bot.models.channels import DeliveryPolicy
from bot.models.outbox import Subject
from bot.models.rules import Why
from bot.store.database.connection import Database
from bot.store.outbox.batches import defer_notice
from bot.store.outbox.enqueue import enqueue_card, head_of
from bot.store.outbox.rows import insert_post

# An open incident is stored in this table; its notice has the start time in its ID.
_TOLD_OF = (
    "select 1 from notes join notices"
    " on notice_id = printf('%s %.0f', name, cast(value as real))"
    " where name = ?"
)


@dataclass(frozen=True)
class Notice:
    """A message about several calls, or a message to admins."""

    notice_id: str
    kind: str
    detail: dict[str, Any]


class Notices:
    """Notices, by their ID; each is posted like a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notice: Notice, channels: Iterable[str], *, now: float) -> bool:
        """Queue a notice, once; return False if it exists already."""
        return self._database.write(lambda db: add_notice(db, notice, channels, now))

    def alert(
        self,
        notice: Notice,
        card: RoutableCall,
        channel: str,
        why: Why,
        reception: DeliveryPolicy,
        *,
        now: float,
    ) -> None:
        """Queue a notice in the thread of a call's card, or of the batch that shows the call.

        If the channel doesn't have the card yet, it is queued with the reason `why`.
        """
        call_id = card.call.call_id

        def work(db: SqliteDatabase) -> None:
            enqueue_card(db, card, channel, why, reception, now)
            head = head_of(db, call_id, channel)
            add_notice(db, notice, [channel], now, under=head)

        self._database.write(work)

    def summarise(
        self,
        notices: Sequence[tuple[Notice, str]],
        late: Iterable[str],
        held: Collection[str],
        *,
        now: float,
    ) -> None:
        """Show late calls in their channel's notice instead of in cards.

        Each notice's detail lists its `call_ids`; `late` are all IDs that are decided now. In the
        `held` channels, the notice is deferred.
        """

        def work(db: SqliteDatabase) -> None:
            for notice, channel in notices:
                add_notice(db, notice, [channel], now)
                if channel in held:
                    defer_notice(db, notice.notice_id)
                for call_id in notice.detail["call_ids"]:
                    insert_post(db, Subject.CALL, call_id, channel, 0, now, notice.notice_id)
            for call_id in late:
                db.execute(
                    "update calls set hold = null, routed = version where call_id = ?", [call_id]
                )

        self._database.write(work)

    def is_notified(self, trouble: str) -> bool:
        """Return whether anyone was notified of an incident since it began."""
        return bool(self._database.rows(_TOLD_OF, [trouble]))

    def notify(
        self,
        trouble: str,
        kind: str,
        detail: dict[str, Any],
        channels: Sequence[str],
        *,
        is_told: bool = False,
        now: float,
    ) -> None:
        """Record when an incident began, and notify admins once until it is resolved.

        In one write, so that a reader who sees the incident also sees its detail. With `is_told`,
        they were notified already.
        """

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or ignore into notes values (?, ?)", [trouble, repr(now)])
            since = db.execute("select value from notes where name = ?", [trouble]).fetchone()
            if channels:
                notice = Notice(f"{trouble} {float(since[0]):.0f}", kind, detail)
                add_notice(db, notice, () if is_told else channels, now)

        self._database.write(work)

    def find(self, notice_id: str) -> Notice | None:
        """Return a notice."""
        row = self._database.row("select * from notices where notice_id = ?", [notice_id])
        return Notice(row["notice_id"], row["kind"], json.loads(row["detail"])) if row else None


def add_notice(
    db: SqliteDatabase,
    notice: Notice,
    channels: Iterable[str],
    now: float,
    *,
    under: int | None = None,
    aloud: bool = False,
) -> bool:
    """Queue a notice. Call it inside a write. `under` is the head of a thread.

    If `aloud`, it is also shown in the channel.
    """
    added = db.execute(
        "insert or ignore into notices values (?, ?, ?)",
        [notice.notice_id, notice.kind, json.dumps(notice.detail)],
    )
    if added.rowcount == 0 and under is None:
        return False
    for channel in channels:
        insert_post(db, Subject.NOTICE, notice.notice_id, channel, 1, now, under=under, aloud=aloud)
    return added.rowcount > 0
