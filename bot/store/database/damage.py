"""Detection of a damaged database file, such as one with an overwritten page, and a full disk."""

import errno
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.errors import DiskFull, StoreDamaged, StoreUnusable

_RESULT_CODE = 0xFF  # the other bits say more about it
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# Without space for the file beside the database (-shm), SQLite reports an I/O error.
_FULL_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_FULL_DISK_OF_SYSTEM = (errno.ENOSPC, errno.EDQUOT)
_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 100_000
LONGEST_PROBLEM = 200


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite found the file damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _RESULT_CODE in _DAMAGED


def is_disk_full(error: BaseException) -> bool:
    """Return whether SQLite or the operating system found no space left on the disk."""
    if isinstance(error, OSError):
        return error.errno in _FULL_DISK_OF_SYSTEM
    return getattr(error, "sqlite_errorcode", None) in _FULL_DISK


def explain_failure(path: Path, error: sqlite3.Error | OSError) -> StoreUnusable:
    """Return the error that explains to a person why a database can't be used."""
    if is_disk_full(error):
        return DiskFull(path)
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StoreDamaged(path, reason) if is_damage(error) else StoreUnusable(path, reason)


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
    """Raise StoreDamaged if a check of at most that many seconds finds a problem in the file."""
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
