"""Invalidation: marking cards as stale when something that they show has changed."""

import json
from collections.abc import Collection

from sqlite_utils import Database as SqliteDatabase

from bot.store.outbox.batches import update_batches_of

# Which cards are updated: few people read older ones, and Slack limits edits.
FOLLOW_SECONDS, CARDS_A_NUMBER = 30 * 86_400, 20
POSTS_A_CHANNEL = 100  # two minutes of edits


def mark_cards_stale(db: SqliteDatabase, number: str, *, now: float) -> int:
    """Mark the newest cards of calls with a number (E.164) as stale; return how many.

    Call it inside a write. Only cards that are posted or queued: a new routing applies to new calls
    only.
    """
    found = db.execute(
        "select call_id from calls where remote_number = ? and coalesce(started_at, ?) >= ?"
        " and exists (select 1 from posts where subject_kind = 'call' and subject = call_id)"
        " order by started_at desc limit ?",
        [number, now, now - FOLLOW_SECONDS, CARDS_A_NUMBER],
    ).fetchall()
    show_cards_of(db, [row[0] for row in found])
    return len(found)


def mark_threads_stale(db: SqliteDatabase, number: str) -> int:
    """Mark the heads of a number's threads as stale; return how many. Call it inside a write."""
    return db.execute(
        "update posts set wanted = wanted + 1 where subject_kind = 'conversation' and subject = ?",
        [number],
    ).rowcount


def show_card_of(db: SqliteDatabase, call_id: str) -> None:
    """Mark the cards of one call as stale. Call it inside a write."""
    show_cards_of(db, [call_id])


def show_cards_of(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Mark the cards of calls as stale. Call it inside a write."""
    ids = json.dumps(list(call_ids))
    db.execute(
        "update calls set version = version + 1, routed = routed + (routed = version)"
        " where call_id in (select value from json_each(?))",
        [ids],
    )
    db.execute(
        "update posts set wanted = (select version from calls where call_id = subject)"
        " where subject_kind = 'call' and subject in (select value from json_each(?))",
        [ids],
    )
    update_batches_of(db, call_ids)


def show_posts_in(db: SqliteDatabase, channel: str) -> None:
    """Mark the newest posts of a channel as stale. Call it inside a write.

    Including queued posts, which may be rendered already. Files can't be edited.
    """
    found = db.execute(
        "select post_id, subject_kind, subject from posts where channel = ?"
        " and subject_kind <> 'media' order by post_id desc limit ?",
        [channel, POSTS_A_CHANNEL],
    ).fetchall()
    show_cards_of(db, [subject for _, kind, subject in found if kind == "call"])
    texts = json.dumps([subject for _, kind, subject in found if kind == "text"])
    db.execute(
        "update texts set version = version + 1, routed = routed + (routed = version)"
        " where text_id in (select value from json_each(?))",
        [texts],
    )
    # Each change of a text sets its own version again, so the new value must be different.
    db.execute(
        "update posts set wanted = case subject_kind"
        " when 'text' then (select version from texts where text_id = subject)"
        " else wanted + 1 end"
        " where subject_kind <> 'call' and post_id in (select value from json_each(?))",
        [json.dumps([post_id for post_id, *_ in found])],
    )
