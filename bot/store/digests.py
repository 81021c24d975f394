"""Digest schedules, and the digests themselves, each at most once."""

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

FOREVER = 1e15  # later than any real time
_TOLD = TypeAdapter(Digest)
# An unposted digest gives way to a newer one. One that was sent without an answer may exist in
# Slack, and stays.
_GIVES_WAY = (
    "subject_kind = 'digest' and channel = ? and ts is null and sending_since is null"
    " and subject in (select digest_id from digests where channel = ? and due_at < ?)"
)


class Digests:
    """Schedules by channel, and digests by ID."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, channel: str) -> DigestPlan | None:
        """Return a channel's schedule, or None if it never had one."""
        row = self._database.row("select * from digest_plans where channel = ?", [channel])
        return _plan(row) if row else None

    def plans(self) -> list[DigestPlan]:
        """Return all schedules, including those that are off."""
        return [
            _plan(row) for row in self._database.rows("select * from digest_plans order by channel")
        ]

    def set_plan(self, plan: DigestPlan) -> None:
        """Store a channel's schedule, replacing the earlier one."""
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
                for (digest_id,) in gone:  # never posted, so it can still be requested
                    db.execute("delete from digests where digest_id = ?", [digest_id])

        self._database.write(work)

    def is_decided(self, digest_id: str) -> bool:
        """Return whether a digest was decided on already."""
        row = self._database.row("select 1 from digests where digest_id = ?", [digest_id])
        return row is not None

    def last_due(self, channel: str, before: float) -> float | None:
        """Return when a channel's last digest before a time was due (unix seconds)."""
        row = self._database.row(
            "select max(due_at) as at from digests where channel = ? and due_at < ?",
            [channel, before],
        )
        return row["at"] if row else None

    def add(self, digest: Digest, channel: str, *, due_at: float, now: float) -> bool:
        """Queue a digest, once; return False if it exists already.

        Unposted digests that were due earlier in the channel give way and count as skipped.
        """
        return self._database.write(lambda db: _add(db, digest, channel, due_at, now))

    def forget_made_after(self, channel: str, moment: float) -> int:
        """Forget a channel's digests that were made after a time; return how many.

        Their messages stay in Slack. One that may be on its way there is kept, and so is one that
        was posted when it was due by Slack's clock: then ours is wrong now, and wasn't before.
        """
        sql = (
            "select digest_id from digests where channel = ? and made_at > ? and not exists"
            " (select 1 from posts where subject_kind = 'digest' and subject = digest_id"
            " and cast(ts as real) >= due_at)"
        )
        made = [row["digest_id"] for row in self._database.rows(sql, [channel, moment])]

        def work(db: SqliteDatabase) -> int:
            for digest_id in made:
                db.execute(
                    "delete from posts where subject_kind = 'digest' and subject = ?"
                    " and (ts is not null or sending_since is null)",
                    [digest_id],
                )
            gone = db.execute(
                "delete from digests where digest_id in (select value from json_each(?))"
                " and digest_id not in (select subject from posts where subject_kind = 'digest')",
                [json.dumps(made)],
            )
            return gone.rowcount

        return self._database.write(work) if made else 0

    def find(self, digest_id: str) -> Digest | None:
        """Return the content of a digest."""
        row = self._database.row(
            "select told, skipped from digests where digest_id = ?", [digest_id]
        )
        if row is None:
            return None
        return _TOLD.validate_python({**json.loads(row["told"]), "skipped": row["skipped"]})

    def overdue(self, since: float) -> list[tuple[str, str]]:
        """Return digests, with their channels, that were decided before a time and aren't posted.

        Channels that refuse posts are left out: admins know about those already.
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
