"""Owns having the cards of calls made anew, where something that they show has changed."""

import json
from collections.abc import Collection

from sqlite_utils import Database as SqliteDatabase

from bot.store.outbox.batches import follow_calls_in_bundles

# Which cards follow: older ones nobody looks at, and edits are rationed.
FOLLOW_SECONDS, CARDS_A_NUMBER = 30 * 86_400, 20
POSTS_A_CHANNEL = 100  # two minutes of edits


def mark_cards_stale(db: SqliteDatabase, number: str, *, now: float) -> int:
    """Have the newest cards of calls with a number (E.164) made anew; give how many.

    For use inside a write. Only cards that stand or are on their way: where else calls go now is
    for new calls.
    """
    found = db.execute(
        "select call_id from calls where remote_number = ? and coalesce(started_at, ?) >= ?"
        " and exists (select 1 from posts where subject_kind = 'call' and subject = call_id)"
        " order by started_at desc limit ?",
        [number, now, now - FOLLOW_SECONDS, CARDS_A_NUMBER],
    ).fetchall()
    show_cards_of(db, [row[0] for row in found])
    return len(found)


def show_card_of(db: SqliteDatabase, call_id: str) -> None:
    """Have the cards of one call made anew; for use inside a write."""
    show_cards_of(db, [call_id])


def show_cards_of(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Have the cards of calls made anew; for use inside a write."""
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
    follow_calls_in_bundles(db, call_ids)


def show_posts_in(db: SqliteDatabase, channel: str) -> None:
    """Have the newest posts of a channel made anew; for use inside a write.

    Those on their way too: what is about to be sent may have been made before. Files cannot be
    edited.
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
    # A text's own version comes back with each change of it, and must not be met already.
    db.execute(
        "update posts set wanted = case subject_kind"
        " when 'text' then (select version from texts where text_id = subject)"
        " else wanted + 1 end"
        " where subject_kind <> 'call' and post_id in (select value from json_each(?))",
        [json.dumps([post_id for post_id, *_ in found])],
    )
