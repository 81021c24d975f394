"""A database that can't grow, as on a full disk: SQLite reports the same error."""

import sqlite3
from contextlib import suppress

ENOUGH_PAGES = 1_000_000


def fill_disk(database):
    """Leave a database no page to grow by, and no free space in the pages of a new table."""

    def limit(db):
        db.execute("create table if not exists filler (content)")
        [(count,)] = db.execute("pragma page_count").fetchall()
        db.execute(f"pragma max_page_count = {count}").fetchall()

    database.write(limit)
    for size in (3_000, 100):
        with suppress(sqlite3.OperationalError):
            while True:
                database.write(lambda db, size=size: add_filler(db, size))


def add_filler(db, size):
    """Write some bytes; on a full disk, this fails."""
    db.execute("insert into filler values (zeroblob(?))", [size])


def free_disk(database):
    """Let a database grow again; a write that fails beside this one would undo it, too."""
    while True:
        with suppress(sqlite3.OperationalError):
            database.write(
                lambda db: db.execute(f"pragma max_page_count = {ENOUGH_PAGES}").fetchall()
            )
            return
