"""Owns what calls change for missed ones: who takes care of them, and which cards show it."""

import json
from collections.abc import Iterable

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import Call, Outcome
from bot.phone_numbers import is_whole
from bot.store.missed_calls import LAST_TALK, MISSED, NOT_SAID, TALK
from bot.store.outbox.invalidation import CARDS_A_NUMBER, FOLLOW_SECONDS, show_cards_of

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
