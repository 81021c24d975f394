"""Owns what concerns one of us: the calls of an extension, and who waits there for a call back."""

import json

from bot.calls import read_call
from bot.home import OwnDay, Waiting
from bot.store.database import Database
from bot.store.open_calls import NOT_SAID, TALK

# An extension that rings for a whole company must not make its owner wait.
MOST_COUNTED = 2_000

# Whether somebody waits is decided as for a single missed call; see `open_calls`.
_WAITING = f"""
with missed as (
    select call_id, remote_number, started_at from calls
    where extension = ? and started_at >= ?
    and outcome in ('missed', 'voicemail') and direction is not 'outgoing'
    and remote_number is not null
    order by started_at desc limit ?
)
select remote_number, count(*) as tries, max(started_at) as at, call_id,
       count(*) over () as numbers,
       (select slack_user from claims where claims.call_id = missed.call_id) as owner
from missed
where {NOT_SAID} and not exists (
    select 1 from calls as later
    where later.remote_number = missed.remote_number and later.started_at > missed.started_at
    and {TALK.format("later")}
)
group by remote_number order by at desc limit ?
"""


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

    def not_called_back(
        self, extension: str, since: float, *, listed: int
    ) -> tuple[int, list[Waiting]]:
        """Give how many numbers wait for a call back since a moment, and the latest `listed`.

        A number waits when an incoming call from it was missed at the extension, and afterwards
        nobody of ours talked with it, or says that they called back. `owner` is the Slack user
        who takes care of it. Callers without a number cannot be called.
        """
        rows = self._database.rows(
            _WAITING,
            [extension, since, MOST_COUNTED, listed],
        )
        found = []
        for row in rows:
            known = self._database.row(
                "select facts from calls where call_id = ?", [row["call_id"]]
            )
            if known:
                call = read_call(row["call_id"], json.loads(known["facts"]))
                found.append(Waiting(call, row["tries"], row["owner"]))
        return (rows[0]["numbers"] if rows else 0), found
