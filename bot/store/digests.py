"""Owns the digests: when they come where, and which were decided on; never one twice."""

import json
import sqlite3
from dataclasses import asdict

from pydantic import TypeAdapter
from sqlite_utils import Database as SqliteDatabase

from bot.models.digest_schedule import Cadence, DigestPlan
from bot.models.digests import Digest
from bot.models.outbox import Subject
from bot.store.database.connection import Database
from bot.store.outbox.rows import insert_post

FOREVER = 1e15  # later than any moment
_TOLD = TypeAdapter(Digest)
# A digest that was due before and does not stand yet gives way to the newer one; one that was sent
# without an answer may stand already.
_GIVES_WAY = (
    "subject_kind = 'digest' and channel = ? and ts is null and sending_since is null"
    " and subject in (select digest_id from digests where channel = ? and due_at < ?)"
)


class Digests:
    """Plans, by channel, and digests, by their name."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def plan(self, channel: str) -> DigestPlan | None:
        """When do digests come to a channel? None where nobody ever asked for any."""
        row = self._database.row("select * from digest_plans where channel = ?", [channel])
        return _plan(row) if row else None

    def plans(self) -> list[DigestPlan]:
        """Give all plans, also those that are switched off."""
        return [
            _plan(row) for row in self._database.rows("select * from digest_plans order by channel")
        ]

    def set_plan(self, plan: DigestPlan) -> None:
        """Keep a plan in place of the channel's former one."""
        row = {**asdict(plan), "weekdays": json.dumps(plan.weekdays)}
        columns, places = ", ".join(row), ", ".join("?" * len(row))

        def work(db: SqliteDatabase) -> None:
            db.execute(
                f"insert or replace into digest_plans ({columns}) values ({places})",
                list(row.values()),
            )
            if not plan.is_on:
                gone = db.execute(
                    f"delete from posts where {_GIVES_WAY} returning subject",
                    [plan.channel, plan.channel, FOREVER],
                ).fetchall()
                for (digest_id,) in gone:  # it never stood, and may still be asked for
                    db.execute("delete from digests where digest_id = ?", [digest_id])

        self._database.write(work)

    def is_decided(self, digest_id: str) -> bool:
        """Was this digest decided on already?"""
        row = self._database.row("select 1 from digests where digest_id = ?", [digest_id])
        return row is not None

    def last_due(self, channel: str, before: float) -> float | None:
        """When was the last digest of a channel due, before a moment (unix seconds)?"""
        row = self._database.row(
            "select max(due_at) as at from digests where channel = ? and due_at < ?",
            [channel, before],
        )
        return row["at"] if row else None

    def add(self, digest: Digest, channel: str, *, due_at: float, now: float) -> bool:
        """Have a digest posted, once whatever happens; False where another was first.

        What was due in the channel before and still waits gives way, and counts as skipped.
        """
        return self._database.write(lambda db: _add(db, digest, channel, due_at, now))

    def find(self, digest_id: str) -> Digest | None:
        """Give what a digest tells."""
        row = self._database.row(
            "select told, skipped from digests where digest_id = ?", [digest_id]
        )
        if row is None:
            return None
        return _TOLD.validate_python({**json.loads(row["told"]), "skipped": row["skipped"]})

    def overdue(self, since: float) -> list[tuple[str, str]]:
        """Which digests, of which channels, do not stand though decided before a moment?

        Not those of channels that refuse us: admins know of these already.
        """
        rows = self._database.rows(
            "select subject, channel from posts where subject_kind = 'digest' and ts is null"
            " and created_at < ? and not exists"
            " (select 1 from notes where name = 'held ' || channel)",
            [since],
        )
        return [(row["subject"], row["channel"]) for row in rows]


def _add(db: SqliteDatabase, digest: Digest, channel: str, due_at: float, now: float) -> bool:
    told = _TOLD.dump_json(digest).decode()
    added = db.execute(
        "insert or ignore into digests (digest_id, channel, due_at, made_at, skipped, told)"
        " values (?, ?, ?, ?, ?, ?)",
        [digest.digest_id, channel, due_at, now, digest.skipped, told],
    )
    if added.rowcount == 0:
        return False
    gives_way = [channel, channel, due_at]
    [row] = db.execute(
        "select count(*) + coalesce(sum(skipped), 0) from digests where digest_id in"
        f" (select subject from posts where {_GIVES_WAY})",
        gives_way,
    )
    db.execute(f"delete from posts where {_GIVES_WAY}", gives_way)
    db.execute(
        "update digests set skipped = skipped + ? where digest_id = ?", [row[0], digest.digest_id]
    )
    insert_post(db, Subject.DIGEST, digest.digest_id, channel, 1, now)
    return True


def _plan(row: sqlite3.Row) -> DigestPlan:
    return DigestPlan(
        channel=row["channel"],
        zone=row["zone"],
        cadence=Cadence(row["cadence"]),
        weekdays=tuple(json.loads(row["weekdays"])),
        minute=row["minute"],
        per_person=bool(row["per_person"]),
        is_on=bool(row["is_on"]),
        since=row["since"],
    )
