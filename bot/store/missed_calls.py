"""Missed calls without a callback, and which of them a conversation settles.

The state is derived from the calls on each read, so it doesn't depend on the order of reports.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.intervals import Interval
from bot.models.calls import Call, Outcome, call_from_reports
from bot.models.missed_calls import Claim, ClaimState, Ending, MissedCall, OpenCalls, Waiting
from bot.phone_numbers import is_whole
from bot.store.database.connection import Database
from bot.store.outbox.invalidation import CARDS_A_NUMBER, FOLLOW_SECONDS, show_cards_of

# Limits: missed calls read, newest first, and calls of one caller in a group.
MOST_LOOKED_AT, MOST_ALIKE = 2_000, 100

EVERY_ONE = -1

# Text that isn't a phone number ("anonymous") isn't one caller. The plus keeps SQLite from walking
# through all numbers in their order.
_WHOLE = "+{0}.remote_number glob '+[1-9]*'"

MISSED = (
    "{0}.outcome in ('missed', 'voicemail')"
    " and ({0}.direction is null or {0}.direction = 'incoming')"
)

TALK = "{0}.outcome in ('answered', 'in progress') and {0}.direction is not 'internal'"

LAST_TALK = (
    "(select talk.started_at from calls as talk where talk.remote_number = {0}"
    f" and {TALK.format('talk')} order by talk.started_at desc limit 1)"
)

# Spam needs no callback, so it counts as closed.
NOT_SAID = (
    "not exists (select 1 from closings where closings.call_id = missed.call_id)"
    " and not exists (select 1 from screened_numbers"
    " where screened_numbers.number = missed.remote_number and screened_numbers.kind = 'spam')"
)

# For few calls: each number is checked once per call.
OPEN = (
    f"{MISSED.format('missed')} and {NOT_SAID}"
    f" and (not {_WHOLE.format('missed')} or missed.remote_number is null"
    f" or missed.started_at >= coalesce({LAST_TALK.format('missed.remote_number')}, 0))"
)

# Each number is checked once, however many calls from it were missed.
_OPEN = f"""
with missed as materialized (
    select call_id, remote_number, started_at, hold from calls as missed
    where started_at >= ? and {MISSED.format("missed")} and {_WHOLE.format("missed")}
    order by started_at desc limit {MOST_LOOKED_AT}
), numbers as materialized (
    select remote_number, {LAST_TALK.format("missed.remote_number")} as talked
    from missed group by remote_number
)
select missed.call_id, missed.remote_number, claims.slack_user, claims.at
from missed join numbers using (remote_number) left join claims using (call_id)
where missed.started_at >= coalesce(numbers.talked, 0) and {NOT_SAID}
and (missed.hold is null or claims.slack_user is not null)
order by missed.started_at desc
"""

# The same for counting: of the bare columns beside `max` SQLite takes those of the latest call, and
# tries are counted only for the callers listed.
_CALLERS = f"""
with missed as materialized (
    select call_id, remote_number, started_at from calls as missed
    where {{where}} and {MISSED.format("missed")} and {_WHOLE.format("missed")} and {NOT_SAID}
    order by started_at desc limit ?
), latest as (
    select call_id, remote_number, max(started_at) as at from missed group by remote_number
), waiting as materialized (
    select *, count(*) over () as numbers from latest
    where not exists (
        select 1 from calls as talk where talk.remote_number = latest.remote_number
        and talk.started_at > latest.at and {TALK.format("talk")}
    )
    order by at desc limit ?
)
select call_id, facts, slack_user, numbers, (
    select count(*) from missed where missed.remote_number = waiting.remote_number
    and missed.started_at >= coalesce({LAST_TALK.format("waiting.remote_number")}, 0)
) as tries
from waiting join calls using (call_id) left join claims using (call_id) order by waiting.at desc
"""


class MissedCallQueue:
    """Missed calls and their state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, call: Call, *, counts_others: bool = True) -> ClaimState:
        """Return the claim state of a missed call; counting the caller's others takes longest."""
        row = self._database.row(
            "select slack_user, at from claims where call_id = ?", [call.call_id]
        )
        claim = Claim(row["slack_user"], row["at"]) if row else None
        if ending := self._ending(call):
            return ClaimState(claim, ending)
        tried = self._later(call, "outcome = 'unanswered'", "desc")
        if not counts_others:
            return ClaimState(claim, None, tried, 0)
        others = len(self._database.rows(*_open_calls_query(call.call_id, call.remote_number)))
        return ClaimState(claim, None, tried, max(0, others - 1))

    def all_since(self, moment: float) -> list[MissedCall]:
        """Return the callers since a time (unix seconds) who need a callback, the latest first.

        Calls that were never announced count if they are claimed.
        """
        return self.read(self.open_since(moment))

    def open_since(self, moment: float) -> list[OpenCalls]:
        """Return the same callers with the IDs of their calls only, which takes less time."""
        return _by_number(self._database.rows(_OPEN, [moment]))

    def read(self, found: Sequence[OpenCalls]) -> list[MissedCall]:
        """Return these callers with their calls, as far as they weren't deleted since."""
        ids = [call_id for one in found for call_id in one.call_ids]
        rows = self._database.rows(
            "select call_id, facts from calls where call_id in (select value from json_each(?))",
            [json.dumps(ids)],
        )
        calls = {
            row["call_id"]: call_from_reports(row["call_id"], json.loads(row["facts"]))
            for row in rows
        }
        known = [(one, tuple(calls[it] for it in one.call_ids if it in calls)) for one in found]
        return [MissedCall(of_caller, one.claim) for one, of_caller in known if of_caller]

    def callers(
        self, span: Interval, extension: str | None = None, *, listed: int, most: int = EVERY_ONE
    ) -> tuple[int, list[Waiting]]:
        """Return how many callers in a span need a callback, and the latest `listed` of them.

        Limited to an extension if one is given, and to the newest `most` missed calls. `owner` is
        the Slack user who claimed the last call.
        """
        own, given = ("extension = ? and", [extension]) if extension else ("", [])
        where = f"{own} started_at >= ? and started_at < ?"
        rows = self._database.rows(
            _CALLERS.format(where=where), [*given, span.start, span.end, most, listed]
        )
        found = [
            Waiting(
                call_from_reports(row["call_id"], json.loads(row["facts"])),
                row["tries"],
                row["slack_user"],
            )
            for row in rows
        ]
        return (rows[0]["numbers"] if rows else 0), found

    def _ending(self, call: Call) -> Ending | None:
        talk = self._later(call, TALK.format("calls"), "asc")
        row = self._database.row(
            "select slack_user, at from closings where call_id = ?", [call.call_id]
        )
        said = Ending(row["at"], slack_user=row["slack_user"]) if row else None
        told = Ending(talk.started_at or 0.0, talk) if talk else None
        if ending := min((one for one in (told, said) if one), key=_time_of, default=None):
            return ending
        row = self._database.row(
            "select by, at from screened_numbers where number = ? and kind = 'spam'",
            [call.remote_number],
        )
        return Ending(row["at"], slack_user=row["by"], is_spam=True) if row else None

    def _later(self, call: Call, what: str, order: str) -> Call | None:
        """Return the first or last call of a kind with the same number after a call."""
        row = self._database.row(
            f"select call_id, facts from calls where remote_number = ? and {_WHOLE.format('calls')}"
            f" and started_at > ? and {what} order by started_at {order} limit 1",
            [call.remote_number, call.started_at],
        )
        return call_from_reports(row["call_id"], json.loads(row["facts"])) if row else None


