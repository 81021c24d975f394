"""Missed callers of a period, and when someone called them back."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

from bot.intervals import Interval
from bot.models.callback_times import CallbackWait
from bot.store.database.connection import Database
from bot.store.missed_calls import MISSED, TALK

# A callback later than this no longer counts.
LONGEST_WAIT = 7 * 86_400.0
# Callers of the newest missed calls.
MOST_MISSED = 20_000

_EVENTS = f"""
with callers as materialized (
    select distinct remote_number as number from (
        select remote_number from calls as missed
        where {{own}} started_at >= :start and started_at < :end and {MISSED.format("missed")}
        and +remote_number glob '+[1-9]*'
        order by started_at desc limit :most
    )
    where not exists (
        select 1 from screened_numbers
        where screened_numbers.number = remote_number and kind = 'spam'
    )
)
select calls.remote_number, calls.started_at, calls.extension, calls.company_number,
    {MISSED.format("calls")} and {{own}} calls.started_at < :end as is_missed,
    (calls.direction = 'outgoing' or {TALK.format("calls")}) as is_callback,
    closings.slack_user, closings.at
from callers cross join calls on calls.remote_number = callers.number
    and calls.started_at >= :start and calls.started_at < :latest
left join closings on closings.call_id = calls.call_id
order by calls.remote_number, calls.started_at
"""


class CallbackLog:
    """Missed callers, each once until someone called them back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(
        self, span: Interval, extension: str | None = None, *, most: int = MOST_MISSED
    ) -> list[CallbackWait]:
        """Return the callers who were missed in a span, at an extension if one is given.

        An unanswered callback counts, too. Spam doesn't. Of the missed calls, the newest `most`
        are read.
        """
        own = "" if extension is None else "extension = :extension and"
        rows = self._database.rows(
            _EVENTS.format(own=own),
            {
                "start": span.start,
                "end": span.end,
                "latest": span.end + LONGEST_WAIT,
                "most": most,
                **({} if extension is None else {"extension": extension}),
            },
        )
        return [
            wait
            for _, events in groupby(rows, key=lambda row: row["remote_number"])
            for wait in _waits(events)
        ]


def _waits(events: Iterable[sqlite3.Row]) -> Iterator[CallbackWait]:
    """Yield the waits of one caller; `events` are their calls, the oldest first."""
    missed: list[sqlite3.Row] = []
    for row in events:
        if missed and row["is_callback"]:
            yield _ended(missed, row)
            missed = []
        # Marked as called back before this call: the wait was over, and a new one may begin.
        if missed and (marked := _marked(missed)) and marked["at"] <= row["started_at"]:
            yield _ended(missed, None)
            missed = []
        if row["is_missed"]:
            missed.append(row)
    if missed:
        yield _ended(missed, None)


def _marked(missed: list[sqlite3.Row]) -> sqlite3.Row | None:
    """Return the call that was first marked as called back."""
    marked = [row for row in missed if row["at"] is not None]
    return min(marked, key=lambda row: row["at"], default=None)


def _ended(missed: list[sqlite3.Row], callback: sqlite3.Row | None) -> CallbackWait:
    first, marked = missed[0], _marked(missed)
    since, line = first["started_at"], first["company_number"]
    if marked and (callback is None or marked["at"] <= callback["started_at"]):
        return CallbackWait(since, line, marked["at"], slack_user=marked["slack_user"])
    if callback is None:
        return CallbackWait(since, line)
    return CallbackWait(since, line, callback["started_at"], callback["extension"])
