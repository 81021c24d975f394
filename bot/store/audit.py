"""Audit log: who changed, or tried to change, something that affects others."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

ENTRIES_AT_ONCE = 500


@dataclass(frozen=True)
class Entry:
    """One entry; `at` in unix seconds, `what` the action in a few words, `detail` its object."""

    at: float
    slack_user: str
    what: str
    detail: str


class Audit:
    """Entries in the order they were added. Entries never change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, slack_user: str, what: str, detail: str = "", *, now: float) -> None:
        """Add an entry."""
        self._database.write(lambda db: record_action(db, slack_user, what, detail, now=now))

    def latest(self, limit: int = 100) -> list[Entry]:
        """Return the newest entries, newest first."""
        rows = self._database.rows(
            "select at, slack_user, what, detail from audit order by entry_id desc limit ?", [limit]
        )
        return [Entry(**row) for row in rows]

    def between(self, start: float, end: float) -> Iterator[Entry]:
        """Yield the entries in a span (unix seconds), in the order they were added."""
        after = 0
        while rows := self._database.rows(
            "select entry_id, at, slack_user, what, detail from audit"
            " where entry_id > ? and at >= ? and at < ? order by entry_id limit ?",
            [after, start, end, ENTRIES_AT_ONCE],
        ):
            for row in rows:
                yield Entry(row["at"], row["slack_user"], row["what"], row["detail"])
            after = rows[-1]["entry_id"]


def record_action(
    db: SqliteDatabase, slack_user: str, what: str, detail: str = "", *, now: float
) -> None:
    """Add an entry. Call it inside the write that it describes, so that both succeed or fail."""
    db.execute(
        "insert into audit (at, slack_user, what, detail) values (?, ?, ?, ?)",
        [now, slack_user, what, detail[:500]],
    )
