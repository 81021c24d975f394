"""Numbers that people marked as spam or as no customer, and frequent unknown callers."""

import json
import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.intervals import Interval
from bot.models.calls import Call, call_from_reports
from bot.models.screening import ScreenedNumber, ScreenKind, UnknownCaller
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.missed_calls import MISSED
from bot.store.outbox.invalidation import mark_cards_stale

_COLUMNS = "number, kind, by, at"
# Numbers that call most often are among the newest calls; reading all of a busy month would take
# longer than a modal may.
MOST_READ = 10_000
_UNKNOWN = f"""
with lately as materialized (
    select remote_number, outcome, direction from calls
    where started_at >= ? and started_at < ? order by started_at desc limit {MOST_READ}
), callers as (
    select remote_number as number, count(*) as calls, sum({MISSED.format("lately")}) as missed
    from lately where coalesce(direction, 'incoming') = 'incoming'
    and +remote_number glob '+[1-9]*' group by remote_number
)
select number, calls, missed from callers
where not exists (select 1 from contact_numbers where contact_numbers.number = callers.number)
and not exists (select 1 from screened_numbers where screened_numbers.number = callers.number)
order by calls desc, number limit ?
"""


class ScreenedNumbers:
    """Marked numbers (E.164)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, number: str | None) -> ScreenedNumber | None:
        """Return the mark of a number; None if it has none."""
        row = number and self._database.row(
            f"select {_COLUMNS} from screened_numbers where number = ?", [number]
        )
        return _screened(row) if row else None

    def is_spam(self, number: str | None) -> bool:
        """Return whether a number is marked as spam."""
        found = self.of(number)
        return found is not None and found.is_spam

    def listed(self, limit: int, offset: int = 0) -> list[ScreenedNumber]:
        """Return the marked numbers: spam first, and of each kind the latest first."""
        rows = self._database.rows(
            f"select {_COLUMNS} from screened_numbers order by kind desc, at desc limit ? offset ?",
            [limit, offset],
        )
        return [_screened(row) for row in rows]

    def count(self, kind: ScreenKind) -> int:
        """Return how many numbers are marked as this."""
        row = self._database.row(
            "select count(*) as n from screened_numbers where kind = ?", [kind]
        )
        return int(row["n"]) if row else 0

    def mark(self, number: str, kind: ScreenKind, *, by: str, now: float) -> bool:
        """Mark a number, and update its cards; return False if it has this mark already."""

        def work(db: SqliteDatabase) -> bool:
            known = db.execute(
                "select kind from screened_numbers where number = ?", [number]
            ).fetchone()
            if known == (kind,):
                return False
            db.execute(
                "insert or replace into screened_numbers values (?, ?, ?, ?)",
                [number, kind, by, now],
            )
            record_action(db, by, f"number marked: {_WORDS[kind]}", number, now=now)
            mark_cards_stale(db, number, now=now)
            return True

        return self._database.write(work)

    def unmark(self, number: str, *, by: str, now: float) -> ScreenKind | None:
        """Remove the mark of a number; return what it was marked as, None if it had no mark."""

        def work(db: SqliteDatabase) -> ScreenKind | None:
            row = db.execute(
                "delete from screened_numbers where number = ? returning kind", [number]
            ).fetchone()
            if row is None:
                return None
            kind = ScreenKind(row[0])
            record_action(db, by, f"mark removed: {_WORDS[kind]}", number, now=now)
            mark_cards_stale(db, number, now=now)
            return kind

        return self._database.write(work)

    def spam_calls(self, span: Interval, extension: str | None = None) -> int:
        """Return how many calls from numbers that are spam now began in a span."""
        own, given = ("and extension = ?", [extension]) if extension else ("", [])
        row = self._database.row(
            "select count(*) as n from screened_numbers cross join calls"
            " on calls.remote_number = screened_numbers.number"
            " and started_at >= ? and started_at < ?"
            f" where kind = 'spam' and coalesce(direction, 'incoming') = 'incoming' {own}",
            [span.start, span.end, *given],
        )
        return int(row["n"]) if row else 0

    def frequent_unknown(self, span: Interval, limit: int) -> list[UnknownCaller]:
        """Return the numbers without a contact or a mark that called most often in a span."""
        rows = self._database.rows(_UNKNOWN, [span.start, span.end, limit])
        return [
            UnknownCaller(self._latest(row["number"]), row["calls"], row["missed"] or 0)
            for row in rows
        ]

    def _latest(self, number: str) -> Call:
        row = self._database.row(
            "select call_id, facts from calls where remote_number = ?"
            " order by started_at desc limit 1",
            [number],
        )
        return call_from_reports(row["call_id"], json.loads(row["facts"])) if row else Call("")


_WORDS = {ScreenKind.SPAM: "spam", ScreenKind.NOT_CUSTOMER: "not a customer"}


def _screened(row: sqlite3.Row) -> ScreenedNumber:
    return ScreenedNumber(row["number"], ScreenKind(row["kind"]), row["by"], row["at"])
