"""The company's contacts, as of the last sync."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial

from sqlite_utils import Database as SqliteDatabase

from bot.models.contacts import Contact, ContactField
from bot.store.contact_rows import (
    COLUMNS,
    LONGEST_SYNC,
    as_row,
    drop,
    index_again,
    read_row,
    upsert_contacts,
)
from bot.store.database.connection import Database
from bot.store.key_value import KeyValueStore
from bot.store.search.contacts import read_search


class ContactChoices:
    """The contact chosen for a number (E.164); it is deleted with its contact."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def choose(self, number: str, contact_id: int) -> bool:
        """Store which contact a number belongs to; return False if it has lost that number."""

        def work(db: SqliteDatabase) -> bool:
            return (
                db.execute(
                    "insert or replace into contact_choices (number, contact_id)"
                    " select number, contact_id from contact_numbers"
                    " where number = ? and contact_id = ?",
                    [number, contact_id],
                ).rowcount
                > 0
            )

        return self._database.write(work)

    def chosen(self, number: str) -> int | None:
        """Return the ID of the contact chosen for a number, or None."""
        row = self._database.row(
            "select contact_id from contact_choices where number = ?", [number]
        )
        return int(row["contact_id"]) if row else None


ROWS_A_WRITE = 500

FIELDS = "contact fields"

# Contacts whose names are compared with a misspelled word: some 20 ms.
MOST_COMPARED = 500
LEAST_ALIKE = 0.75

_BY_WORDS = "select rowid from contact_words where contact_words match ?"

_BY_DIGITS = "select rowid from contact_digits where contact_digits match ?"

_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


