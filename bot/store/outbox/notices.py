"""Owns the notices: messages about several calls, and words to the admins."""

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
from bot.store.outbox.batches import hold_notice
from bot.store.outbox.enqueue import enqueue_card
from bot.store.outbox.rows import insert_post

# A trouble is a note since when there is one; its notice has that moment in its name.
_TOLD_OF = (
    "select 1 from notes join notices"
    " on notice_id = printf('%s %.0f', name, cast(value as real))"
    " where name = ?"
)


@dataclass(frozen=True)
class Notice:
    """A message about several calls, or a word to the admins."""

    notice_id: str
    kind: str
    detail: dict[str, Any]


class Notices:
    """Notices, by their id; each is posted like a call."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def add(self, notice: Notice, channels: Iterable[str], *, now: float) -> bool:
        """Have a notice posted, once whatever happens; False when it is known already."""
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
        """Have a notice posted under a call's card, or under the message that tells of the call.

        The channel gets that as it takes cards now, with `why` it is there, if it has it not.
        """
        call_id = card.call.call_id

        def work(db: SqliteDatabase) -> None:
            enqueue_card(db, card, channel, why, reception, now)
            head = db.execute(
                "select coalesce((select post_id from posts as told where told.channel = ?1"
                " and told.subject_kind = iif(card.bundle is null, 'notice', 'bundle')"
                " and told.subject = coalesce(cast(card.bundle as text), card.parked)), post_id)"
                " from posts as card where subject_kind = 'call' and subject = ?2 and channel = ?1",
                [channel, call_id],
            ).fetchone()
            add_notice(db, notice, [channel], now, under=head[0])

        self._database.write(work)

    def summarise(
        self,
        notices: Sequence[tuple[Notice, str]],
        late: Iterable[str],
        held: Collection[str],
        *,
        now: float,
    ) -> None:
        """Have late calls shown in the notice of their channel, and in no card of their own there.

        Each notice's detail names its `call_ids`; `late` are the ids that are dealt with now. In
        the channels that are `held` it waits.
        """

        def work(db: SqliteDatabase) -> None:
            for notice, channel in notices:
                add_notice(db, notice, [channel], now)
                if channel in held:
                    hold_notice(db, notice.notice_id)
                for call_id in notice.detail["call_ids"]:
                    insert_post(db, Subject.CALL, call_id, channel, 0, now, notice.notice_id)
            for call_id in late:
                db.execute(
                    "update calls set hold = null, routed = version where call_id = ?", [call_id]
                )

        self._database.write(work)

    def is_told(self, trouble: str) -> bool:
        """Say whether somebody was told of a trouble since it began."""
        return bool(self._database.rows(_TOLD_OF, [trouble]))

    def tell(
        self,
        trouble: str,
        kind: str,
        detail: dict[str, Any],
        channels: Sequence[str],
        *,
        now: float,
    ) -> None:
        """Note since when there is a trouble, and have it told of once until the note is forgotten.

        Both at once, so that whoever sees that there is one finds what is known of it.
        """

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or ignore into notes values (?, ?)", [trouble, repr(now)])
            since = db.execute("select value from notes where name = ?", [trouble]).fetchone()
            if channels:
                notice = Notice(f"{trouble} {float(since[0]):.0f}", kind, detail)
                add_notice(db, notice, channels, now)

        self._database.write(work)

    def find(self, notice_id: str) -> Notice | None:
        """Give a notice."""
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
    """Have a notice posted; for use inside a write. `under` is the head of a thread.

    What stands there is shown in the channel too where it is `aloud`.
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
