"""Attachments of texts: to be fetched, and to be shown in the texts' threads."""

import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.attachments import MAX_SHOWN, Attachment, NotShown
from bot.models.outbox import Subject
from bot.models.texts import Text
from bot.store.database.connection import Database

_COLUMNS = "text_id, place, filename, content_type, content, wanted_since, tries, try_at"
# An attachment's post that isn't made yet; its subject names the text and the position.
_POST = "posts where subject_kind = 'media' and subject = media.text_id || ' ' || media.place"
_DONE_WITH = (
    f"content is not null and not exists (select 1 from {_POST} and ts is null and parked is null)"
)


class AttachmentStore:
    """Attachments, by text and position."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text_id: str, place: int) -> Attachment | None:
        """Return one attachment."""
        row = self._database.row(
            f"select {_COLUMNS} from media where text_id = ? and place = ?", [text_id, place]
        )
        return _media(row) if row else None

    def not_shown(self, text_id: str) -> list[NotShown]:
        """Return the attachments of a text that aren't shown in its thread, and why."""
        rows = self._database.rows(
            "select filename, content_type, reason from media"
            " where text_id = ? and reason is not null order by place",
            [text_id],
        )
        return [NotShown(**dict(row)) for row in rows]

    def is_anything_open(self) -> bool:
        """Return whether any attachment still has to be fetched or cleaned up."""
        row = self._database.row(
            "select exists (select 1 from media where state = 'wanted')"
            f" or exists (select 1 from media where {_DONE_WITH}) as found"
        )
        return bool(row and row["found"])

    def next_wanted(self) -> Attachment | None:
        """Return the attachment to fetch next."""
        row = self._database.row(
            f"select {_COLUMNS} from media where state = 'wanted' order by try_at limit 1"
        )
        return _media(row) if row else None

    def keep(self, media: Attachment, content: bytes, content_type: str, *, now: float) -> None:
        """Store a fetched attachment, to be shown where its text is; `now` in unix seconds."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update media set state = 'fetched', content = ?, content_type = ?"
                " where text_id = ? and place = ?",
                [content, content_type, media.text_id, media.place],
            )
            enqueue_attachment_posts(db, media.text_id, now)

        self._database.write(work)

    def try_later(self, media: Attachment, *, at: float) -> None:
        """Schedule another attempt at a time in unix seconds."""
        self._database.write(
            lambda db: db.execute(
                "update media set tries = tries + 1, try_at = ? where text_id = ? and place = ?",
                [at, media.text_id, media.place],
            )
        )

    def refuse(self, text_id: str, place: int, reason: str) -> None:
        """Record that an attachment won't be shown, and update the line of its text."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update media set state = 'refused', reason = ?, content = null"
                " where text_id = ? and place = ?",
                [reason, text_id, place],
            )
            db.execute(
                f"update posts set parked = ? where {_SUBJECT} and ts is null",
                [reason, f"{text_id} {place}"],
            )
            _show_text(db, text_id)

        self._database.write(work)

    def hold(self, text_id: str, place: int, reason: str) -> None:
        """Record why an attachment can't be shown for now, and update the line of its text."""

        def work(db: SqliteDatabase) -> None:
            changed = db.execute(
                "update media set reason = ? where text_id = ? and place = ? and reason is not ?",
                [reason, text_id, place, reason],
            )
            if changed.rowcount > 0:
                _show_text(db, text_id)

        self._database.write(work)

    def clean_up(self) -> int:
        """Drop content that is no longer needed; return how many postponed ones are now posted."""

        def work(db: SqliteDatabase) -> int:
            freed = db.execute(
                "update media set reason = null where reason is not null and state = 'fetched'"
                f" and {_DONE_WITH} and exists (select 1 from {_POST} and ts is not null)"
                " returning text_id"
            ).fetchall()
            for (text_id,) in freed:
                _show_text(db, text_id)
            db.execute(f"update media set content = null where {_DONE_WITH}")
            return len(freed)

        return self._database.write(work)


_SUBJECT = f"subject_kind = '{Subject.MEDIA}' and subject = ?"


def enqueue_attachments_of(db: SqliteDatabase, text: Text, now: float) -> None:
    """Queue the attachments of a text for fetching, once each. Call it inside a write.

    What couldn't be fetched from a webhook's address is queued again once its ID is known.
    """
    for place, one in enumerate(text.attachments[:MAX_SHOWN] if text.is_incoming else ()):
        db.execute(
            "insert into media"
            " (text_id, place, has_id, filename, content_type, wanted_since, try_at)"
            " values (?, ?, ?, ?, ?, ?, ?)"
            " on conflict (text_id, place) do update set has_id = 1, tries = 0, state = 'wanted',"
            " reason = null, try_at = excluded.try_at,"
            " filename = coalesce(excluded.filename, filename)"
            " where excluded.has_id > has_id and state in ('wanted', 'refused')",
            [
                text.text_id,
                place,
                one.attachment_id is not None,
                one.filename,
                one.content_type,
                now,
                now,
            ],
        )
    enqueue_attachment_posts(db, text.text_id, now)


def enqueue_attachment_posts(db: SqliteDatabase, text_id: str, now: float) -> None:
    """Queue fetched attachments for each thread that has their text. Call it inside a write."""
    db.execute(
        "insert or ignore into posts"
        " (subject_kind, subject, channel, wanted, parked, created_at, under, held)"
        " select ?, m.text_id || ' ' || m.place, p.channel, 1, p.parked, ?, p.under, p.held"
        " from media as m join posts as p on p.subject_kind = ? and p.subject = m.text_id"
        " where m.text_id = ? and m.content is not null order by m.place",
        [Subject.MEDIA, now, Subject.TEXT, text_id],
    )


def _show_text(db: SqliteDatabase, text_id: str) -> None:
    db.execute("update texts set version = version + 1 where text_id = ?", [text_id])


def _media(row: sqlite3.Row) -> Attachment:
    return Attachment(**dict(row))
