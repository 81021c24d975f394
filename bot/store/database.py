"""Owns the database file: its connections, and writes that share a commit."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlite_utils import Database as SqliteDatabase

from bot.errors import StoreUnusable
from bot.store.migrations import migrate

T = TypeVar("T")
# Less than Slack waits, and than a health check should: the sender tries again.
BUSY_SECONDS = 2.5


class _Write(Generic[T]):
    """One piece of work waiting for a commit, then its outcome."""

    def __init__(self, work: Callable[[SqliteDatabase], T]) -> None:
        self.work = work
        self.is_done = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def run(self, db: SqliteDatabase) -> None:
        try:
            with db.atomic():
                self.value = self.work(db)
        except Exception as error:  # noqa: BLE001 (handed to the caller, who waits for it)
            self.error = error


class Database:
    """SQLite in WAL mode: one connection that writes, and one for each thread that reads.

    A write is on the disk (`synchronous=FULL`) when `write` returns.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file; raises StoreUnusable, or StoreTooNew."""
        self._path = path
        self._lock = threading.Lock()
        self._pending: deque[_Write[Any]] = deque()
        self._readers = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = SqliteDatabase(self._connect())
            migrate(self._writer)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnusable(path, str(error)) from error

    def write(self, work: Callable[[SqliteDatabase], T]) -> T:
        """Run `work` in a transaction and return once it is committed.

        Whoever gets the lock commits for all that wait behind it, so that one sync of the disk
        serves many writers; a piece of work that raises undoes only itself.
        """
        write = _Write(work)
        self._pending.append(write)
        with self._lock:
            if not write.is_done:
                self._commit_pending()
        if write.error is not None:
            raise write.error
        return write.value  # type: ignore[return-value] # it is None only where T is

    def _commit_pending(self) -> None:
        batch = [self._pending.popleft() for _ in range(len(self._pending))]
        try:
            self._writer.conn.execute("BEGIN IMMEDIATE")
            for write in batch:
                write.run(self._writer)
            self._writer.conn.execute("COMMIT")
        except sqlite3.Error as error:
            self._writer.conn.rollback()
            for write in batch:
                # Its own error says more than that of the commit which it spoilt.
                write.error = write.error or error
        finally:
            for write in batch:
                write.is_done = True

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Read rows on this thread's own connection, not waiting for any writer."""
        return self._reader().execute(sql, arguments).fetchall()

    def row(self, sql: str, arguments: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Read the first row, if there is one."""
        row: sqlite3.Row | None = self._reader().execute(sql, arguments).fetchone()
        return row

    def close(self) -> None:
        """Close the connection that writes; a reader goes with its thread, which may be reading."""
        with self._lock:
            self._writer.close()

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if reader is None:
            reader = self._connect()
            reader.execute("PRAGMA query_only = ON")
            reader.row_factory = sqlite3.Row
            self._readers.connection = reader
        return reader

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
