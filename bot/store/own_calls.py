"""Owns what concerns one of us: the calls of an extension."""

import json

from bot.models.calls import read_call
from bot.models.home import OwnDay
from bot.store.connection import Database

# An extension that rings for a whole company must not make its owner wait.
MOST_COUNTED = 2_000


class OwnCalls:
    """Calls, by the extension that took or missed them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def since(self, extension: str, start: float, *, listed: int) -> OwnDay:
        """Give the calls of an extension from a moment on (unix seconds), `listed` of them whole.

        Missed are those that were for us; nobody counts more than two thousand.
        """
        row = self._database.row(
            "select count(*) as calls, coalesce(sum(outcome in ('missed', 'voicemail')"
            " and direction is not 'outgoing'), 0) as missed from (select outcome, direction"
            " from calls where extension = ? and started_at >= ? limit ?)",
            [extension, start, MOST_COUNTED],
        )
        latest = self._database.rows(
            "select call_id, facts from calls where extension = ? and started_at >= ?"
            " order by started_at desc limit ?",
            [extension, start, listed],
        )
        calls = tuple(read_call(one["call_id"], json.loads(one["facts"])) for one in latest)
        return OwnDay(row["calls"], row["missed"], calls) if row else OwnDay()
