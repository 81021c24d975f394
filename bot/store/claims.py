"""Owns who takes care of a missed call: exactly one person."""

from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.store.cards import show_card_of
from bot.store.database import Database


@dataclass(frozen=True)
class Claim:
    """A Slack user who takes care of a call; since when (unix seconds)."""

    slack_user: str
    at: float


class Claims:
    """Claims, by call; there is never a second one for the same."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def of(self, call_id: str) -> Claim | None:
        """Who takes care of a call?"""
        row = self._database.row("select * from claims where call_id = ?", [call_id])
        return Claim(row["slack_user"], row["at"]) if row else None

    def take(self, call_id: str, slack_user: str, *, now: float) -> bool:
        """Claim a call; False where somebody else was first."""
        return self._database.write(lambda db: take_claim(db, call_id, slack_user, now=now))


def take_claim(db: SqliteDatabase, call_id: str, slack_user: str, *, now: float) -> bool:
    """Claim a call and have its cards show it; for use inside a write."""
    taken = db.execute(
        "insert or ignore into claims (call_id, slack_user, at) values (?, ?, ?)",
        [call_id, slack_user, now],
    )
    if taken.rowcount > 0:
        show_card_of(db, call_id)
    row = db.execute("select slack_user from claims where call_id = ?", [call_id]).fetchone()
    return bool(row[0] == slack_user)
