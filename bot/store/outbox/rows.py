"""Rows of posts: inserting one, with its reason."""

import json
from dataclasses import asdict

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject
from bot.models.rules import Why
from bot.store.database.restore_marks import RESTORED_FROM


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
    """Queue a subject for a channel; return False if it is there already. Call it inside a write.

    `why` is a `Why` as JSON; the first one stays.
    """
    made = db.execute(
        "insert or ignore into posts"
        " (subject_kind, subject, channel, wanted, parked, created_at, under, aloud, why,"
        " sending_since)"
        # After a restore, what is new here may have been posted before: it is looked for first.
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, (select value from notes where name = ?))",
        [kind, subject, channel, wanted, parked, now, under, aloud, why, RESTORED_FROM],
    )
    return made.rowcount > 0


def why_as_json(why: Why) -> str:
    """Return a reason as it is stored."""
    return json.dumps(asdict(why))
