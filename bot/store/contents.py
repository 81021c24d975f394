"""Owns how much the database holds: its rows, and its bytes on the disk."""

from pathlib import Path
from typing import Literal

from bot.store.connection import Database


def count_rows(database: Database, table: Literal["calls", "contacts"]) -> int:
    """How many rows does a table have?"""
    row = database.row(f"select count(*) as n from {table}")
    return int(row["n"]) if row else 0


def size_on_disk(path: Path) -> int:
    """How many bytes do the database and what was written last take up?"""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
