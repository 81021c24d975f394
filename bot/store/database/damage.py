"""Detection of a damaged database file, such as one with an overwritten page."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.errors import StoreDamaged

_RESULT_CODE = 0xFF  # the other bits say more about it
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 100_000
LONGEST_PROBLEM = 200


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite found the file damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _RESULT_CODE in _DAMAGED


def find_damage(path: Path, *, seconds: float | None = None) -> str | None:
    """Return the first problem in the structure of a database file, or None.

    With `seconds`, a check that takes longer is given up and finds nothing.
    """
    # A connection of its own: others may have the page from before it was damaged in their memory.
    try:
        with closing(sqlite3.connect(path)) as connection:
            if seconds is not None:
                _limit(connection, seconds)
            connection.execute("PRAGMA query_only = ON")
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    return None if found == "ok" else " ".join(found.split())[:LONGEST_PROBLEM]


def require_undamaged(path: Path, *, seconds: float) -> None:
    """Raise StoreDamaged if a check of at most so many seconds finds a problem in the file."""
    try:
        problem = find_damage(path, seconds=seconds) if path.exists() else None
    except sqlite3.Error:  # it can't be read at all, which opening it explains
        return
    if problem is not None:
        raise StoreDamaged(path, problem)


def _limit(connection: sqlite3.Connection, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(
        lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK
    )
