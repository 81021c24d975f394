"""Writes of long background work, which leave room for webhooks."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

T = TypeVar("T")
REST = 3.0  # times as long as the write took
LONGEST_REST = 1.0


def write_in_background(database: Database, work: Callable[[SqliteDatabase], T]) -> T:
    """Write one small piece, and then rest for some times as long as it took.

    There is one writer: without the rest, each webhook would wait for a piece.
    """
    began = time.monotonic()
    done = database.write(work)
    time.sleep(min(LONGEST_REST, REST * (time.monotonic() - began)))
    return done
