"""Enqueueing of posts: now, deferred during quiet hours, or in a batch."""

import json
from collections.abc import Mapping

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import RoutableCall
from bot.models.channels import DeliveryPolicy
from bot.models.outbox import NOTE, Subject
from bot.models.rules import How, Why
from bot.store.outbox.batches import (
    add_to_burst,
    add_to_quiet_batch,
    remove_from_quiet_batch,
    update_batches_of,
)
from bot.store.outbox.rows import insert_post, why_as_json

MINUTE = 60.0
# The head of the thread of a call in a channel: the card, or the message that shows its call.
_HEAD = (
    "select coalesce((select post_id from posts as told where told.channel = ?1"
    " and told.subject_kind = iif(card.bundle is null, 'notice', 'bundle')"
    " and told.subject = coalesce(cast(card.bundle as text), card.parked)), post_id)"
    " from posts as card where subject_kind = 'call' and subject = ?2 and channel = ?1"
)
_SHARED = (
    "insert or ignore into posts (subject_kind, subject, channel, wanted, created_at, why)"
    " select 'call', call_id, ?, version, ?, ? from calls where call_id = ?"
)


def route_call(
    db: SqliteDatabase,
    routed: RoutableCall,
    places: Mapping[str, Why],
    receptions: Mapping[str, DeliveryPolicy],
    now: float,
) -> None:
    """Queue a call for channels, each with the reason. Call it inside a write."""
    call_id = routed.call.call_id
    for channel, why in places.items():
        enqueue_card(db, routed, channel, why, receptions[channel], now)
    db.execute(
        "update posts set wanted = ?, urgent = ? where subject_kind = 'call' and subject = ?",
        [routed.version, routed.call.needs_a_call_back, call_id],
    )
    db.execute(
        "update calls set routed = ? where call_id = ? and routed < ?",
        [routed.version, call_id, routed.version],
    )
    update_batches_of(db, [call_id])


def enqueue_card(
    db: SqliteDatabase,
    routed: RoutableCall,
    channel: str,
    why: Why,
    reception: DeliveryPolicy,
    now: float,
) -> None:
    """Queue a call for a channel, as its delivery policy says, unless it is queued already."""
    call_id = routed.call.call_id
    lately = _cards_lately(db, channel, now) if reception.most_a_minute else 0
    is_new = insert_post(
        db, Subject.CALL, call_id, channel, routed.version, now, why=why_as_json(why)
    )
    if not is_new and why.how is not How.UNPLACED:
        db.execute(
            "update posts set why = ? where subject_kind = 'call' and subject = ? and channel = ?"
            " and json_extract(why, '$.how') = ?",
            [why_as_json(why), call_id, channel, How.UNPLACED],
        )
    if why.at_once:
        remove_from_quiet_batch(db, call_id, channel)
    elif is_new and reception.is_quiet:
        add_to_quiet_batch(db, call_id, channel, now)
    elif is_new and lately >= reception.most_a_minute > 0:
        bundle, is_first = add_to_burst(db, call_id, channel, now)
        if is_first:
            insert_post(db, Subject.BUNDLE, str(bundle), channel, 1, now)
    if is_new:
        _enqueue_notes(db, call_id, channel, now)


def share_card(db: SqliteDatabase, call_id: str, channel: str, *, why: str, now: float) -> bool:
    """Queue a call for a channel; return False if it is there. Call it inside a write.

    `why` is a `Why` as JSON.
    """
    is_new = db.execute(_SHARED, [channel, now, why, call_id]).rowcount > 0
    if is_new:
        _enqueue_notes(db, call_id, channel, now)
    return is_new


def head_of(db: SqliteDatabase, call_id: str, channel: str) -> int:
    """Return the post under which messages about a call go in a channel that has it."""
    return int(db.execute(_HEAD, [channel, call_id]).fetchone()[0])


def enqueue_note(db: SqliteDatabase, note_id: int, call_id: str, channel: str, now: float) -> None:
    """Queue a note for the thread of its call in a channel. Call it inside a write."""
    notice_id, detail = f"{NOTE} {note_id}", {"note_id": note_id, "call_id": call_id}
    db.execute(
        "insert or ignore into notices values (?, ?, ?)", [notice_id, NOTE, json.dumps(detail)]
    )
    head = head_of(db, call_id, channel)
    insert_post(db, Subject.NOTICE, notice_id, channel, 1, now, under=head)


def _enqueue_notes(db: SqliteDatabase, call_id: str, channel: str, now: float) -> None:
    """Queue the notes that a call had before it got a card in a channel."""
    rows = db.execute(
        "select note_id from customer_notes where call_id = ? order by note_id", [call_id]
    )
    for (note_id,) in rows.fetchall():
        enqueue_note(db, note_id, call_id, channel, now)


def _cards_lately(db: SqliteDatabase, channel: str, now: float) -> int:
    """Return how many calls a channel was given within the last minute."""
    row = db.execute(
        "select count(*) from posts where subject_kind = 'call' and channel = ? and created_at > ?"
        " and created_at <= ?",  # later ones are from a time when the clock was ahead
        [channel, now - MINUTE, now],
    ).fetchone()
    return int(row[0])
