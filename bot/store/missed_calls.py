"""Missed calls that nobody called back, and what a conversation closes.

It is read from the calls each time, and so does not depend on the order in which they are told.
"""

import json
import sqlite3
from collections.abc import Iterable

from sqlite_utils import Database as SqliteDatabase

from bot.intervals import Interval
from bot.models.calls import Call, Outcome, call_from_reports
from bot.models.missed_calls import Claim, ClaimState, Ending, MissedCall, Waiting
from bot.phone_numbers import is_whole
from bot.store.database.connection import Database
from bot.store.outbox.invalidation import CARDS_A_NUMBER, FOLLOW_SECONDS, show_cards_of

# So many missed calls are looked through, the newest first, and so many are one thing to do.
MOST_LOOKED_AT, MOST_ALIKE = 2_000, 100

EVERY_ONE = -1

# What is no phone number ("anonymous") is not one caller. The plus keeps SQLite from walking
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

NOT_SAID = "not exists (select 1 from closings where closings.call_id = missed.call_id)"

# Each number is looked at once, however many calls of it were missed.
_OPEN = f"""
with missed as materialized (
    select call_id, remote_number, started_at, facts, hold from calls as missed
    where started_at >= ? and {MISSED.format("missed")} and {_WHOLE.format("missed")}
    order by started_at desc limit {MOST_LOOKED_AT}
), numbers as materialized (
    select remote_number, {LAST_TALK.format("missed.remote_number")} as talked
    from missed group by remote_number
)
select missed.call_id, missed.remote_number, missed.facts, claims.slack_user, claims.at
from missed join numbers using (remote_number) left join claims using (call_id)
where missed.started_at >= coalesce(numbers.talked, 0) and {NOT_SAID}
and (missed.hold is null or claims.slack_user is not null)
order by missed.started_at desc
"""

# The same for counting: of the bare columns beside `max` SQLite takes those of the latest call, and
# tries are counted for those alone who are listed.
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
    """Missed calls, and how they stand."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def standing(self, call: Call) -> ClaimState:
        """Say how a missed call stands."""
        row = self._database.row(
            "select slack_user, at from claims where call_id = ?", [call.call_id]
        )
        claim = Claim(row["slack_user"], row["at"]) if row else None
        if ending := self._ending(call):
            return ClaimState(claim, ending)
        tried = self._later(call, "outcome = 'unanswered'", "desc")
        others = len(self._database.rows(*_alike(call.call_id, call.remote_number)))
        return ClaimState(claim, None, tried, max(0, others - 1))

    def all_since(self, moment: float) -> list[MissedCall]:
        """Who is to be called back of those who called since a moment (unix seconds)?

        The one who called last comes first. Calls that were never told of count where claimed.
        """
        return _by_number(self._database.rows(_OPEN, [moment]))

    def callers(
        self, span: Interval, extension: str | None = None, *, listed: int, most: int = EVERY_ONE
    ) -> tuple[int, list[Waiting]]:
        """Give how many numbers wait since they called in a span, and the latest `listed`.

        At an extension, where one is given; of the missed calls `most` are looked through, the
        newest first. `owner` is the Slack user who takes care of the last call.
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
        return min((one for one in (told, said) if one), key=lambda one: one.at, default=None)

    def _later(self, call: Call, what: str, order: str) -> Call | None:
        """Give the first or the last call of a kind with the same number, after a call."""
        row = self._database.row(
            f"select call_id, facts from calls where remote_number = ? and {_WHOLE.format('calls')}"
            f" and started_at > ? and {what} order by started_at {order} limit 1",
            [call.remote_number, call.started_at],
        )
        return call_from_reports(row["call_id"], json.loads(row["facts"])) if row else None


def open_with(db: SqliteDatabase, call_id: str) -> list[str]:
    """Give the missed calls that are one thing to do with a call; none where it is not open.

    For use inside a write.
    """
    row = db.execute("select remote_number from calls where call_id = ?", [call_id]).fetchone()
    found = [one[0] for one in db.execute(*_alike(call_id, row[0]))] if row else []
    return found if call_id in found else []


def _alike(call_id: str, number: str | None) -> tuple[str, list[object]]:
    """Give the question for the open calls of a number, and its arguments; the call comes first."""
    asked = f"select call_id from calls as missed where {MISSED.format('missed')} and {NOT_SAID}"
    if not is_whole(number or ""):
        return f"{asked} and call_id = ?", [call_id]
    asked += f""" and remote_number = ?
        and (started_at is null or started_at >= coalesce({LAST_TALK.format("?")}, 0))
        order by call_id != ?, started_at desc limit {MOST_ALIKE}"""
    return asked, [number, number, call_id]


def _by_number(rows: Iterable[sqlite3.Row]) -> list[MissedCall]:
    found: dict[str, MissedCall] = {}
    for row in rows:
        call = call_from_reports(row["call_id"], json.loads(row["facts"]))
        claim = Claim(row["slack_user"], row["at"]) if row["slack_user"] else None
        known = found.get(row["remote_number"], MissedCall(()))
        found[row["remote_number"]] = MissedCall((*known.calls, call), known.claim or claim)
    return list(found.values())


# Both look once for a call's conversation, and not once for each missed call of its number: who
# calls a thousand times would keep every other write waiting.
# A call settles, or tries to settle, what was missed between the conversation before and itself.
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

# Whoever takes care of a caller does so when they call again.
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
    """Have the cards show what these calls change for missed ones; for use inside a write."""
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
