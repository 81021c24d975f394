"""The database file: its connections, and writes that share a commit."""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.backup import put_back, replace_backup
from bot.store.database.begin import begin_write
from bot.store.database.damage import explain_failure, find_damage, is_damage
from bot.store.database.instance_lock import require_stopped, upgrade_lock
from bot.store.database.migrations import is_upgrade, migrate
from bot.store.search.call_text import add_functions

T = TypeVar("T")
Item = TypeVar("Item")
Values = Sequence[Any] | Mapping[str, Any]
Group = Callable[[SqliteDatabase, Sequence[Any]], Sequence[Any]]
# Each of up to 80 threads has a reader. With the usual 2,000 KB, 64 threads that had read 20,000
# calls at random took 158 MB. With this they took 67 MB, for 8 µs more a read.
READER_CACHE_KB = 256
# How long a write waits for other processes. In the app: less than Slack waits, and less than a
# health check should; the sender tries again. A command has no one who tries again.
BUSY_SECONDS, BUSY_SECONDS_OF_COMMANDS = 2.5, 60.0
# The log is moved into the database by a job. Otherwise, after a backup had held it up, the next
# webhook did it: on a busy machine it waited for seconds. This is for programs without the job,
# and for when it can't keep up: 40 MB.
MOST_PAGES_IN_LOG = 10_000
CLOSED = "the database is closed"
REPLACED = "the database file was deleted or replaced while it was open"


class _Write:
    """One unit of work waiting for a commit, then its result.

    Writes with the same `group` run together: `group` takes all their items in one call.
    """

    def __init__(self, group: Group, item: Any) -> None:
        self.group = group
        self.item = item
        self.is_done = False
        self.gate = threading.Lock()
        self.gate.acquire()
        self.value: Any = None
        self.error: BaseException | None = None


@contextmanager
def _closed_on_failure(database: SqliteDatabase | sqlite3.Connection) -> Iterator[None]:
    succeeded = False
    try:
        yield
        succeeded = True
    finally:
        if not succeeded:
            database.close()


def _schema_version(database: SqliteDatabase) -> int:
    """Return a number that each committed change of the schema increases."""
    version: int = database.execute("PRAGMA schema_version").fetchone()[0]
    return version


class _Reader(sqlite3.Connection):
    """A connection that is closed when its thread ends.

    It can't be closed from outside: SQLite crashes if a connection is closed while in use.
    """

    def __del__(self) -> None:
        self.close()


