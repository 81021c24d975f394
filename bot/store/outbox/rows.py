"""Rows of posts: inserting one, and why it is there."""

import json
from dataclasses import asdict

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject
from bot.models.rules import Why


def insert_post(
    db: SqliteDatabase,
    kind: Subject,
    subject: str,
    channel: str,
    wanted: int,
    now: float,
    parked: str | None = None,
    *,
    under: int | None = None,
    aloud: bool = False,
    why: str | None = None,
) -> bool:
    """Have a subject shown in a channel; False if that is so already. For use inside a write.

    `why` is a `Why` as JSON; the one written first stays.
    """
    made = db.execute(
        "insert or ignore into posts"
        " (subject_kind, subject, channel, wanted, parked, created_at, under, aloud, why)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [kind, subject, channel, wanted, parked, now, under, aloud, why],
    )
    return made.rowcount > 0


def told_why(why: Why) -> str:
    """Give a reason as it is written down."""
    return json.dumps(asdict(why))
