"""Owns what calls change for missed ones: who takes care of them, and which cards show it."""

import json
from collections.abc import Iterable

from sqlite_utils import Database as SqliteDatabase

from bot.calls import Call, Outcome
from bot.phones import is_whole
from bot.store.cards import CARDS_A_NUMBER, FOLLOW_SECONDS, show_cards_of
from bot.store.open_calls import LAST_TALK, MISSED, NOT_SAID, TALK

# A call settles, or tries to settle, what was missed between the conversation before and itself.
_BEFORE = f"""
select missed.call_id from json_each(?) as told
cross join calls as changed on changed.call_id = told.value
cross join calls as missed on missed.remote_number = changed.remote_number
    and missed.started_at < changed.started_at
    and missed.started_at >= changed.started_at - {FOLLOW_SECONDS}
    and missed.started_at >= coalesce((
        select talk.started_at from calls as talk
        where talk.remote_number = changed.remote_number
        and talk.started_at < changed.started_at and {TALK.format("talk")}
        order by talk.started_at desc limit 1), 0)
where {MISSED.format("missed")}
and exists (select 1 from posts where subject_kind = 'call' and subject = missed.call_id)
order by missed.started_at desc limit ?
"""
# Whoever takes care of a caller does so when they call again.
_INHERIT = f"""
insert or ignore into claims (call_id, slack_user, at)
select changed.call_id, claims.slack_user, claims.at from json_each(?) as told
cross join calls as changed on changed.call_id = told.value and {MISSED.format("changed")}
cross join calls as missed on missed.remote_number = changed.remote_number
    and missed.call_id != changed.call_id and {MISSED.format("missed")}
cross join claims on claims.call_id = missed.call_id
where {NOT_SAID}
and min(missed.started_at, changed.started_at)
    >= coalesce({LAST_TALK.format("changed.remote_number")}, 0)
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
