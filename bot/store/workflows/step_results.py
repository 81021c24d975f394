"""Results of steps in Slack's workflows, until Slack has them."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

# Slack sends an event again for minutes, and no result is reported later than a day.
KEEP_SECONDS = 7 * 86_400.0
# The steps whose results name callers.
NAMING_CALLERS = ("look_up_contact", "search_calls")
ERASED = "A phone number was erased before Slack had the result. Run the workflow again."


@dataclass(frozen=True)
class StepResult:
    """How a step ended: with outputs, or with an error that the workflow shows."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True)
class PendingResult:
    """A result that Slack doesn't have yet; `made_at` in unix seconds, `tries` so far."""

    execution_id: str
    step: str
    result: StepResult
    made_at: float
    tries: int


class StepResults:
    """One row for each run of a step, by Slack's ID of the run.

    The row stays after Slack has the result, so that an event that is sent twice does nothing
    twice; what the result says is deleted then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def knows(self, execution_id: str) -> bool:
        """Return whether a step has run."""
        row = self._database.row(
            "select 1 from step_results where execution_id = ?", [execution_id]
        )
        return row is not None

    def add(self, execution_id: str, step: str, result: StepResult, *, now: float) -> None:
        """Store the result of a step, unless there is one; delete old rows."""

        def work(db: SqliteDatabase) -> None:
            db.execute("delete from step_results where made_at < ?", [now - KEEP_SECONDS])
            db.execute(
                "insert or ignore into step_results (execution_id, step, result, made_at, next_try)"
                " values (?, ?, ?, ?, ?)",
                [execution_id, step, json.dumps(asdict(result)), now, now],
            )

        self._database.write(work)

    def has_due(self, *, now: float) -> bool:
        """Return whether a result should be reported now."""
        return self.next_due(now=now) is not None

    def next_due(self, *, now: float) -> PendingResult | None:
        """Return the result to report next, the oldest first."""
        row = self._database.row(
            "select execution_id, step, result, made_at, tries from step_results"
            " where reported_at is null and next_try <= ? order by made_at, execution_id limit 1",
            [now],
        )
        return _pending(row) if row else None

    def waiting(self, *, before: float | None = None) -> int:
        """Return how many results Slack doesn't have yet, of those made before a time."""
        row = self._database.row(
            "select count(*) as n from step_results where reported_at is null"
            " and made_at < coalesce(?, made_at + 1)",
            [before],
        )
        return row["n"] if row else 0

    def last_run(self) -> float | None:
        """Return when a step last ran (unix seconds), in the last days."""
        row = self._database.row("select max(made_at) as at from step_results")
        return row["at"] if row else None

    def settle(self, execution_id: str, *, now: float) -> None:
        """Note that Slack has a result, or will never take it, and delete what it says."""
        self._database.write(
            lambda db: db.execute(
                "update step_results set reported_at = ?, result = null where execution_id = ?",
                [now, execution_id],
            )
        )

    def try_again(self, execution_id: str, *, at: float) -> None:
        """Report a result again at a time (unix seconds)."""
        self._database.write(
            lambda db: db.execute(
                "update step_results set tries = tries + 1, next_try = ? where execution_id = ?",
                [at, execution_id],
            )
        )

    def hold_all(self, *, until: float) -> None:
        """Report nothing before a time (unix seconds), because Slack limits requests."""
        self._database.write(
            lambda db: db.execute(
                "update step_results set next_try = max(next_try, ?) where reported_at is null",
                [until],
            )
        )

    def replace(self, execution_id: str, result: StepResult) -> None:
        """Replace a result that Slack doesn't have yet."""
        self._database.write(
            lambda db: db.execute(
                "update step_results set result = ? where execution_id = ? and reported_at is null",
                [json.dumps(asdict(result)), execution_id],
            )
        )


def erase_results(db: SqliteDatabase) -> None:
    """Erase the results that Slack doesn't have yet and that may name callers, for any number.

    They are in words that can't be searched for one number. Errors of any step may repeat a number
    that was typed. Call it inside a write.
    """
    db.execute(
        "update step_results set result = ? where reported_at is null"
        " and (step in (select value from json_each(?))"
        " or json_extract(result, '$.error') is not null)",
        [json.dumps(asdict(StepResult(error=ERASED))), json.dumps(NAMING_CALLERS)],
    )


def _pending(row: sqlite3.Row) -> PendingResult:
    return PendingResult(
        row["execution_id"],
        row["step"],
        StepResult(**json.loads(row["result"])),
        row["made_at"],
        row["tries"],
    )
