"""Tombstones beside the database: erased numbers, in a file that a restored backup can't undo."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Tombstone(NamedTuple):
    """A number (E.164) that was erased: calls and texts until `at` (unix seconds), by whom."""

    number: str
    at: float
    by: str


def tombstone_file(database: Path) -> Path:
    """Return the path of the file that belongs to a database."""
    return database.with_name(f"{database.name}.erased")


def add_tombstone(database: Path, stone: Tombstone) -> None:
    """Add a line, on the disk when this returns. Only its owner may read a new file."""
    path = tombstone_file(database)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(file).st_size
        # A line that was cut off by a full disk must not swallow this one.
        is_cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"
        line = f"{chr(10) if is_cut else ''}{json.dumps(stone._asdict())}\n".encode()
        if os.write(file, line) != len(line):
            raise OSError(f"the disk is full: {path}")
        os.fsync(file)
    finally:
        os.close(file)


def read_tombstones(database: Path) -> Sequence[Tombstone]:
    """Return the latest tombstone of each number; lines that can't be read are left out."""
    path = tombstone_file(database)
    found: dict[str, Tombstone] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            known = json.loads(line)
            stone = Tombstone(str(known["number"]), float(known["at"]), str(known["by"]))
        except (ValueError, TypeError, KeyError):
            continue
        if stone.number not in found or found[stone.number].at < stone.at:
            found[stone.number] = stone
    return list(found.values())
