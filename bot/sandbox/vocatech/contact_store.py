"""The contact repository: by ID, by match field, and by search."""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Literal

from bot.sandbox.company.contacts import Fields, make_contact_fields
from bot.sandbox.vocatech.request_validation import PathNotFound

LONGEST_VALUE: Final = 500
SEVERAL: Final = ";"
# Three to twenty digits with common separators, then an optional extension.
_NUMBER: Final = r" *\+?(?:[ ()./-]*[0-9]){3,20}[ )]*(?:(?:x|ext\.?) ?[0-9]{1,6} *)?"
PHONES: Final = rf"^(?:{_NUMBER}(?:;{_NUMBER})*)?$"

Action = Literal["created", "updated"]
Key = tuple[str, str]


class InvalidContactFields(Exception):
    """The fields of a contact are invalid."""


class ContactRepository:
    """Contacts, ordered by ID; fast with a hundred thousand and more.

    `fields` are the company's own; replace them only while there are no contacts.
    """

    def __init__(self, contacts: Iterable[Mapping[str, str]] = ()) -> None:
        self.fields = make_contact_fields()
        self._lock = threading.RLock()
        # A contact is never changed, only replaced, because another thread may be serializing it.
        self._kept: dict[int, dict[str, Any]] = {}
        self._text: dict[int, str] = {}
        self._by_key: dict[Key, dict[int, None]] = {}
        self._last = 0
        for fields in contacts:
            self.add(fields)

    def __len__(self) -> int:
        """Count the contacts."""
        return len(self._kept)

    def ids(self) -> list[int]:
        """Return the IDs of all contacts."""
        with self._lock:
            return list(self._kept)

    def __contains__(self, contact_id: int) -> bool:
        """Return whether a contact exists."""
        return contact_id in self._kept

    def add(self, fields: Mapping[str, str]) -> int:
        """Add a contact without checks and return its ID."""
        with self._lock:
            self._last += 1
            self._put(self._last, {name: value for name, value in fields.items() if value})
            return self._last

    def show(self, contact_id: int) -> dict[str, Any]:
        """Return a contact as `{id, fields}`, or raise `PathNotFound`; do not change it."""
        with self._lock:
            if contact_id not in self._kept:
                raise PathNotFound
            return self._kept[contact_id]

    def look_up(self, search: str, first: int, count: int) -> tuple[list[dict[str, Any]], int]:
        """Return a page of the contacts that contain a text or a number, and their total.

        Numbers match by their digits.
        """
        with self._lock:
            if not search:
                return list(islice(self._kept.values(), first, first + count)), len(self._kept)
            word, digits = search.casefold(), _digits(search)
            by_number = bool(digits and re.fullmatch(_NUMBER, search))
            found = [
                contact_id
                for contact_id, text in self._text.items()
                if word in text or (by_number and digits in text)
            ]
            return [self._kept[one] for one in found[first : first + count]], len(found)

    def match(self, fields: Mapping[str, Any]) -> tuple[int, Action]:
        """Update the first contact that has a match field in common, or create one.

        Raises `InvalidContactFields`.
        """
        with self._lock:
            self._check(fields)
            keys = list(self._keys(fields))
            if not keys:
                raise InvalidContactFields("no match field given")
            found = [one for key in keys for one in self._by_key.get(key, ())]
            if not found:
                return self.add(fields), "created"
            self.write(min(found), fields, keep=True)
            return min(found), "updated"

    def write(self, contact_id: int, fields: Mapping[str, Any], *, keep: bool) -> None:
        """Replace the fields of a contact; `keep` the ones that are not given.

        Raises `InvalidContactFields` and `PathNotFound`.
        """
        with self._lock:
            self._check(fields)
            old: Fields = self.show(contact_id)["fields"] if keep else {}
            new = {name: value for name, value in {**old, **fields}.items() if value}
            self._forget(contact_id)
            self._put(contact_id, new)

    def remove(self, contact_id: int) -> None:
        """Remove a contact, or raise `PathNotFound`."""
        with self._lock:
            self._forget(contact_id)
            del self._kept[contact_id], self._text[contact_id]

    def _put(self, contact_id: int, fields: Fields) -> None:
        self._kept[contact_id] = {"id": contact_id, "fields": fields}
        values = [value.casefold() for value in fields.values()]
        phones = [_digits(fields[name]) for name in self._phones() if name in fields]
        self._text[contact_id] = "\n".join((*values, *phones))
        for key in self._keys(fields):
            self._by_key.setdefault(key, {})[contact_id] = None

    def _forget(self, contact_id: int) -> None:
        for key in self._keys(self.show(contact_id)["fields"]):
            self._by_key.get(key, {}).pop(contact_id, None)

    def _check(self, fields: Mapping[str, Any]) -> None:
        known = {field["name"]: field for field in self.fields}
        for name, value in fields.items():
            if name not in known:
                raise InvalidContactFields(f"unknown field: {name}")
            if not isinstance(value, str):
                raise InvalidContactFields(f"{name} must be a string")
            if len(value) > LONGEST_VALUE:
                raise InvalidContactFields(f"{name} must be at most {LONGEST_VALUE} characters")
            if known[name]["is_phone"] and not re.fullmatch(PHONES.strip("^$"), value):
                raise InvalidContactFields(
                    f"{name} must be a phone number, or several joined with ;"
                )

    def _keys(self, fields: Mapping[str, str]) -> Iterator[Key]:
        for field in self.fields:
            name = field["name"]
            if field["is_match"] and fields.get(name):
                for part in fields[name].split(SEVERAL) if field["is_phone"] else [fields[name]]:
                    yield name, _national(part) if field["is_phone"] else part.strip().casefold()

    def _phones(self) -> list[str]:
        return [field["name"] for field in self.fields if field["is_phone"]]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9;]", "", text)


def _national(number: str) -> str:
    """Return the last ten digits of a number, to compare different spellings."""
    return _digits(re.split("[ex]", number)[0])[-10:]
