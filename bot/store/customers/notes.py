"""Notes on calls, contacts, and numbers, and their posts in the threads of cards."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.models.customers.notes import CALL, CONTACT, NUMBER, Note, NoteTarget
from bot.models.outbox import NOTE, NOTE_DELETED, Subject
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.outbox.enqueue import enqueue_note
from bot.store.search.folding import break_words
from bot.store.search.terms import quote

_COLUMNS = (
    "note_id, number, call_id, contact_id, body, written_by, writer_name, at, changed_by,"
    " changed_at, version"
)
_LISTED = "in (select value from json_each(?))"
NOTES_AT_ONCE = 500
_COLUMN_OF = {CALL: "call_id", CONTACT: "contact_id", NUMBER: "number"}


class Notes:
    """Notes, by their ID and by what they are about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, note_id: int) -> Note | None:
        """Return a note; None if it was deleted."""
        row = self._database.row(
            f"select {_COLUMNS} from customer_notes where note_id = ?", [note_id]
        )
        return _note(row) if row else None

    def of_call(self, call_id: str, *, limit: int) -> list[Note]:
        """Return the latest notes on a call, newest first."""
        return self._list("call_id = ?", call_id, limit)

    def about(
        self, numbers: Collection[str], contact_id: int | None = None, *, limit: int
    ) -> list[Note]:
        """Return the latest notes on numbers (E.164) and a contact, newest first."""
        found = {
            note.note_id: note
            for number in numbers
            for note in self._list("number = ?", number, limit)
        }
        if contact_id is not None:
            for note in self._list("contact_id = ?", contact_id, limit):
                found[note.note_id] = note
        newest = sorted(found.values(), key=lambda note: (note.at, note.note_id), reverse=True)
        return newest[:limit]

    def page_of(self, target: NoteTarget, *, limit: int, offset: int = 0) -> list[Note]:
        """Return notes on one call or contact, newest first."""
        column = _COLUMN_OF[target.kind]
        rows = self._database.rows(
            f"select {_COLUMNS} from customer_notes where {column} = ?"
            " order by at desc, note_id desc limit ? offset ?",
            [target.key, limit, offset],
        )
        return [_note(row) for row in rows]

    def count_of(self, target: NoteTarget) -> int:
        """Return how many notes a call or contact has."""
        row = self._database.row(
            f"select count(*) as n from customer_notes where {_COLUMN_OF[target.kind]} = ?",
            [target.key],
        )
        return row["n"] if row else 0

    def between(self, start: float, end: float) -> Iterator[Note]:
        """Yield the notes written in a span (unix seconds), oldest first."""
        after: tuple[float, int] = (start, 0)
        while rows := self._database.rows(
            f"select {_COLUMNS} from customer_notes where (at, note_id) > (?, ?) and at < ?"
            " order by at, note_id limit ?",
            [*after, end, NOTES_AT_ONCE],
        ):
            yield from map(_note, rows)
            after = (rows[-1]["at"], rows[-1]["note_id"])

    def mentioning(self, phrases: Sequence[str], *, limit: int) -> list[Note]:
        """Return the newest notes on contacts and numbers that have all of these phrases."""
        quoted = [quote(phrase) for phrase in phrases]
        if not all(quoted):
            return []
        rows = self._database.rows(
            f"select {_COLUMNS} from customer_notes where call_id is null and note_id in"
            " (select rowid from note_words where note_words match ? order by rowid desc limit ?)"
            " order by note_id desc limit ?",
            [" AND ".join(quoted), NOTES_AT_ONCE, limit],
        )
        return [_note(row) for row in rows]

    def add(
        self,
        target: NoteTarget,
        body: str,
        *,
        number: str | None,
        by: str,
        writer_name: str | None,
        now: float,
    ) -> Note:
        """Store a note, and queue it for the threads of the call's cards."""

        def work(db: SqliteDatabase) -> int:
            note_id = db.execute(
                "insert into customer_notes"
                " (number, call_id, contact_id, body, written_by, writer_name, at)"
                " values (?, ?, ?, ?, ?, ?, ?) returning note_id",
                [number, target.call_id, target.contact_id, body, by, writer_name, now],
            ).fetchone()[0]
            _index(db, note_id, body)
            record_action(db, by, "added a note", target.value, now=now)
            if target.call_id is not None:
                _post(db, note_id, target.call_id, now)
            return int(note_id)

        note_id = self._database.write(work)
        return Note(note_id, body, by, now, writer_name, number, target.call_id, target.contact_id)

    def change(self, note: Note, body: str, *, by: str, now: float) -> bool:
        """Replace the text; return False if someone changed or deleted the note in between."""

        def work(db: SqliteDatabase) -> bool:
            changed = db.execute(
                "update customer_notes set body = ?, changed_by = ?, changed_at = ?,"
                " version = version + 1 where note_id = ? and version = ?",
                [body, by, now, note.note_id, note.version],
            )
            if changed.rowcount < 1:
                return False
            _index(db, note.note_id, body)
            record_action(db, by, "changed a note", note.target.value, now=now)
            _edit_posts(db, note.note_id)
            return True

        return self._database.write(work)

    def delete(self, note: Note, *, by: str, now: float) -> bool:
        """Delete a note; its posts then say so. Return False if it was deleted before."""

        def work(db: SqliteDatabase) -> bool:
            if not delete_notes(db, [note.note_id]):
                return False
            record_action(db, by, "deleted a note", note.target.value, now=now)
            db.execute(
                "update notices set kind = ?, detail = ? where notice_id = ?",
                [NOTE_DELETED, json.dumps({"by": by}), _notice_id(note.note_id)],
            )
            _edit_posts(db, note.note_id)
            return True

        return self._database.write(work)

    def _list(self, where: str, value: str | int, limit: int) -> list[Note]:
        rows = self._database.rows(
            f"select {_COLUMNS} from customer_notes where {where} order by at desc limit ?",
            [value, limit],
        )
        return [_note(row) for row in rows]


def delete_notes(db: SqliteDatabase, note_ids: Collection[int]) -> int:
    """Delete notes; return how many. Call it inside a write."""
    ids = json.dumps(list(note_ids))
    db.execute(f"delete from note_words where rowid {_LISTED}", [ids])
    return int(db.execute(f"delete from customer_notes where note_id {_LISTED}", [ids]).rowcount)


def _index(db: SqliteDatabase, note_id: int, body: str) -> None:
    db.execute(
        "insert or replace into note_words (rowid, body) values (?, ?)",
        [note_id, break_words(body)],
    )


def _post(db: SqliteDatabase, note_id: int, call_id: str, now: float) -> None:
    """Queue a note for the thread of each card of its call."""
    cards = "select channel from posts where subject_kind = 'call' and subject = ?"
    for (channel,) in db.execute(cards, [call_id]).fetchall():
        enqueue_note(db, note_id, call_id, channel, now)


def _edit_posts(db: SqliteDatabase, note_id: int) -> None:
    db.execute(
        "update posts set wanted = wanted + 1 where subject_kind = ? and subject = ?",
        [Subject.NOTICE, _notice_id(note_id)],
    )


def _notice_id(note_id: int) -> str:
    return f"{NOTE} {note_id}"


def _note(row: sqlite3.Row) -> Note:
    return Note(**dict(row))
