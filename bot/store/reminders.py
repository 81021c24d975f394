"""Owns what was reminded of: each stage of each caller once, whatever dies in between."""

import json
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.store.connection import Database
from bot.store.missed_calls import open_with
from bot.store.outbox.notices import Notice, add_notice


@dataclass(frozen=True)
class Place:
    """Where a card stands: its channel, and the post under which more about it goes."""

    channel: str
    post_id: int


class Reminders:
    """Stages by call; what is reminded of a caller counts for all their open calls."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def stages(self, call_ids: list[str]) -> set[str]:
        """Which stages have these calls gone through?"""
        rows = self._database.rows(
            "select stage from reminders where call_id in (select value from json_each(?))",
            [json.dumps(call_ids)],
        )
        return {row["stage"] for row in rows}

    def places(self, call_id: str) -> list[Place]:
        """In which channels does a call stand, by itself or among others, direct ones aside?"""
        rows = self._database.rows(
            "select channel, post_id from posts where subject_kind = 'call' and subject = ?"
            " and ts is not null and channel glob '[CG]*'"
            " union select told.channel, told.post_id from posts as card join posts as told"
            " on told.subject_kind = 'bundle' and told.subject = cast(card.bundle as text)"
            " and told.channel = card.channel where card.subject_kind = 'call'"
            " and card.subject = ? and told.ts is not null and told.channel glob '[CG]*'",
            [call_id, call_id],
        )
        return [Place(row["channel"], row["post_id"]) for row in rows]

    def remind(
        self,
        call_id: str,
        stage: str,
        notice: Notice,
        to: list[Place] | str,
        *,
        owner: str | None,
        now: float,
    ) -> bool:
        """Have somebody (a Slack user) or the threads of cards reminded.

        False where that was done, nobody is to be called back any more, or it is not `owner` who
        takes care of it.
        """

        def work(db: SqliteDatabase) -> bool:
            group = open_with(db, call_id)
            row = db.execute(
                "select slack_user from claims where call_id = ?", [call_id]
            ).fetchone()
            if not group or (row[0] if row else None) != owner:
                return False
            ids = json.dumps(group)
            if db.execute(
                "select 1 from reminders where stage = ?"
                " and call_id in (select value from json_each(?))",
                [stage, ids],
            ).fetchone():
                return False
            db.execute(
                "insert into reminders (call_id, stage, at) select value, ?, ? from json_each(?)",
                [stage, now, ids],
            )
            if isinstance(to, str):
                return add_notice(db, notice, [to], now)
            for place in to:
                add_notice(db, notice, [place.channel], now, under=place.post_id, aloud=True)
            return True

        return self._database.write(work)
