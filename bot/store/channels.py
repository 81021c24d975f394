"""Channel settings and mutes."""

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
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.outbox.batches import defer_queued_cards
from bot.store.outbox.invalidation import show_posts_in
from bot.store.outbox.notices import Notice, add_notice

_TOLD = TypeAdapter(ChannelSettings)

_SHOWN_IN = """
select (select told from channel_settings where channel = ?1) as told,
       (select is_shared from shared_channels where channel = ?1) as is_shared
"""


class Channels:
    """Settings, by channel; a channel without settings has the defaults."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, channel: str) -> ChannelSettings:
        """Return the settings of a channel."""
        row = self._database.row("select told from channel_settings where channel = ?", [channel])
        return _TOLD.validate_json(row["told"]) if row else ChannelSettings(channel)

    def all(self) -> list[ChannelSettings]:
        """Return every channel that has settings."""
        rows = self._database.rows("select told from channel_settings order by channel")
        return [_TOLD.validate_json(row["told"]) for row in rows]

    def set(self, settings: ChannelSettings) -> None:
        """Replace a channel's settings and update its posts."""
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
        """Return what cards in a channel show; by default less if it has external members."""
        row = self._database.row(_SHOWN_IN, [channel])
        return _shown(row["told"], row["is_shared"]) if row else EVERYTHING

    def is_shared(self, channel: str) -> bool:
        """Return whether a channel has members from another company, as last reported by Slack."""
        row = self._database.row(
            "select is_shared from shared_channels where channel = ?", [channel]
        )
        return bool(row and row["is_shared"])

    def is_asked_about(self, channel: str) -> bool:
        """Return whether Slack was asked about a channel before, even without an answer."""
        row = self._database.row("select 1 from shared_channels where channel = ?", [channel])
        return row is not None

    def asked_before(self, moment: float, *, most: int) -> list[str]:
        """Return the channels last checked before `moment`, the oldest check first."""
        rows = self._database.rows(
            "select channel from shared_channels where looked_at < ? order by looked_at limit ?",
            [moment, most],
        )
        return [row["channel"] for row in rows]

    def set_shared(self, channel: str, *, is_shared: bool, now: float) -> None:
        """Record whether Slack reports a channel as shared, and update its posts."""

        def work(db: SqliteDatabase) -> None:
            before = _shown_in(db, channel)
            db.execute(
                "insert or replace into shared_channels values (?, ?, ?)",
                [channel, is_shared, now],
            )
            if _shown_in(db, channel) != before:
                show_posts_in(db, channel)

        self._database.write(work)

    def record_no_answer(self, channel: str, *, looked_at: float) -> None:
        """Record that Slack didn't say whether a channel is shared.

        The last answer stays valid. A channel without any answer counts as shared: too little on a
        card is easy to correct, but what external members have read is not. The next daily check
        counts from `looked_at` (unix seconds).
        """
        # At its regular interval, so that many such channels don't delay the checks of others.
        self._database.write(
            lambda db: db.execute(
                "insert into shared_channels values (?, 1, ?)"
                " on conflict (channel) do update set looked_at = excluded.looked_at",
                [channel, looked_at],
            )
        )

    def mute(self, channel: str, *, now: float) -> Mute | None:
        """Return a channel's active mute, or None."""
        row = self._database.row(
            "select * from mutes where channel = ? and until > ?", [channel, now]
        )
        return Mute(row["channel"], row["until"], row["by"]) if row else None

    def mutes(self, *, now: float) -> list[Mute]:
        """Return all active mutes."""
        rows = self._database.rows("select * from mutes where until > ? order by channel", [now])
        return [Mute(row["channel"], row["until"], row["by"]) for row in rows]

    def set_mute(self, mute: Mute) -> None:
        """Mute a channel, replacing an earlier mute; a time in the past lifts the mute."""
        self._database.write(lambda db: write_mute(db, mute))

    def held(self, *, now: float) -> frozenset[str]:
        """Return the channels that are quiet or muted at a time (unix seconds)."""
        quiet = frozenset(one.channel for one in self.all() if one.is_quiet(now))
        return quiet | {mute.channel for mute in self.mutes(now=now)}

    def receptions(self, channels: Collection[str], *, now: float) -> dict[str, DeliveryPolicy]:
        """Return how each of these channels takes new cards at a time (unix seconds)."""
        return {
            one: DeliveryPolicy(self.is_quiet(one, now=now), self.of(one).most_a_minute)
            for one in channels
        }

    def is_quiet(self, channel: str, *, now: float) -> bool:
        """Return whether a channel has quiet hours now or is muted."""
        return self.of(channel).is_quiet(now) or self.mute(channel, now=now) is not None


def write_mute(db: SqliteDatabase, mute: Mute) -> None:
    """Mute a channel, replacing an earlier mute. Call it inside a write."""
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
    """Mutes, at most one per channel: the later of two requests wins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, mute: Mute, *, token: str, now: float) -> bool:
        """Mute a channel and announce it; return False if `token` was submitted before."""
        detail = {"channel": mute.channel, "until": mute.until, "by": mute.by}
        notice = Notice(f"{MUTED} {mute.channel} {token}", MUTED, detail)

        def work(db: SqliteDatabase) -> bool:
            if not add_notice(db, notice, [mute.channel], now):
                return False
            _end(db, mute.channel, REPLACED, by=mute.by, now=now, but=notice.notice_id)
            write_mute(db, mute)
            defer_queued_cards(db, mute.channel, now)
            until = datetime.fromtimestamp(mute.until, UTC).isoformat(" ", "minutes")
            _note(db, mute.channel, f"until {until}", by=mute.by, what="channel muted", now=now)
            return True

        return self._database.write(work)

    def lift(self, channel: str, *, by: str, now: float) -> bool:
        """Lift a channel's mute and announce that; return False if it isn't muted."""

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
    """Update the notices of a mute that has ended: how it ended, and who ended it."""
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
    if not is_direct(channel):  # others don't need to know about direct messages
        record_action(db, by, what, f"{channel} {more}".strip(), now=now)
