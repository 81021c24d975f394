"""Owns who does not want to be written to."""

from dataclasses import dataclass

from bot.store.connection import Database

MOST_LISTED = 500


@dataclass(frozen=True)
class OptOut:
    """A number (E.164) to which nothing is sent; since when (unix seconds)."""

    number: str
    at: float


class OptOuts:
    """Opt-outs, by number; the intake of texts writes them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def of(self, number: str | None) -> OptOut | None:
        """Give the opt-out of a number, if there is one."""
        row = self._database.row(
            "select number, at from opt_outs where number = ? and is_out", [number]
        )
        return OptOut(row["number"], row["at"]) if row else None

    def all(self) -> list[OptOut]:
        """Give them all, the latest first."""
        rows = self._database.rows(
            "select number, at from opt_outs where is_out order by at desc limit ?", [MOST_LISTED]
        )
        return [OptOut(row["number"], row["at"]) for row in rows]

    def count(self) -> int:
        """How many are there?"""
        row = self._database.row("select count(*) as n from opt_outs where is_out")
        return row["n"] if row else 0
