"""Field types of Vocatech's payloads; an invalid value is read as unknown."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Annotated, Any, ClassVar, get_args

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

_MOST_SEGMENTS = 200
_LONGEST_SECONDS = 7 * 86_400
_YEAR_2000, _YEAR_2100 = 946_684_800, 4_102_444_800
_UNIX = re.compile(r"[+]?[0-9]+(\.[0-9]*)?(e[+]?[0-9]+)?", re.IGNORECASE)
_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
# As Go writes a time: `2026-11-23 05:00:00.25 -0500 EST`.
_OFFSET = re.compile(r"\s*([+-]\d{2}:?\d{2})(?:\s+[a-z]{1,5})?$", re.IGNORECASE)
_SLASHES = re.compile(r"^(\d{4})/(\d{2})/(\d{2})\b")
_MILLISECONDS_FROM = 100_000_000_000
# Characters that can't be stored or sent as text: zero bytes and lone surrogates.
_BROKEN_CHARACTERS = re.compile("[\x00\ud800-\udfff]")


def read_text(value: Any) -> str | None:
    """Return a string or a number as text without invalid characters; otherwise None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    return _BROKEN_CHARACTERS.sub("", str(value)).strip() or None


def _seconds(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return round(seconds) if 0 <= seconds <= _LONGEST_SECONDS else None


def _moment(value: Any) -> float | None:
    """Parse ISO 8601, RFC 2822 or unix time; a time without a zone is taken as UTC (assumed)."""
    try:
        seconds = _unix_seconds(value)
    except (TypeError, ValueError, OverflowError):
        return None
    for _ in range(3):  # milliseconds, microseconds, or nanoseconds
        seconds = seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds
    return seconds if _YEAR_2000 <= seconds <= _YEAR_2100 else None


def _unix_seconds(value: Any) -> float:
    """Return a time in unix seconds or their thousandths; raise ValueError if it is none."""
    if isinstance(value, bool) or not isinstance(value, str):
        return float(value)
    text = value.strip()
    if _UNIX.fullmatch(text):
        return float(text)
    written = _OFFSET.sub(r"\1", _SLASHES.sub(r"\1-\2-\3", text))
    zone = _UTC.search(written)
    written = f"{written[: zone.start()]}+00:00" if zone else written.upper()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _list(value: Any) -> list[Any]:
    """Return the objects in a list, up to more segments than any call has."""
    if not isinstance(value, list):
        return []
    return [item for item in value[:_MOST_SEGMENTS] if isinstance(item, dict)]


Text = Annotated[str | None, BeforeValidator(read_text)]
Seconds = Annotated[int | None, BeforeValidator(_seconds)]
Moment = Annotated[float | None, BeforeValidator(_moment)]
Objects = BeforeValidator(_list)


# The first name of each field, with all of its names; names in nested objects follow a dot.
Spellings = dict[str, tuple[str, ...]]


class Shape(BaseModel):
    """A payload in which any field may be missing and unknown fields may be present.

    `unread` are known fields that the app doesn't use.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    unread: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def spellings(cls) -> Spellings:
        """Return every known field by its first name, with all of its names."""
        known: Spellings = {name: (name,) for name in cls.unread}
        for name, info in cls.model_fields.items():
            alias = info.validation_alias
            choices = alias.choices if isinstance(alias, AliasChoices) else [name]
            names = tuple(choice for choice in choices if isinstance(choice, str))
            known[names[0]] = names
            for inner in get_args(info.annotation):
                if isinstance(inner, type) and issubclass(inner, Shape):
                    known |= {
                        f"{names[0]}.{first}": tuple(f"{names[0]}.{one}" for one in names_of_inner)
                        for first, names_of_inner in inner.spellings().items()
                    }
        return known

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Drop nulls, so that a null under one name doesn't hide the value under another."""
        return {name: value for name, value in given.items() if value is not None}


def named(*names: str) -> Any:
    """Return a field that may have any of these names; earlier names win."""
    return Field(None, validation_alias=AliasChoices(*names))
