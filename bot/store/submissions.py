"""Idempotency keys of forms, so that a form submitted twice is processed once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

# No modal stays open this long.
KEEP_SECONDS = 2 * 86_400.0


class Submissions:
    """Submitted forms, by the token that each rendering of a form has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def knows(self, token: str) -> bool:
        """Return whether a form was submitted before."""
        row = self._database.row("select 1 from submissions where token = ?", [token])
        return row is not None

    def take(self, token: str, *, now: float) -> bool:
        """Record a submission; return False if the form was submitted before."""
        return self._database.write(lambda db: take_token(db, token, now))

    @contextmanager
    def once(self, token: str, *, now: float) -> Iterator[bool]:
        """Record a submission, unless what follows fails; yield False if it was made before.

        Otherwise a form whose data couldn't be stored would say at the second try that it was.
        """
        is_new, has_failed = self.take(token, now=now), True
        try:
            yield is_new
            has_failed = False
        finally:
            if is_new and has_failed:
                self._release(token)

    def _release(self, token: str) -> None:
        self._database.write(
            lambda db: db.execute("delete from submissions where token = ?", [token])
        )


def take_token(db: SqliteDatabase, token: str, now: float) -> bool:
    """Record a submission, as `Submissions.take` does. Call it inside a write."""
    db.execute("delete from submissions where at < ?", [now - KEEP_SECONDS])
    taken = db.execute("insert or ignore into submissions values (?, ?)", [token, now])
    return taken.rowcount > 0
