"""Routing rules: one versioned document."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlite_utils import Database as SqliteDatabase

from bot.models.rules import Rule, Rulebook
from bot.store.database.connection import Database

# Enough old versions to look up how the rules were before a change.
VERSIONS_KEPT = 50


class Rules:
    """The rules, read from the disk only when they changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read = Rulebook()

    def book(self) -> Rulebook:
        """Return the current rules: the same object until any process changes them."""
        row = self._database.row("select max(version) as version from rulebooks")
        version = (row and row["version"]) or 0
        if version != self._read.version:
            row = self._database.row("select told from rulebooks where version = ?", [version])
            told = json.loads(row["told"]) if row else []
            self._read = Rulebook(version, tuple(Rule.from_json(one) for one in told))
        return self._read

    def replace(
        self, seen: Rulebook, rules: Sequence[Rule], *, by: str, now: float, token: str = ""
    ) -> bool:
        """Replace the rules; return False if they changed since `seen`.

        `token` is the form's idempotency key, and is recorded with the change.
        """
        told = json.dumps([asdict(one) for one in rules])

        def work(db: SqliteDatabase) -> bool:
            made = db.execute(
                "insert into rulebooks select ?, ?, ?, ? where ? ="
                " (select coalesce(max(version), 0) from rulebooks)",
                [seen.version + 1, told, now, by, seen.version],
            )
            if made.rowcount < 1:
                return False
            if token:
                db.execute("insert or ignore into submissions values (?, ?)", [token, now])
            db.execute("delete from rulebooks where version <= ?", [seen.version - VERSIONS_KEPT])
            return True

        return self._database.write(work)
