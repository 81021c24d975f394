"""Copies of databases."""

import contextlib
import sqlite3
from pathlib import Path


def complete_file(path: Path) -> None:
    """Move the write-ahead log into a closed database's file, so that it can be copied alone.

    SQLite does so when the last connection closes. A connection that reads closes with its store,
    which may wait for the garbage collector.
    """
    with contextlib.closing(sqlite3.connect(path)) as database:
        busy, _, _ = database.execute("pragma wal_checkpoint(truncate)").fetchone()
    assert not busy, path
