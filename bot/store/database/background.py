"""Writes of long background work, in pieces so short that webhooks hardly wait."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

T = TypeVar("T")
Item = TypeVar("Item")
REST = 3.0  # times as long as the write took
LONGEST_REST = 1.0
# A piece takes about this long, whatever one item costs: a call with a long transcript in the
# search index costs a hundred times as much as an entry of the audit log.
SECONDS_A_PIECE = 0.01
FIRST_PIECE, LARGEST_PIECE = 4, 200


class PieceSize:
    """How many items fit into one piece, learned from how long the last piece took."""

    def __init__(self) -> None:
        self.items = FIRST_PIECE

    def learn(self, count: int, seconds: float) -> None:
        """Set the size by how long `count` items took."""
        fit = int(count * SECONDS_A_PIECE / max(seconds, 1e-6))
        # At most twice as many: the next items may cost more.
        self.items = max(1, min(fit, 2 * self.items, LARGEST_PIECE))


def write_in_background(database: Database, work: Callable[[SqliteDatabase], T]) -> T:
    """Write one small piece, and then rest for some times as long as it took.

    There is one writer: without the rest, each webhook would wait for a piece.
    """
    began = time.monotonic()
    done = database.write(work)
    time.sleep(min(LONGEST_REST, REST * (time.monotonic() - began)))
    return done


def write_piece(
    database: Database,
    work: Callable[[SqliteDatabase, Sequence[Item]], object],
    items: Sequence[Item],
    size: PieceSize,
) -> None:
    """Write these items in one piece, rest, and learn how many fit into the next."""

    def timed(db: SqliteDatabase) -> float:
        began = time.perf_counter()
        work(db, items)
        return time.perf_counter() - began

    size.learn(len(items), write_in_background(database, timed))


def write_in_pieces(
    database: Database,
    work: Callable[[SqliteDatabase, Sequence[Item]], object],
    items: Sequence[Item],
) -> None:
    """Write all items, in pieces bounded by time; each is committed on its own."""
    size, start = PieceSize(), 0
    while start < len(items):
        some = items[start : start + size.items]
        write_piece(database, work, some, size)
        start += len(some)
