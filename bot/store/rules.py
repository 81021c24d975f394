"""Routing rules: one versioned document."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.rules import Rule, Rulebook
from bot.store.database.connection import Database

# Enough old versions to look up how the rules were before a change.
VERSIONS_KEPT = 50


@dataclass(frozen=True)
class RulesVersion:
    """One version of the rules: when (unix seconds) and by whom it was made."""

    version: int
    made_at: float
    made_by: str
    rules: tuple[Rule, ...]


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

    def versions(self, most: int = VERSIONS_KEPT) -> list[RulesVersion]:
        """Return the last versions, the newest first."""
        rows = self._database.rows(
            "select version, told, made_at, made_by from rulebooks order by version desc limit ?",
            [most],
        )
        return [
            RulesVersion(
                row["version"],
                row["made_at"],
                row["made_by"],
                tuple(Rule.from_json(one) for one in json.loads(row["told"])),
            )
            for row in rows
        ]

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
