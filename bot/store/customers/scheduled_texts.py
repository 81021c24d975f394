"""Texts that are scheduled for a later time."""

import json
import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.send_times import ScheduledText
from bot.models.texts import DeliveryStatus, TextSource
from bot.store.contact_rows import owners_of
from bot.store.database.connection import Database
from bot.store.send_queue import show_text
from bot.store.submissions import take_token

_SELECT = (
    "select r.text_id, r.number, r.company_number, r.body, r.slack_user, r.channel, r.send_at,"
    " r.zone, t.version from replies r join texts t on t.text_id = r.text_id"
    " where r.step = 'scheduled'"
)

_LEFT = """
    select 1 from texts, json_each(facts, '$.owners[1]') as owner
    join contacts on contacts.contact_id = owner.value
    where text_id = ?1 and not exists (
        select 1 from json_each(facts, '$.owners[1]') as same
        join contact_numbers on contact_numbers.contact_id = same.value
        and contact_numbers.number = texts.number
    ) limit 1
"""


# An equal text to the same number that wasn't written here, or that a restored backup doesn't know.
# Vocatech's times are whole seconds.
_ELSEWHERE = """
    select 1 from replies join texts as other on other.number = replies.number
    and other.at > replies.written_at - 1 and other.is_incoming = 0
    where replies.text_id = ?1
    and trim(json_extract(other.facts, '$.body[1]')) = replies.body
    and coalesce(json_extract(other.facts, '$.fate[1]'), 0) != ?2
    and not exists (select 1 from replies as ours where ours.text_id = other.text_id) limit 1
"""


class ScheduledTexts:
    """Scheduled texts, by their ID and by their writer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text_id: str) -> ScheduledText | None:
        """Return a text that is still scheduled, or None."""
        row = self._database.row(f"{_SELECT} and r.text_id = ?", [text_id])
        return _scheduled(row) if row else None

    def of_writer(self, slack_user: str, *, limit: int) -> list[ScheduledText]:
        """Return the scheduled texts of a person, the next one first."""
        rows = self._database.rows(
            f"{_SELECT} and r.slack_user = ? order by r.send_at, r.text_id limit ?",
            [slack_user, limit],
        )
        return [_scheduled(row) for row in rows]

    def count_of(self, slack_user: str) -> int:
        """Return how many scheduled texts a person has."""
        row = self._database.row(
            "select count(*) as n from replies where step = 'scheduled' and slack_user = ?",
            [slack_user],
        )
        return row["n"] if row else 0

    def writers(self) -> set[str]:
        """Return the Slack users who have scheduled texts."""
        rows = self._database.rows(
            "select distinct slack_user from replies where step = 'scheduled'"
        )
        return {row["slack_user"] for row in rows}

    def last_zone(self, number: str) -> str | None:
        """Return the time zone that was last chosen for a number."""
        row = self._database.row(
            "select zone from replies where number = ? and zone is not null"
            " order by written_at desc limit 1",
            [number],
        )
        return row["zone"] if row else None

    def has_left_contact(self, text_id: str) -> bool:
        """Return whether the contact who had the number when a text was scheduled has lost it.

        A contact that was deleted or merged says nothing about the number.
        """
        row = self._database.row(_LEFT, [text_id])
        return row is not None

    def was_sent_elsewhere(self, text_id: str) -> bool:
        """Return whether the same text was sent since, but isn't known as one of ours.

        After a restore, a scheduled text may have left early, or been changed since the backup.
        """
        row = self._database.row(_ELSEWHERE, [text_id, int(DeliveryStatus.FAILED)])
        return row is not None

    def needed_at(self, text_id: str) -> float | None:
        """Return when a text about a missed call was known to be needed; see `Draft`."""
        row = self._database.row(
            "select json_extract(facts, '$.needed_at[1]') as at from texts where text_id = ?",
            [text_id],
        )
        return row["at"] if row else None

    def change(self, changed: ScheduledText, *, token: str, now: float) -> bool:
        """Store a changed text; return False if it left, or was changed or canceled, before.

        The `token` of its form is recorded with it: a form that was not stored can be sent again.
        """

        def work(db: SqliteDatabase) -> bool:
            moved = db.execute(
                "update replies set body = ?, company_number = ?, slack_user = ?, send_at = ?,"
                " zone = ? where text_id = ? and step = 'scheduled' and exists (select 1 from texts"
                " where texts.text_id = replies.text_id and version = ?)",
                [
                    changed.body,
                    changed.company_number,
                    changed.slack_user,
                    changed.send_at,
                    changed.zone,
                    changed.text_id,
                    changed.version,
                ],
            )
            if moved.rowcount == 0:
                return False
            take_token(db, token, now)
            _set_facts(
                db,
                changed.text_id,
                body=changed.body,
                company_number=changed.company_number,
                owners=owners_of(db, changed.number),
                filled=changed.filled,
                needed_at=changed.needed_at,
            )
            show_text(db, changed.text_id)
            return True

        return self._database.write(work)

    def due_writers(self, *, now: float) -> set[str]:
        """Return the Slack users who have scheduled texts that are due."""
        rows = self._database.rows(
            "select distinct slack_user from replies where step = 'scheduled' and send_at <= ?"
            " and slack_user is not null",
            [now],
        )
        return {row["slack_user"] for row in rows}

    def release_due(self, *, now: float, only: str | None = None) -> int:
        """Queue the texts that are due, all or none, or `only` one; return how many."""

        def work(db: SqliteDatabase) -> int:
            due = db.execute(
                "update replies set step = 'queued' where step = 'scheduled' and send_at <= ?1"
                " and (?2 is null or text_id = ?2) returning text_id",
                [now, only],
            ).fetchall()
            for (text_id,) in due:
                _set_facts(db, text_id, at=now)
                db.execute("update texts set at = ? where text_id = ?", [now, text_id])
                show_text(db, text_id)
            return len(due)

        if not self._is_any_due(now):
            return 0
        return self._database.write(work)

    def refuse_all_of(self, slack_user: str, reason: str) -> int:
        """Record that a person's scheduled texts won't be sent; return how many."""

        def work(db: SqliteDatabase) -> int:
            refused = db.execute(
                "update replies set step = 'refused', reason = ? where step = 'scheduled'"
                " and slack_user = ? returning text_id",
                [reason, slack_user],
            ).fetchall()
            for (text_id,) in refused:
                show_text(db, text_id)
            return len(refused)

        return self._database.write(work)

    def _is_any_due(self, now: float) -> bool:
        row = self._database.row(
            "select 1 from replies where step = 'scheduled' and send_at <= ? limit 1", [now]
        )
        return row is not None


def _set_facts(db: SqliteDatabase, text_id: str, **values: object) -> None:
    """Replace what we know ourselves about a text."""
    [stored] = db.execute("select facts from texts where text_id = ?", [text_id]).fetchone()
    ours = {name: (int(TextSource.OURS), value) for name, value in values.items()}
    db.execute(
        "update texts set facts = ? where text_id = ?",
        [json.dumps({**json.loads(stored), **ours}), text_id],
    )


def _scheduled(row: sqlite3.Row) -> ScheduledText:
    return ScheduledText(**dict(row))
