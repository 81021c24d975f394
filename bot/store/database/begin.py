"""Start of a write transaction, while other processes write to the same database."""

import sqlite3
import time

# SQLite itself waits up to a tenth of a second between two tries. While `prune` or `forget` wrote
# piece after piece in another process, a webhook missed the pauses between them for seconds.
SECONDS_BETWEEN_TRIES = 0.002


def begin_write(connection: sqlite3.Connection, *, patience: float) -> None:
    """Begin a write transaction on a connection without a timeout of its own.

    Raise sqlite3.OperationalError if others hold the database for longer than `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= deadline:
                raise
        else:
            return
        time.sleep(SECONDS_BETWEEN_TRIES)
