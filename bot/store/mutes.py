"""Owns the muting of a channel: the mute, the notice that tells of it, and the audit, at once."""

import json
from datetime import UTC, datetime

from sqlite_utils import Database as SqliteDatabase

from bot.channels.command_parsing import LIFTED, REPLACED
from bot.models.channels import Mute
from bot.models.outbox import is_direct
from bot.store.audit import note_deed
from bot.store.channels import write_mute
from bot.store.connection import Database
from bot.store.outbox.bundling import keep_what_waits
from bot.store.outbox.notices import Notice, add_notice

MUTED = "muted"


class Mutes:
    """Mutes, of which a channel has one at most: of two at once the later holds."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def begin(self, mute: Mute, *, token: str, now: float) -> bool:
        """Mute a channel and have it told; False where the form (`token`) was sent before."""
        detail = {"channel": mute.channel, "until": mute.until, "by": mute.by}
        notice = Notice(f"{MUTED} {mute.channel} {token}", MUTED, detail)

        def work(db: SqliteDatabase) -> bool:
            if not add_notice(db, notice, [mute.channel], now):
                return False
            _end(db, mute.channel, REPLACED, by=mute.by, now=now, but=notice.notice_id)
            write_mute(db, mute)
            keep_what_waits(db, mute.channel, now)
            until = datetime.fromtimestamp(mute.until, UTC).isoformat(" ", "minutes")
            _note(db, mute.channel, f"until {until}", by=mute.by, what="channel muted", now=now)
            return True

        return self._database.write(work)

    def lift(self, channel: str, *, by: str, now: float) -> bool:
        """Lift a channel's mute and have that told; False where it is not muted."""

        def work(db: SqliteDatabase) -> bool:
            lifted = db.execute(
                "update mutes set until = ? where channel = ? and until > ?", [now, channel, now]
            )
            if lifted.rowcount == 0:
                return False
            _end(db, channel, LIFTED, by=by, now=now)
            _note(db, channel, "", by=by, what="mute lifted", now=now)
            return True

        return self._database.write(work)


def _end(db: SqliteDatabase, channel: str, how: str, *, by: str, now: float, but: str = "") -> None:
    """Have the notices that still tell of a mute say how it ended, and by whom."""
    found = db.execute(
        "select notice_id, detail from notices where notice_id > ? and notice_id < ?"
        " and notice_id != ? and json_extract(detail, '$.until') > ?"
        " and json_extract(detail, '$.ended') is null",
        [f"{MUTED} {channel} ", f"{MUTED} {channel}!", but, now],
    ).fetchall()
    for notice_id, detail in found:
        told = {**json.loads(detail), "ended": how, "ended_by": by}
        db.execute(
            "update notices set detail = ? where notice_id = ?", [json.dumps(told), notice_id]
        )
        db.execute(
            "update posts set wanted = wanted + 1 where subject_kind = 'notice' and subject = ?",
            [notice_id],
        )


def _note(db: SqliteDatabase, channel: str, more: str, *, by: str, what: str, now: float) -> None:
    if not is_direct(channel):  # else it is nobody else's business
        note_deed(db, by, what, f"{channel} {more}".strip(), now=now)
