"""Rows of contacts: writing and reading them."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from sqlite_utils import Database as SqliteDatabase

from bot.models.contacts import Contact
from bot.store.search.contacts import make_findable

COLUMNS = "contact_id, fields, numbers"
# No sync takes this long: a contact that seems to have been seen this much later was seen before
# the clock was set back.
LONGEST_SYNC = 86_400.0
_AMONG = "contact_id in (select value from json_each(?))"
# The search indexes, and their columns.
_INDEXES = {"contact_words": "names, words", "contact_digits": "digits"}


class ContactRow(NamedTuple):
    """A contact as a table row; lists are JSON."""

    contact_id: int
    fields: str
    numbers: str
    names: str
    words: str
    digits: str


def as_row(contact: Contact) -> ContactRow:
    """Return the row of a contact."""
    findable = make_findable(contact)
    return ContactRow(
        contact.contact_id,
        json.dumps(dict(contact.fields)),
        json.dumps(list(contact.numbers)),
        findable.names,
        findable.words,
        findable.digits,
    )


def read_row(row: sqlite3.Row) -> Contact:
    """Return the contact in a row that has `COLUMNS`."""
    return Contact(row["contact_id"], json.loads(row["fields"]), tuple(json.loads(row["numbers"])))


def owners_of(db: SqliteDatabase, number: str) -> list[int]:
    """Return the IDs of the contacts with a number (E.164)."""
    rows = db.execute("select contact_id from contact_numbers where number = ?", [number])
    return [contact_id for (contact_id,) in rows.fetchall()]


class Changes(NamedTuple):
    """How many contacts are new or changed, and the numbers that they have or had."""

    contacts: int
    numbers: frozenset[str]


def upsert_contacts(db: SqliteDatabase, *, rows: Sequence[ContactRow], seen: float) -> Changes:
    """Write contacts that a sync found; return which are new or changed.

    Contacts that the app changed after the sync began are left alone.
    """
    known = {
        contact_id: (fields, numbers, last_seen)
        for contact_id, fields, numbers, last_seen in db.execute(
            f"select {COLUMNS}, seen from contacts where {_AMONG}",
            [json.dumps([row.contact_id for row in rows])],
        )
    }
    fresh, same = {}, []
    for row in rows:
        fields, numbers, last_seen = known.get(row.contact_id, (None, None, seen))
        if seen < last_seen <= seen + LONGEST_SYNC:
            continue
        if (fields, numbers) == (row.fields, row.numbers):
            same.append(row.contact_id)
        else:
            fresh[row.contact_id] = row
    # Most are unchanged, and writing those again would also rewrite their index entries.
    db.execute(f"update contacts set seen = ? where {_AMONG}", [seen, json.dumps(same)])
    _write(db, list(fresh.values()), seen)
    listed = [row.numbers for row in fresh.values()]
    listed += [known[contact_id][1] for contact_id in fresh.keys() & known.keys()]
    return Changes(len(fresh), frozenset(one for numbers in listed for one in json.loads(numbers)))


def index_again(db: SqliteDatabase, *, ids: Sequence[int]) -> None:
    """Write the searchable text of contacts again where it is different now."""
    cursor = db.execute(
        f"select {COLUMNS}, names, words, seen from contacts where {_AMONG}", [json.dumps(ids)]
    )
    for contact_id, fields, numbers, names, words, seen in cursor.fetchall():
        contact = Contact(contact_id, json.loads(fields), tuple(json.loads(numbers)))
        row = as_row(contact)
        if (row.names, row.words) != (names, words):
            _write(db, [row], seen)


def _write(db: SqliteDatabase, rows: Sequence[ContactRow], seen: float) -> None:
    ids = json.dumps([row.contact_id for row in rows])
    _remove_from_indexes(db, ids)
    db.execute(f"delete from contact_numbers where {_AMONG}", [ids])
    db.conn.executemany(
        """
        insert into contacts (seen, contact_id, fields, numbers, names, words, digits)
        values (?, ?, ?, ?, ?, ?, ?)
        on conflict (contact_id) do update set
            seen = excluded.seen, fields = excluded.fields, numbers = excluded.numbers,
            names = excluded.names, words = excluded.words, digits = excluded.digits
        """,
        [(seen, *row) for row in rows],
    )
    db.conn.executemany(
        "insert or ignore into contact_numbers (contact_id, number) values (?, ?)",
        [(row.contact_id, number) for row in rows for number in json.loads(row.numbers)],
    )
    # Someone in the address book is a customer; a contact named "Spam" stays spam.
    db.execute(
        "delete from screened_numbers where kind = 'not_customer' and number in"
        f" (select number from contact_numbers where {_AMONG})",
        [ids],
    )
    for index, columns in _INDEXES.items():
        db.execute(
            f"insert into {index} (rowid, {columns})"
            f" select contact_id, {columns} from contacts where {_AMONG}",
            [ids],
        )


def _remove_from_indexes(db: SqliteDatabase, ids: str) -> None:
    """Remove contacts from the search indexes. FTS5 needs the old values to do that."""
    for index, columns in _INDEXES.items():
        db.execute(
            f"insert into {index} ({index}, rowid, {columns})"
            f" select 'delete', contact_id, {columns} from contacts where {_AMONG}",
            [ids],
        )


def drop(
    db: SqliteDatabase, *, contact_ids: Sequence[int], unseen_since: float | None = None
) -> int:
    """Delete these contacts, or only those not found since a time; return how many."""
    ids = json.dumps(contact_ids)
    if unseen_since is not None:
        unseen = db.execute(
            f"select contact_id from contacts where {_AMONG} and seen not between ? and ?",
            [ids, unseen_since, unseen_since + LONGEST_SYNC],
        )
        ids = json.dumps([row[0] for row in unseen])
    _remove_from_indexes(db, ids)
    return db.execute(f"delete from contacts where {_AMONG}", [ids]).rowcount