class Database:
    """SQLite in WAL mode: one connection that writes, and one for each thread that reads.

    A write is on the disk (`synchronous=FULL`) when `write` returns.
    """

    def __init__(self, path: Path, *, patience: float = BUSY_SECONDS) -> None:
        """Open or create the file; raise StoreUnusable or StoreTooNew.

        A write fails if other processes write for longer than `patience` seconds.
        """
        self._path = path
        self._patience = patience
        self._mutex = threading.Lock()
        self._pending: list[_Write] = []
        self._is_led = False
        self._has_ended = False
        self._readers = threading.local()
        self._damage: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # It holds transcripts and webhook secrets, so only the owner may read a new one. SQLite
            # gives the files beside it (-wal, -shm) the same mode. The mode of an existing file is
            # left alone.
            with upgrade_lock(path):
                if not path.exists():
                    path.touch(mode=0o600)
                self._writer = self._open_writer()
                self._writer.execute("PRAGMA busy_timeout = 0").fetchall()
            found = path.stat()
            self._identity = (found.st_dev, found.st_ino)
        except (sqlite3.Error, OSError) as error:
            raise explain_failure(path, error) from error

    def _open_writer(self) -> SqliteDatabase:
        """Open and upgrade the file; if an upgrade fails, leave what was there."""
        writer = SqliteDatabase(self._connect())
        with _closed_on_failure(writer):
            writer.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES_IN_LOG}").fetchall()
            if not is_upgrade(writer):
                migrate(writer)
                return writer
            require_stopped(self._path)
            before = self._path.with_name(f"{self._path.name}.before-upgrade.db.gz")
            replace_backup(self._path, before, now=time.time())
            schema = _schema_version(writer)
            try:
                # All of them or none: after a full disk, or if the process is killed, the older
                # version can continue with the file.
                with writer.atomic():
                    migrate(writer)
            except (sqlite3.Error, OSError):
                is_unchanged = _schema_version(writer) == schema
                writer.close()
                # A copy needs space that a full disk may not have.
                if not is_unchanged:
                    put_back(before, self._path)
                raise
        return writer

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self._path

    def write(self, work: Callable[[SqliteDatabase], T]) -> T:
        """Run `work` in a transaction and return once it is committed.

        Work that raises an error undoes only itself.
        """
        return self.write_together(lambda db, _: [work(db)], None)

    def write_together(
        self, group: Callable[[SqliteDatabase, Sequence[Item]], Sequence[T]], item: Item
    ) -> T:
        """Have `group` process `item` together with the items of concurrent calls.

        The first caller leads: it commits for all that are waiting by then, so that one disk sync
        serves many writers, and then names the next leader among the new callers.
        """
        write = _Write(group, item)
        with self._mutex:
            if self._has_ended:
                raise sqlite3.ProgrammingError(CLOSED)
            self._pending.append(write)
            leads, self._is_led = not self._is_led, True
        if not leads:
            write.gate.acquire()  # released when it is done, or when this thread leads next
        if not write.is_done:
            self._lead()
        if write.error is not None:
            raise write.error
        value: T = write.value
        return value

    def _lead(self) -> None:
        with self._mutex:
            batch, self._pending = self._pending, []
        self._commit(batch)
        with self._mutex:
            if self._has_ended:
                self._writer.close()
                batch += self._turn_away()
            heir = self._pending[0] if self._pending else None
            self._is_led = heir is not None
        if heir is not None:
            heir.gate.release()
        for write in batch:
            write.is_done = True
            write.gate.release()

    def _turn_away(self) -> list[_Write]:
        """Fail the writes that arrived after the end."""
        late, self._pending = self._pending, []
        for write in late:
            write.error = sqlite3.ProgrammingError(CLOSED)
        return late

    def _end(self, _: SqliteDatabase, writes: Sequence[None]) -> Sequence[None]:
        self._has_ended = True
        return writes

    @property
    def damage(self) -> str | None:
        """The first damage that was found in the file, or None."""
        return self._damage

    def find_damage(self) -> str | None:
        """Check the structure of the file; return the first damage found, now or earlier."""
        self._damage = self._damage or find_damage(self._path)
        return self._damage

    def _note_damage(self, error: BaseException) -> None:
        if self._damage is None and is_damage(error):
            self._damage = str(error)

    def is_in_place(self) -> bool:
        """Return whether the file that is open is still the one at its path."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def _require_in_place(self) -> None:
        if not self.is_in_place():
            raise sqlite3.OperationalError(REPLACED)

    def _commit(self, batch: list[_Write]) -> None:
        try:
            # SQLite would keep writing into a file that no one will ever open again.
            self._require_in_place()
            begin_write(self._writer.conn, patience=self._patience)
            groups = [list(alike) for _, alike in groupby(batch, key=lambda write: write.group)]
            for alike in groups:
                self._do(alike, is_everything=len(groups) == 1)
            self._writer.conn.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 (every waiting caller must get it)
            self._note_damage(error)
            self._writer.conn.rollback()
            for write in batch:
                # Its own error says more than that of the commit that it broke.
                write.error = write.error or error

    def _do(self, alike: list[_Write], *, is_everything: bool = False) -> None:
        """Run the writes of one group; without others, the transaction is their savepoint."""
        try:
            with nullcontext() if is_everything else self._writer.atomic():
                values = alike[0].group(self._writer, [write.item for write in alike])
            for write, value in zip(alike, values, strict=True):
                write.value = value
        except Exception as error:
            self._note_damage(error)
            if is_everything:
                self._writer.conn.rollback()
                begin_write(self._writer.conn, patience=self._patience)
            elif not self._writer.conn.in_transaction:
                # On a full disk, SQLite undoes the whole transaction. The writes that follow would
                # be committed on their own, while their callers get the error of this one.
                raise
            if len(alike) == 1:
                alike[0].error = error
                return
            # One of them failed: run each separately, so that the others succeed.
            for write in alike:
                self._do([write])

    def rows(self, sql: str, arguments: Values = ()) -> list[sqlite3.Row]:
        """Return rows, read on this thread's own connection without waiting for a writer."""
        try:
            return self._reader().execute(sql, arguments).fetchall()
        except sqlite3.DatabaseError as error:
            self._note_damage(error)
            raise

    def row(self, sql: str, arguments: Values = ()) -> sqlite3.Row | None:
        """Return the first row, if there is one."""
        try:
            row: sqlite3.Row | None = self._reader().execute(sql, arguments).fetchone()
        except sqlite3.DatabaseError as error:
            self._note_damage(error)
            raise
        return row

    def move_log(self) -> int:
        """Move the write-ahead log into the file, while others write; return the pages left."""
        with closing(sqlite3.connect(self._path, timeout=0.0)) as connection:
            _, logged, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(logged - moved)

    def free_bytes(self) -> int:
        """Return the free bytes on the file's disk."""
        return shutil.disk_usage(self._path.parent).free

    def close(self) -> None:
        """Close the connection that writes; a reader is closed with its thread.

        Running writes finish first: SQLite crashes if a connection is closed while in use.
        """
        try:
            self.write_together(self._end, None)
        except sqlite3.Error:  # another program has the file open, or the disk is full
            if not self._has_ended:
                self._writer.close()

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if reader is None:
            self._require_in_place()  # else SQLite would create an empty file
            reader = self._connect(_Reader)
            reader.execute("PRAGMA query_only = ON")
            reader.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
            reader.row_factory = sqlite3.Row
            self._readers.connection = reader
        return reader

    def _connect(
        self, factory: type[sqlite3.Connection] = sqlite3.Connection
    ) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._patience, check_same_thread=False, factory=factory
        )
        with _closed_on_failure(connection):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            add_functions(connection)
        return connection
