"""Owns which forms were sent already, so that one sent twice is done once."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

# A modal does not stay open so long.
KEEP_SECONDS = 2 * 86_400.0


class Submissions:
    """Forms that were sent, by the token that each showing of one carries."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def knows(self, token: str) -> bool:
        """Was this form sent before?"""
        row = self._database.row("select 1 from submissions where token = ?", [token])
        return row is not None

    def take(self, token: str, *, now: float) -> bool:
        """Note that a form was sent; False when it was sent before."""

        def work(db: SqliteDatabase) -> bool:
            db.execute("delete from submissions where at < ?", [now - KEEP_SECONDS])
            taken = db.execute("insert or ignore into submissions values (?, ?)", [token, now])
            return taken.rowcount > 0

        return self._database.write(work)
