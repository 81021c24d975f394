"""Channels: settings and mutes."""

import json
from collections.abc import Collection
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlite_utils import Database as SqliteDatabase

from bot.models.channels import (
    EVERYTHING,
    FOR_OUTSIDERS,
    LIFTED,
    REPLACED,
    ChannelSettings,
    DeliveryPolicy,
    Mute,
    Visibility,
)
from bot.models.outbox import is_direct
from bot.store.audit import note_deed
from bot.store.database.connection import Database
from bot.store.outbox.batches import keep_what_waits
from bot.store.outbox.invalidation import show_posts_in
from bot.store.outbox.notices import Notice, add_notice

_TOLD = TypeAdapter(ChannelSettings)

_SHOWN_IN = """
select (select told from channel_settings where channel = ?1) as told,
       (select is_shared from shared_channels where channel = ?1) as is_shared
"""


class Channels:
    """Settings, by channel; one of which nobody has set anything has the usual ones."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def of(self, channel: str) -> ChannelSettings:
        """Give what is set for a channel."""
        row = self._database.row("select told from channel_settings where channel = ?", [channel])
        return _TOLD.validate_json(row["told"]) if row else ChannelSettings(channel)

    def all(self) -> list[ChannelSettings]:
        """Give every channel for which something is set."""
        rows = self._database.rows("select told from channel_settings order by channel")
        return [_TOLD.validate_json(row["told"]) for row in rows]

    def set(self, settings: ChannelSettings) -> None:
        """Keep these in place of the channel's former ones; what stands there follows."""
        told = _TOLD.dump_json(settings).decode()

        def work(db: SqliteDatabase) -> None:
            before = _shown_in(db, settings.channel)
            if settings.is_usual:
                db.execute("delete from channel_settings where channel = ?", [settings.channel])
            else:
                db.execute(
                    "insert or replace into channel_settings values (?, ?)",
                    [settings.channel, told],
                )
            if _shown_in(db, settings.channel) != before:
                show_posts_in(db, settings.channel)

        self._database.write(work)

    def shown_in(self, channel: str) -> Visibility:
        """Say what the cards of a channel show; to outsiders less, unless an admin said it all."""
        row = self._database.row(_SHOWN_IN, [channel])
        return _shown(row["told"], row["is_shared"]) if row else EVERYTHING

    def is_shared(self, channel: str) -> bool:
        """Say whether people of another company are in a channel, as far as Slack has said."""
        row = self._database.row(
            "select is_shared from shared_channels where channel = ?", [channel]
        )
        return bool(row and row["is_shared"])

    def is_asked_about(self, channel: str) -> bool:
        """Say whether Slack was asked once who is in a channel, whatever it said."""
        row = self._database.row("select 1 from shared_channels where channel = ?", [channel])
        return row is not None

    def asked_before(self, moment: float, *, most: int) -> list[str]:
        """Which channels were looked at before that? Those that have waited longest come first."""
        rows = self._database.rows(
            "select channel from shared_channels where looked_at < ? order by looked_at limit ?",
            [moment, most],
        )
        return [row["channel"] for row in rows]

    def set_shared(self, channel: str, *, is_shared: bool, now: float) -> None:
        """Note what Slack says of a channel; what stands there follows."""

        def work(db: SqliteDatabase) -> None:
            before = _shown_in(db, channel)
            db.execute(
                "insert or replace into shared_channels values (?, ?, ?)",
                [channel, is_shared, now],
            )
            if _shown_in(db, channel) != before:
                show_posts_in(db, channel)

        self._database.write(work)

    def note_silence(self, channel: str, *, looked_at: float) -> None:
        """Note that Slack does not say who is in a channel.

        What it said before holds. Where it never answered there may be outsiders: too little on a
        card is soon mended, and what they have read is not. From `looked_at` (unix seconds) the
        day counts after which it is asked again.
        """
        # In its turn, so that many of these keep no other channel from being asked about.
        self._database.write(
            lambda db: db.execute(
                "insert into shared_channels values (?, 1, ?)"
                " on conflict (channel) do update set looked_at = excluded.looked_at",
                [channel, looked_at],
            )
        )

    def mute(self, channel: str, *, now: float) -> Mute | None:
        """Who has muted a channel, and until when? None where it is not muted now."""
        row = self._database.row(
            "select * from mutes where channel = ? and until > ?", [channel, now]
        )
        return Mute(row["channel"], row["until"], row["by"]) if row else None

    def mutes(self, *, now: float) -> list[Mute]:
        """Give all mutes that hold now."""
        rows = self._database.rows("select * from mutes where until > ? order by channel", [now])
        return [Mute(row["channel"], row["until"], row["by"]) for row in rows]

    def set_mute(self, mute: Mute) -> None:
        """Mute a channel, in place of a former mute; one whose time is over lifts it."""
        self._database.write(lambda db: write_mute(db, mute))

    def held(self, *, now: float) -> frozenset[str]:
        """Which channels are not to be disturbed at a moment (unix seconds)?"""
        quiet = frozenset(one.channel for one in self.all() if one.is_quiet(now))
        return quiet | {mute.channel for mute in self.mutes(now=now)}

    def receptions(self, channels: Collection[str], *, now: float) -> dict[str, DeliveryPolicy]:
        """Say how each of these channels takes new cards at a moment (unix seconds)."""
        return {
            one: DeliveryPolicy(self.is_held(one, now=now), self.of(one).most_a_minute)
            for one in channels
        }

    def is_held(self, channel: str, *, now: float) -> bool:
        """Say whether a channel is not to be disturbed: by its quiet hours, or muted."""
        return self.of(channel).is_quiet(now) or self.mute(channel, now=now) is not None


def write_mute(db: SqliteDatabase, mute: Mute) -> None:
    """Mute a channel, in place of a former mute; for use inside a write."""
    db.execute("insert or replace into mutes values (?, ?, ?)", [mute.channel, mute.until, mute.by])


def _shown_in(db: SqliteDatabase, channel: str) -> Visibility:
    told, is_shared = db.execute(_SHOWN_IN, [channel]).fetchone()
    return _shown(told, is_shared)


def _shown(told: str | None, is_shared: int | None) -> Visibility:
    own = _TOLD.validate_json(told).shown if told else None
    if own is not None:
        return own
    return FOR_OUTSIDERS if is_shared else EVERYTHING


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