class Contacts:
    """Contacts, by their ID; `seen` is when the sync that found a contact began (unix seconds).

    A contact that the app changed during a sync is newer than the sync's data and stays.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = KeyValueStore(database)

    def upsert(
        self, contacts: Sequence[Contact], *, seen: float, numbers: set[str] | None = None
    ) -> int:
        """Store contacts that a sync found; return how many are new or changed.

        Their numbers, current and earlier, are added to `numbers`.
        """
        changed = 0
        # Usually one write. A page with all contacts must not block webhooks.
        for start in range(0, len(contacts), ROWS_A_WRITE):
            rows = [as_row(contact) for contact in contacts[start : start + ROWS_A_WRITE]]
            taken = self._database.write(partial(upsert_contacts, rows=rows, seen=seen))
            changed += taken.contacts
            if numbers is not None:
                numbers.update(taken.numbers)
        return changed

    def reindex(self, after: int, limit: int) -> int | None:
        """Index contacts again that an older version indexed; return the last ID, None at the end.

        `after` is the ID to continue after.
        """
        rows = self._database.rows(
            f"select {COLUMNS} from contacts where contact_id > ? order by contact_id limit ?",
            [after, limit],
        )
        self._database.write(partial(index_again, ids=[row["contact_id"] for row in rows]))
        return rows[-1]["contact_id"] if len(rows) == limit else None

    def save(self, contact: Contact, *, now: float) -> None:
        """Store a contact that the app has just changed."""
        self.upsert([contact], seen=now)

    def drop(self, contact_id: int) -> bool:
        """Delete a contact; return whether it existed."""
        return self._database.write(partial(drop, contact_ids=[contact_id])) > 0

    def drop_unseen(self, *, since: float, numbers: set[str] | None = None) -> int:
        """Delete contacts that no sync found since a time; return how many.

        Their numbers are added to `numbers`.
        """
        dropped, after = 0, -1
        while rows := self._database.rows(
            "select contact_id, numbers from contacts where contact_id > ?"
            " and seen not between ? and ? order by contact_id limit ?",
            [after, since, since + LONGEST_SYNC, ROWS_A_WRITE],
        ):
            after = rows[-1]["contact_id"]
            ids = [row["contact_id"] for row in rows]
            if numbers is not None:
                numbers.update(one for row in rows for one in json.loads(row["numbers"]))
            dropped += self._database.write(partial(drop, contact_ids=ids, unseen_since=since))
        return dropped

    def seen_since(self, moment: float) -> int:
        """Return how many contacts were found by a sync that began at a time or later."""
        row = self._database.row(
            "select count(*) as n from contacts where seen between ? and ?",
            [moment, moment + LONGEST_SYNC],
        )
        return row["n"] if row else 0

    def count(self) -> int:
        """Return how many contacts there are."""
        row = self._database.row("select count(*) as n from contacts")
        return row["n"] if row else 0

    def find(self, contact_id: int) -> Contact | None:
        """Return a contact."""
        row = self._database.row(
            f"select {COLUMNS} from contacts where contact_id = ?", [contact_id]
        )
        return read_row(row) if row else None

    def all(self) -> Iterator[Contact]:
        """Yield all contacts, oldest first."""
        after = -1
        while rows := self._database.rows(
            f"select {COLUMNS} from contacts where contact_id > ? order by contact_id limit ?",
            [after, ROWS_A_WRITE],
        ):
            yield from map(read_row, rows)
            after = rows[-1]["contact_id"]

    def field_names(self) -> list[str]:
        """Return the names of all fields that any contact has."""
        rows = self._database.rows(
            "select distinct key from contacts, json_each(contacts.fields) order by key"
        )
        return [row["key"] for row in rows]

    def with_number(self, number: str) -> list[Contact]:
        """Return the contacts with a number (E.164), oldest first."""
        rows = self._database.rows(
            f"select {COLUMNS} from contact_numbers join contacts using (contact_id)"
            " where number = ? order by contact_id",
            [number],
        )
        return [read_row(row) for row in rows]

    def search(self, words: str, limit: int = 20) -> list[Contact]:
        """Return contacts that match in a name, another field, or a number, best matches first.

        Every word must match. Whole words come before prefixes, names before other fields, and
        matches inside numbers come last.
        """
        found: dict[int, None] = {}
        for asked, digits in read_search(words).steps():
            if len(found) < limit:
                found.update(dict.fromkeys(self._matches(asked, digits, limit)))
        contacts = self._read(list(found)[:limit])
        # `a@b.c` is one address, not three words that anyone may have.
        addresses = [one.casefold() for one in words.split() if _ADDRESS.fullmatch(one)]
        return [one for one in contacts if _has_all(one, addresses)] if addresses else contacts

    def search_names(self, words: str, limit: int = 20) -> list[Contact]:
        """Return contacts whose person or company has all these words, best matches first."""
        found: dict[int, None] = {}
        for asked in read_search(words).name_steps():
            if len(found) < limit:
                found.update(dict.fromkeys(self._matches(asked, None, limit)))
        return self._read(list(found)[:limit])

    def has_name(self, words: str) -> bool:
        """Return whether the name of a person or company has all these words."""
        return bool(self.search_names(words, limit=1))

    def search_alike(self, words: str, limit: int = 5) -> list[Contact]:
        """Return contacts whose names are spelled a little differently, best matches first.

        Only names that begin alike are compared, so that this is fast with many contacts.
        """
        asked = read_search(words).words
        alike = [self._word_alike(word) for word in asked]
        if not asked or None in alike or tuple(alike) == asked:
            return []
        return self.search_names(" ".join(word for word in alike if word), limit)

    def _word_alike(self, word: str) -> str | None:
        """Return the word in a contact's names that is most like this one."""
        for length in (len(word), 3, 2, 1):
            rows = self._database.rows(
                "select names from contacts where contact_id in ("
                " select rowid from contact_words where contact_words match ? limit ?)",
                [f'{{names}} : "{word[:length]}"*', MOST_COMPARED],
            )
            known: set[str] = {one for row in rows for one in row["names"].split()}
            if any(one.startswith(word) for one in known):
                return word
            if close := difflib.get_close_matches(word, known, n=1, cutoff=LEAST_ALIKE):
                return close[0]
        return None

    def _read(self, ids: Sequence[int]) -> list[Contact]:
        rows = self._database.rows(
            f"select {COLUMNS} from contacts where contact_id in (select value from json_each(?))",
            [json.dumps(ids)],
        )
        contacts = {row["contact_id"]: read_row(row) for row in rows}
        return [contacts[one] for one in ids if one in contacts]

    def _matches(self, words: str, digits: str | None, limit: int) -> list[int]:
        if digits is None:
            sql, values = _BY_WORDS, [words]
        elif not words:
            sql, values = _BY_DIGITS, [digits]
        else:
            sql, values = f"{_BY_WORDS} and rowid in ({_BY_DIGITS})", [words, digits]
        return [row[0] for row in self._database.rows(f"{sql} limit ?", [*values, limit])]

    def fields(self) -> list[ContactField]:
        """Return the company's contact fields; empty before the first sync."""
        return [ContactField(**one) for one in json.loads(self._notes.text(FIELDS) or "[]")]

    def set_fields(self, fields: Iterable[ContactField]) -> None:
        """Store the company's contact fields."""
        self._notes.set_text(FIELDS, json.dumps([asdict(one) for one in fields]))


def _has_all(contact: Contact, parts: Sequence[str]) -> bool:
    values = [value.casefold() for value in contact.fields.values()]
    return all(any(part in value for value in values) for part in parts)
