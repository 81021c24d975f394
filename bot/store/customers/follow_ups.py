"""Follow-ups and their reminders."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.customers.follow_ups import FOLLOW_UP, Closing, FollowUp, Topic
from bot.models.integrations.outgoing_webhooks import EventType
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.integrations.enqueue import enqueue_event
from bot.store.outbox.notices import Notice, add_notice
from bot.store.submissions import take_token

REMINDERS_AT_ONCE = 200
_OPEN = "closing is null"
# By the index of each column: one condition with "or" would read everyone's.
_MINE = (
    f"select follow_up_id, due_at from follow_ups where owner = :user and {_OPEN}",
    f"select follow_up_id, due_at from follow_ups where created_by = :user and {_OPEN}",
)
# The oldest call since then that someone answered; one in progress doesn't settle anything yet. Of
# a contact, all numbers count. `ends_with_talk` is 1, or since when it is wanted (unix seconds).
_TALK = (
    "(select call_id from calls where calls.remote_number in (select follow_ups.number union"
    " select number from contact_numbers where contact_numbers.contact_id = follow_ups.contact_id)"
    " and calls.started_at > max(follow_ups.created_at, follow_ups.ends_with_talk)"
    " and calls.outcome = 'answered' and calls.direction is not 'internal'"
    " order by calls.started_at limit 1)"
)


@dataclass(frozen=True)
class Conversation:
    """A follow-up that an answered call settles."""

    follow_up_id: int
    call_id: str


class FollowUps:
    """Follow-ups; closed ones stay, so that their messages show how they ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: FollowUp, *, token: str, now: float) -> bool:
        """Store a follow-up; its ID is ignored. Return False if `token` was submitted before."""
        topic = new.topic

        def work(db: SqliteDatabase) -> bool:
            if not take_token(db, token, now):
                return False
            added = db.execute(
                "insert into follow_ups (owner, created_by, due_at, created_at, call_id,"
                " contact_id, number, note, ends_with_talk) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(new.owner, new.created_by, new.due_at, now),
                    *(topic.call_id, topic.contact_id, topic.number),
                    *(new.note, new.ends_with_talk),
                ],
            )
            owner = "" if new.owner == new.created_by else f" for {new.owner}"
            detail = f"{added.lastrowid}{owner}"
            record_action(db, new.created_by, "follow-up set", detail, now=now)
            return True

        return self._database.write(work)

    def find(self, follow_up_id: int) -> FollowUp | None:
        """Return a follow-up, open or closed."""
        row = self._database.row("select * from follow_ups where follow_up_id = ?", [follow_up_id])
        return _follow_up(row) if row else None

    def change(self, seen: FollowUp, new: FollowUp, *, by: str, token: str, now: float) -> bool:
        """Store a changed follow-up; return False if it isn't as `seen` any more.

        Also True if `token` was submitted before.
        """

        def work(db: SqliteDatabase) -> bool:
            if not take_token(db, token, now):
                return True
            is_moved = (new.owner, new.due_at) != (seen.owner, seen.due_at)
            changed = db.execute(
                "update follow_ups set owner = ?, due_at = ?, note = ?,"
                " ends_with_talk = iif(?, iif(ends_with_talk, ends_with_talk, ?), 0),"
                " changed_by = ?, version = version + ?, reminded_at = iif(?, null, reminded_at)"
                f" where follow_up_id = ? and version = ? and {_OPEN}"
                " and note = ? and (ends_with_talk > 0) = ?",
                [
                    *(new.owner, new.due_at, new.note, new.ends_with_talk, now),
                    *(by, is_moved, is_moved, seen.follow_up_id, seen.version),
                    *(seen.note, seen.ends_with_talk),
                ],
            )
            if changed.rowcount == 0:
                db.execute("delete from submissions where token = ?", [token])
                return False
            detail = f"{seen.follow_up_id}{'' if new.owner == by else f' for {new.owner}'}"
            record_action(db, by, "follow-up changed", detail, now=now)
            _edit_reminders(db, seen.follow_up_id)
            return True

        return self._database.write(work)

    def snooze(self, seen: FollowUp, until: float, *, by: str, now: float) -> bool:
        """Move a follow-up to a later time; return False if it isn't as `seen` any more."""

        def work(db: SqliteDatabase) -> bool:
            changed = db.execute(
                "update follow_ups set due_at = ?, changed_by = ?, version = version + 1,"
                f" reminded_at = null where follow_up_id = ? and version = ? and {_OPEN}",
                [until, by, seen.follow_up_id, seen.version],
            )
            if changed.rowcount:
                record_action(db, by, "follow-up snoozed", str(seen.follow_up_id), now=now)
                _edit_reminders(db, seen.follow_up_id)
            return changed.rowcount > 0

        return self._database.write(work)

    def close(self, follow_up_id: int, how: Closing, *, by: str | None, now: float) -> bool:
        """Close a follow-up; return False if it is closed already. `by` None: the app did."""

        def work(db: SqliteDatabase) -> bool:
            changed = db.execute(
                "update follow_ups set closing = ?, closed_by = ?, closed_at = ?"
                f" where follow_up_id = ? and {_OPEN}",
                [how, by, now, follow_up_id],
            )
            if changed.rowcount:
                if by:
                    record_action(db, by, f"follow-up {how}", str(follow_up_id), now=now)
                _edit_reminders(db, follow_up_id)
            return changed.rowcount > 0

        return self._database.write(work)

    def reset_menu(self, follow_up_id: int) -> None:
        """Mark a follow-up's messages for an edit that resets their menus."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update posts set menu_uses = menu_uses + 1 where subject_kind = 'notice'"
                " and subject > ? and subject < ?",
                _subjects_of(follow_up_id),
            )
            _edit_reminders(db, follow_up_id)

        self._database.write(work)

    def listed(self, slack_user: str, *, skip: int = 0, limit: int) -> list[FollowUp]:
        """Return open follow-ups that a person has or set, the one due first."""
        first = "order by due_at, follow_up_id limit :most"
        mine = " union ".join(f"select * from ({one} {first})" for one in _MINE)
        rows = self._database.rows(
            f"select follow_ups.* from ({mine}) as mine join follow_ups using (follow_up_id)"
            " order by mine.due_at, follow_up_id limit :limit offset :skip",
            {"user": slack_user, "limit": limit, "skip": skip, "most": skip + limit},
        )
        return [_follow_up(row) for row in rows]

    def count(self, slack_user: str) -> int:
        """Return how many open follow-ups a person has or set."""
        row = self._database.row(
            f"select count(*) as n from ({' union '.join(_MINE)})", {"user": slack_user}
        )
        return int(row["n"]) if row else 0

    def open_by_owner(self, *, now: float) -> dict[str, tuple[int, int]]:
        """Return how many follow-ups each person has, and how many of them are overdue."""
        rows = self._database.rows(
            "select owner, count(*) as n, sum(due_at <= ?) as overdue from follow_ups"
            f" where {_OPEN} group by owner",
            [now],
        )
        return {row["owner"]: (row["n"], row["overdue"]) for row in rows}

    def all_between(self, start: float, end: float) -> list[FollowUp]:
        """Return the follow-ups that were set in a span (unix seconds), the oldest first."""
        rows = self._database.rows(
            "select * from follow_ups where created_at >= ? and created_at < ?"
            " order by follow_up_id",
            [start, end],
        )
        return [_follow_up(row) for row in rows]

    def due_owners(self, *, now: float) -> list[str]:
        """Return the people with a follow-up that is due and has no reminder yet."""
        rows = self._database.rows(
            f"select distinct owner from follow_ups where {_OPEN} and reminded_at is null"
            " and due_at <= ?",
            [now],
        )
        return [row["owner"] for row in rows]

    def queue_reminders(self, channels: Mapping[str, str], *, now: float) -> list[int]:
        """Queue the due reminders of some people, each once; return the follow-ups.

        `channels` has the direct message channel of each, or else their user ID.
        """

        def work(db: SqliteDatabase) -> list[int]:
            rows = db.execute(
                "select follow_up_id, version, owner, call_id, number from follow_ups"
                f" where {_OPEN} and reminded_at is null and due_at <= ?"
                " and owner in (select value from json_each(?)) order by due_at limit ?",
                [now, json.dumps(list(channels)), REMINDERS_AT_ONCE],
            ).fetchall()
            for follow_up_id, version, owner, call_id, number in rows:
                db.execute(
                    "update follow_ups set reminded_at = ? where follow_up_id = ?",
                    [now, follow_up_id],
                )
                detail = {"follow_up_id": follow_up_id, "version": version, "owner": owner}
                notice = Notice(f"{FOLLOW_UP} {follow_up_id} {version}", FOLLOW_UP, detail)
                add_notice(db, notice, [channels[owner]], now)
                enqueue_event(
                    db,
                    EventType.FOLLOW_UP_DUE,
                    f"{follow_up_id} {version}",
                    occurred_at=now,
                    now=now,
                    call_id=call_id,
                    number=number,
                    detail={"follow_up_id": follow_up_id, "version": version},
                )
            return [row[0] for row in rows]

        return self._database.write(work)

    def settled(self, *, due_by: float | None = None) -> list[Conversation]:
        """Return the open follow-ups that an answered call settles.

        With `due_by`, only those that are due and have no reminder yet.
        """
        due = "" if due_by is None else "and reminded_at is null and due_at <= ?"
        rows = self._database.rows(
            f"select follow_up_id, {_TALK} as talk from follow_ups"
            f" where {_OPEN} and ends_with_talk and number is not null {due} and talk is not null",
            [] if due_by is None else [due_by],
        )
        return [Conversation(row["follow_up_id"], row["talk"]) for row in rows]

    def owners(self) -> set[str]:
        """Return the people with an open follow-up."""
        rows = self._database.rows(f"select distinct owner from follow_ups where {_OPEN}")
        return {row["owner"] for row in rows}

    def hand_back(self, owner: str, *, to: str | None, by: str, now: float) -> int:
        """Reassign the open follow-ups of a person to their creators; return how many.

        Those that they set for themselves go to `to`, or stay theirs if that is None.
        """

        def work(db: SqliteDatabase) -> int:
            rows = db.execute(
                "update follow_ups set owner = iif(created_by = ?1, ?2, created_by),"
                " changed_by = ?3, version = version + 1, reminded_at = null"
                f" where owner = ?1 and {_OPEN} and (created_by != ?1 or ?2 is not null)"
                " returning follow_up_id, owner",
                [owner, to, by],
            ).fetchall()
            for follow_up_id, new_owner in rows:
                detail = f"{follow_up_id} of {owner} to {new_owner}"
                record_action(db, by, "follow-up handed back", detail, now=now)
                _edit_reminders(db, follow_up_id)
            return len(rows)

        return self._database.write(work)


def _edit_reminders(db: SqliteDatabase, follow_up_id: int) -> None:
    """Mark a follow-up's messages for an edit. Call it inside a write."""
    db.execute(
        "update posts set wanted = wanted + 1 where subject_kind = 'notice'"
        " and subject > ? and subject < ?",
        _subjects_of(follow_up_id),
    )


def _subjects_of(follow_up_id: int) -> tuple[str, str]:
    """Return the bounds between which the posts of its reminders are."""
    return f"{FOLLOW_UP} {follow_up_id} ", f"{FOLLOW_UP} {follow_up_id}!"


def _follow_up(row: sqlite3.Row) -> FollowUp:
    known = dict(row)
    topic = Topic(*(known.pop(name) for name in ("call_id", "contact_id", "number")))
    ends_with_talk, closing = bool(known.pop("ends_with_talk")), known.pop("closing")
    return FollowUp(
        **known,
        topic=topic,
        ends_with_talk=ends_with_talk,
        closing=Closing(closing) if closing else None,
    )
