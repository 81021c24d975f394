"""Owns the audit: who did, or tried to do, what changes something for others."""

from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database


@dataclass(frozen=True)
class Entry:
    """One deed; `at` in unix seconds, `what` a few words, `detail` what it was done to."""

    at: float
    slack_user: str
    what: str
    detail: str


class Audit:
    """Entries in the order in which they were made; none is ever changed."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def note(self, slack_user: str, what: str, detail: str = "", *, now: float) -> None:
        """Add an entry."""
        self._database.write(lambda db: note_deed(db, slack_user, what, detail, now=now))

    def latest(self, limit: int = 100) -> list[Entry]:
        """Give the newest entries, newest first."""
        rows = self._database.rows(
            "select at, slack_user, what, detail from audit order by entry_id desc limit ?", [limit]
        )
        return [Entry(**row) for row in rows]


def note_deed(
    db: SqliteDatabase, slack_user: str, what: str, detail: str = "", *, now: float
) -> None:
    """Add an entry; for use inside a write, so that there is no deed without it."""
    db.execute(
        "insert into audit (at, slack_user, what, detail) values (?, ?, ?, ?)",
        [now, slack_user, what, detail[:500]],
    )
