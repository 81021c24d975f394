"""Restoring a backup in the place of the database."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.backup import (
    BackupInfo,
    inspect_copy,
    name_of,
    scratch_file,
    sync_file,
    unpack,
)
from bot.store.database.instance_lock import running_instance
from bot.store.database.migrations import migrate
from bot.store.database.restore_marks import mark_restored
from bot.store.database.tombstones import Tombstone, read_tombstones
from bot.store.privacy.erase import erase_again
from bot.store.search.call_text import add_functions


def restore(path: Path, database: Path, *, now: float) -> tuple[BackupInfo, Path | None]:
    """Put a backup in the place of the database; return what it holds, and where the old file is.

    Raise AlreadyRunning while the app runs, and BackupUnusable for a file that is damaged, foreign
    or newer than this program. In each case nothing was changed.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with running_instance(database), scratch_file(database, "restoring") as copy:
        unpack(path, copy)
        info = inspect_copy(path, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            mark_restored(connection, taken_at=info.taken_at or path.stat().st_mtime, now=now)
        _erase_again(copy, read_tombstones(database))
        sync_file(copy)
        replaced = _set_aside(database, now)
        copy.replace(database)
    return info, replaced


def _erase_again(copy: Path, stones: Sequence[Tombstone]) -> None:
    """Erase from a restored copy what was erased after the backup."""
    if not stones:
        return
    with closing(sqlite3.connect(copy)) as connection:
        for pragma in ("foreign_keys", "secure_delete"):
            connection.execute(f"pragma {pragma} = on").fetchall()
        add_functions(connection)
        db = SqliteDatabase(connection)
        migrate(db)
        with connection:
            connection.execute("begin immediate")
            erase_again(db, stones)


def _set_aside(database: Path, now: float) -> Path | None:
    """Rename the database that is replaced, with what its log holds, and return its new path."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.replaced-{name_of(now).split('-')[2][:16]}")
    for end in ("-wal", "-shm", ""):
        if (part := database.with_name(database.name + end)).exists():
            part.replace(kept.with_name(kept.name + end))
    return kept
