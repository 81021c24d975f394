"""Open incidents, and counts of rows."""

import json
from collections import Counter
from pathlib import Path
from typing import Literal

from bot.models.health import BrokenChannel, Incident, parse_incident
from bot.store.database.connection import Database

_BROKEN = """
select channel, max(since) as since,
       coalesce(max(iif(since is null, null, reason)), max(reason)) as reason,
       sum(parked) as parked
from (
    select substr(name, 6) as channel, cast(value as real) as since,
           (select json_extract(detail, '$.reason') from notices
            where notice_id = printf('%s %.0f', name, cast(value as real))) as reason,
           0 as parked
    from notes where name >= 'held ' and name < 'held!'
    union all
    select channel, null, parked, 1 from posts
    where parked is not null and ts is null and created_at >= ?
    and parked <> 'nothing to show' and parked not like 'catch-up %'
)
group by channel order by channel
"""

# The table holds other names, too. The detail is that of the notice that admins received.
_OPEN = """
select name, cast(value as real) as since,
       (select detail from notices
        where notice_id = printf('%s %.0f', name, cast(value as real))) as detail
from notes order by since, name
"""


class Incidents:
    """Open incidents, as far as the store knows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def broken_channels(self, since: float) -> list[BrokenChannel]:
        """Return channels that refuse posts, or have dead letters since a time (unix seconds)."""
        return [
            BrokenChannel(
                row["channel"],
                row["since"],
                row["reason"],
                row["parked"],
                self._waiting(row["channel"]),
            )
            for row in self._database.rows(_BROKEN, [since])
        ]

    def open(self) -> list[Incident]:
        """Return the open incidents, oldest first."""
        found = [
            parse_incident(row["name"], float(row["since"]), json.loads(row["detail"] or "{}"))
            for row in self._database.rows(_OPEN)
        ]
        return [trouble for trouble in found if trouble]

    def is_any(self, *names: str) -> bool:
        """Return whether any incident is open."""
        return any(one.name in names for one in self.open())

    def counts(self) -> Counter[str]:
        """Return how many incidents are open, by kind."""
        return Counter(one.kind.name for one in self.open())

    def retry_dead_letters(self, channel: str) -> int:
        """Retry the dead-letter posts of a channel; return how many."""
        return self._database.write(
            lambda db: (
                db.execute(
                    "update posts set parked = null where channel = ? and parked is not null"
                    " and ts is null and parked <> 'nothing to show'"
                    " and parked not like 'catch-up %'",
                    [channel],
                ).rowcount
            )
        )

    def _waiting(self, channel: str) -> int:
        row = self._database.row(
            "select count(*) as n from posts where channel = ? and announced < wanted"
            " and parked is null and bundle is null and held = 0",
            [channel],
        )
        return row["n"] if row else 0


def count_rows(database: Database, table: Literal["calls", "contacts"]) -> int:
    """Return how many rows a table has."""
    row = database.row(f"select count(*) as n from {table}")
    return int(row["n"]) if row else 0


def size_on_disk(path: Path) -> int:
    """Return the size in bytes of the database and its write-ahead log."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