def _time_of(ending: Ending) -> float:
    return ending.at


def open_group_of(db: SqliteDatabase, call_id: str) -> list[str]:
    """Return the open missed calls from a call's number; empty if the call isn't open.

    Call it inside a write.
    """
    row = db.execute("select remote_number from calls where call_id = ?", [call_id]).fetchone()
    found = [one[0] for one in db.execute(*_open_calls_query(call_id, row[0]))] if row else []
    return found if call_id in found else []


def _open_calls_query(call_id: str, number: str | None) -> tuple[str, list[object]]:
    """Return the query for a number's open calls, and its arguments; the given call comes first."""
    asked = f"select call_id from calls as missed where {MISSED.format('missed')} and {NOT_SAID}"
    if not is_whole(number or ""):
        return f"{asked} and call_id = ?", [call_id]
    asked += f""" and remote_number = ?
        and (started_at is null or started_at >= coalesce({LAST_TALK.format("?")}, 0))
        order by call_id != ?, started_at desc limit {MOST_ALIKE}"""
    return asked, [number, number, call_id]


def _by_number(rows: Iterable[sqlite3.Row]) -> list[OpenCalls]:
    found: dict[str, OpenCalls] = {}
    for row in rows:
        number = row["remote_number"]
        claim = Claim(row["slack_user"], row["at"]) if row["slack_user"] else None
        known = found.get(number, OpenCalls(number, ()))
        ids = (*known.call_ids, row["call_id"])
        found[number] = OpenCalls(number, ids, known.claim or claim)
    return list(found.values())


# Both queries look up a call's conversation once, and not once per missed call of its number: a
# caller with a thousand calls would block every other write. A call settles, or tries to settle,
# what was missed between the previous conversation and itself.
_BEFORE = f"""
with changed as materialized (
    select remote_number, started_at, max(started_at - {FOLLOW_SECONDS}, coalesce((
        select talk.started_at from calls as talk
        where talk.remote_number = calls.remote_number
        and talk.started_at < calls.started_at and {TALK.format("talk")}
        order by talk.started_at desc limit 1), 0)) as since
    from json_each(?) as told cross join calls on calls.call_id = told.value
)
select missed.call_id from changed
cross join calls as missed on missed.remote_number = changed.remote_number
    and missed.started_at < changed.started_at and missed.started_at >= changed.since
where {MISSED.format("missed")}
and exists (select 1 from posts where subject_kind = 'call' and subject = missed.call_id)
order by missed.started_at desc limit ?
"""

# The owner of a caller's missed calls also owns the next one.
_INHERIT = f"""
with changed as materialized (
    select call_id, remote_number, started_at,
           coalesce({LAST_TALK.format("calls.remote_number")}, 0) as talked
    from json_each(?) as told cross join calls on calls.call_id = told.value
    where {MISSED.format("calls")}
)
insert or ignore into claims (call_id, slack_user, at)
select changed.call_id, claims.slack_user, claims.at from changed
cross join calls as missed on missed.remote_number = changed.remote_number
    and missed.call_id != changed.call_id and missed.started_at >= changed.talked
cross join claims on claims.call_id = missed.call_id
where changed.started_at >= changed.talked and {MISSED.format("missed")} and {NOT_SAID}
order by claims.at
"""


def follow_calls(db: SqliteDatabase, changed: Iterable[Call]) -> None:
    """Update the cards of missed calls that these calls affect. Call it inside a write."""
    told = [
        one
        for one in changed
        if one.outcome is not Outcome.RINGING and is_whole(one.remote_number or "")
    ]
    if missed := [one.call_id for one in told if one.is_to_be_called_back]:
        db.execute(_INHERIT, [json.dumps(missed)])
    if told:
        ids = [one.call_id for one in told]
        before = db.execute(_BEFORE, [json.dumps(ids), CARDS_A_NUMBER * len(ids)]).fetchall()
        if found := {row[0] for row in before} - set(ids):
            show_cards_of(db, found)
