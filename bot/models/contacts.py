"""Contacts, with the fields that each company defines."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.phone_numbers import format_number, is_whole, normalise, parse_numbers

# Only the name of a field tells which one holds the contact's name (assumed).
_FIRST = re.compile(r"\b(first|given|fore)\s*name\b", re.IGNORECASE)
_LAST = re.compile(r"\b(last|family|sur)\s*name\b", re.IGNORECASE)
_WHOLE = re.compile(r"^(full |contact |display )?name$", re.IGNORECASE)
_COMPANY = re.compile(r"\b(company|organi[sz]ation|business|firm)\b", re.IGNORECASE)
_EMAIL = re.compile(r"\be-?mail\b", re.IGNORECASE)
_NAME = re.compile(r"\bname\b", re.IGNORECASE)

# `Bob Smith 212 555 0123`, `bob@example.com Bob`
_NUMBER_BESIDE_NAME = re.compile(
    r"(?P<before>[^\d+(@]*?)\s*(?P<number>[+(]?\d[\d().\-/ ]{5,}\d)\s*(?P<after>[^\d@()]*)"
)
_EMAIL_BESIDE_NAME = re.compile(r"[^\s<>,;()@]+@[^\s<>,;()@]+\.[^\s<>,;()@]+")
LONGEST_TYPED = 500
_LAST_NAME_FIRST = re.compile(r"(?P<last>[^\s,]+), ?(?P<first>[^\s,]+(?: [^\s,]+)?)")
# What follows a comma in names of companies, and in names of people with a suffix.
_AFTER_COMMA = frozenset(
    [
        *("inc", "llc", "llp", "ltd", "co", "corp", "plc", "pc", "pa", "gmbh", "ag", "kg"),
        *("jr", "sr", "ii", "iii", "iv", "md", "dds", "dmd", "phd", "esq", "cpa", "rn"),
    ]
)
_AROUND_NAME = " ,;:.<>()-–—"


@dataclass(frozen=True)
class ContactField:
    """One field of the company's contacts; Vocatech matches contacts on `is_match` fields."""

    name: str
    order: int = 0
    is_phone: bool = False
    is_match: bool = False
    is_shown: bool = True


@dataclass(frozen=True)
class Contact:
    """A contact; `fields` as the company filled them in, `numbers` in E.164 if they are valid."""

    contact_id: int
    fields: Mapping[str, str] = field(default_factory=dict)
    numbers: Sequence[str] = ()

    @property
    def name(self) -> str | None:
        """The name of the person, else of the company, else the email address."""
        parts = [self._find(_FIRST), self._find(_LAST)]
        whole = " ".join(part for part in parts if part) or self._find(_WHOLE)
        return whole or self.company or self.email

    @property
    def company(self) -> str | None:
        """The company they work for."""
        return self._find(_COMPANY)

    @property
    def email(self) -> str | None:
        """The email address; `Email Opt In` is none."""
        return self._find(_EMAIL, having="@")

    def _find(self, pattern: re.Pattern[str], *, having: str = "") -> str | None:
        found = (self.fields[name].strip() for name in _by_likeness(self.fields, pattern))
        return next((value for value in found if value and having in value), None)


def _by_likeness(names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    """Return the names of fields that match: `First Name` before `Spouse First Name`."""
    matching = filter(pattern.search, names)
    return sorted(matching, key=lambda name: len(_NAME.sub("", pattern.sub("", name)).strip()))


def read_numbers(
    fields: Mapping[str, str], phone_fields: Collection[str], region: str
) -> tuple[str, ...]:
    """Return the numbers in a contact's phone fields, each once.

    A field may hold several, separated by `;` (observed). Numbers without a country code belong to
    `region`.
    """
    values = [value for name, value in fields.items() if name in phone_fields]
    numbers = (
        number
        for value in values
        for part in value.split(";")
        # An extension or a note in a phone field stays what it is.
        for number in parse_numbers(part, region) or [normalise(part, region)]
    )
    return tuple(dict.fromkeys(number for number in numbers if number))


def with_derived_fields(typed: str, fields: Sequence[ContactField], region: str) -> dict[str, str]:
    """Return the fields of a new contact from a typed number, email, and name.

    Numbers without a country code belong to `region`.
    """
    words = " ".join(typed.split())[:LONGEST_TYPED]
    beside = _NUMBER_BESIDE_NAME.fullmatch(words)
    number = normalise(words if beside is None else beside["number"], region) or ""
    if is_whole(number):
        phones = sorted((one for one in fields if one.is_phone), key=lambda one: not one.is_match)
        found = {one.name: format_number(number, region) or number for one in phones[:1]}
        name = " ".join(beside.group("before", "after")).strip(_AROUND_NAME) if beside else ""
        return {**with_derived_fields(name, fields, region), **found} if name else found
    others = [one.name for one in fields if not one.is_phone and one.is_shown]
    email = _EMAIL_BESIDE_NAME.search(words)
    if email and (name := words.replace(email[0], "").strip(_AROUND_NAME)):
        found = _filled(others, (_EMAIL, email[0]))
        return {**with_derived_fields(name, fields, region), **found}
    if "@" in words:
        return _filled(others, (_EMAIL, words))
    first, last = _first_and_last(words)
    if any(map(_FIRST.search, others)) and any(map(_LAST.search, others)):
        return _filled(others, (_FIRST, first), (_LAST, last))
    whole = next((one for one in (_WHOLE, _COMPANY) if any(map(one.search, others))), None)
    return _filled(others, (whole, words)) if whole else {one: words for one in others[:1] if words}


def _first_and_last(name: str) -> tuple[str, str]:
    """Return the parts of `Maria Lopez` or `Lopez, Maria`; `Acme, Inc.` isn't turned around."""
    first, _, last = name.partition(" ")
    if turned := _LAST_NAME_FIRST.fullmatch(name):
        words = {word.strip(".").casefold() for word in turned["first"].split()}
        if words.isdisjoint(_AFTER_COMMA):
            return turned["first"], turned["last"]
    return first, last


def _filled(names: Sequence[str], *parts: tuple[re.Pattern[str], str]) -> dict[str, str]:
    found = ((_by_likeness(names, pattern)[:1], value) for pattern, value in parts)
    return {name: value for named, value in found for name in named if value}


def find_invalid_number(value: str, region: str) -> str | None:
    """Return the first part of a phone field (separated by `;`) that is no valid phone number."""
    parts = (part.strip() for part in value.split(";"))
    return next((part for part in parts if part and not _is_number(part, region)), None)


def _is_number(part: str, region: str) -> bool:
    return bool(parse_numbers(part, region))
