"""Backups of the database: consistent copies, checked and named by their time.

A backup is a compressed SQLite file (`.db.gz`) that says when it was taken. A restored one says
where its knowledge ends, so that nothing which happened since is posted or sent a second time.
"""

import gzip
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database as SqliteDatabase

from bot.errors import BackupUnusable, StoreUnusable
from bot.store.database.migrations import known_migrations, load_migrations
from bot.store.database.restore_marks import TAKEN_AT

COVERED = "calls covered until"  # as in bot/store/sync.py, which imports this package

SUFFIX = ".db.gz"

COUNTED = ("calls", "texts", "contacts", "posts", "audit")

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class BackupInfo:
    """What a backup holds: when it was taken (unix seconds, if known), its schema and row counts.

    `is_current` is False for a backup of an older version, which is upgraded after a restore.
    """

    taken_at: float | None
    schema: str
    is_current: bool
    counts: dict[str, int]


def back_up(database: Path, target: Path, *, now: float) -> Path:
    """Write a backup and return its path. Writers and readers of the database keep working.

    `target` is a folder, in which the file is named by the UTC time, or a new file. `now` is in
    unix seconds. An unfinished backup is never left under its final name.
    """
    if not database.is_file():
        raise StoreUnusable(database, "there is no such file")
    path = target / name_of(now) if target.is_dir() or target.suffix == "" else target
    if path.exists():
        raise BackupUnusable(path, "this file exists already; nothing was overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch_file(path, "copying") as copy, scratch_file(path, "packing") as packed:
        _copy(database, copy, now)
        with copy.open("rb") as source, packed.open("wb") as file:
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as archive:
                shutil.copyfileobj(source, archive, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        packed.replace(path)
    return path


def replace_backup(database: Path, path: Path, *, now: float) -> None:
    """Write a backup in the place of an earlier one, which stays if that fails."""
    with scratch_file(path, "writing") as fresh:
        fresh.unlink()
        back_up(database, fresh, now=now)
        fresh.replace(path)


def name_of(now: float) -> str:
    """Return the file name of a backup taken at a time (unix seconds)."""
    return f"vocatech-slack-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def delete_old_backups(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups that this app named, and return the deleted ones."""
    ours = sorted(folder.glob(f"vocatech-slack-????????T??????Z{SUFFIX}"), reverse=True)
    for path in ours[keep:]:
        path.unlink()
    return ours[keep:]


def verify(path: Path) -> BackupInfo:
    """Check a backup and return what it holds; raise BackupUnusable with the reason."""
    with scratch_file(path, "verifying") as copy:
        unpack(path, copy)
        return inspect_copy(path, copy)


def put_back(path: Path, database: Path) -> None:
    """Replace a database after a failed upgrade by the backup made right before."""
    with scratch_file(database, "restoring") as copy:
        unpack(path, copy)
        sync_file(copy)
        for end in ("-wal", "-shm"):
            database.with_name(database.name + end).unlink(missing_ok=True)
        copy.replace(database)


def _copy(database: Path, copy: Path, now: float) -> None:
    # One step for all pages: a read transaction, which in WAL mode holds no one up. In several
    # steps, the copy would start over with every write of another connection.
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        _catch_up(database)
        target.execute("pragma journal_mode = delete")
        with target:
            target.execute("insert or replace into notes values (?, ?)", [TAKEN_AT, repr(now)])


def _catch_up(database: Path) -> None:
    """Move the log that grew during the copy into the database.

    Otherwise, the next webhook would: measured on a busy machine, it waited for seven seconds.
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("pragma wal_checkpoint(passive)").fetchall()


def unpack(path: Path, copy: Path) -> None:
    """Write the database in a backup to a file; raise BackupUnusable if it is damaged."""
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == _GZIP_MAGIC
        with gzip.open(path) if is_packed else path.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a full disk, or a file that cannot be read
        raise BackupUnusable(path, "it is damaged or incomplete") from error


def inspect_copy(path: Path, copy: Path) -> BackupInfo:
    """Return what an unpacked backup holds; raise BackupUnusable if it can't be restored."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            check = connection.execute("pragma integrity_check(1)").fetchone()[0]
            tables = {row[0] for row in connection.execute("select name from sqlite_master")}
            if not {"calls", "posts", "notes"} <= tables:
                raise BackupUnusable(path, "it is not a database of vocatech-slack")
            if check != "ok":
                raise BackupUnusable(path, f"its integrity check failed ({check})")
            applied = [one.name for one in load_migrations().applied(SqliteDatabase(connection))]
            if ahead := sorted({*applied} - {*known_migrations()}):
                raise BackupUnusable(
                    path, f"it was written by a newer vocatech-slack (it knows {', '.join(ahead)})"
                )
            counts = {
                table: connection.execute(f"select count(*) from {table}").fetchone()[0]
                for table in COUNTED
                if table in tables
            }
            taken_at = _taken_at(connection)
    except sqlite3.DatabaseError as error:
        raise BackupUnusable(path, f"it is damaged or no SQLite database ({error})") from error
    is_current = len(applied) == len(known_migrations())
    return BackupInfo(taken_at, max(applied), is_current, counts)


def _taken_at(connection: sqlite3.Connection) -> float | None:
    """Return when a backup was taken, or the time of the newest entry in another copy.

    A copy that Litestream or a file system made has no note, and its file may be days newer than
    its content: what happened in between would not be searched for.
    """
    note = connection.execute("select value from notes where name = ?", [TAKEN_AT]).fetchone()
    if note:
        return float(note[0])
    moments = [
        connection.execute(sql, values).fetchone()
        for sql, values in (
            ("select received_at from events order by rowid desc limit 1", []),
            ("select created_at from posts order by post_id desc limit 1", []),
            ("select value from notes where name = ?", [COVERED]),
        )
    ]
    return max((float(row[0]) for row in moments if row), default=None)


@contextmanager
def scratch_file(beside: Path, what: str) -> Iterator[Path]:
    """Yield a path for a file that only its owner may read, and that is gone afterwards."""
    path = beside.with_name(f".{beside.name}.{what}-{os.getpid()}")
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
