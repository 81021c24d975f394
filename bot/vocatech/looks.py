"""Owns what one look at a family of Vocatech's API found: how it answers, and with which fields."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.errors import AnswerUnreadable, ApiError, NotFound, TooManyRequests, Unavailable
from bot.vocatech.fields import Spellings

Status = Literal["works", "empty", "refused", "missing", "unreachable", "unreadable", "not tried"]
# What is no usual name of a field may be a value, such as a number, and is not repeated.
_A_NAME = re.compile(r"[A-Za-z_](?:[A-Za-z_-]|[0-9]{1,3}(?![0-9])){0,59}")
STRANGE_NAME = "(an odd name)"


@dataclass(frozen=True)
class Fields:
    """Names of fields only, never their values; those of inner objects follow a dot."""

    recognised: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """How one family answered; `count` is of its rows, `facts` are JSON values about it."""

    key: str
    status: Status
    count: int = 0
    fields: Fields = field(default_factory=Fields)
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: ApiError | None = None


def status_of(error: ApiError) -> Status:
    """Tell how a family answered that gave an error."""
    if isinstance(error, TooManyRequests):
        return "not tried"
    if isinstance(error, NotFound):
        return "missing"
    if isinstance(error, AnswerUnreadable):
        return "unreadable"
    return "unreachable" if isinstance(error, Unavailable) else "refused"


def compare(rows: Iterable[Mapping[str, Any]], known: Spellings, expected: Sequence[str]) -> Fields:
    """Compare the fields of rows with those that are known.

    `expected` are the first names of known fields; where any of several will do, `|` stands
    between them. Whether an inner field is missing can be told only where its object is there.
    """
    seen = {name for row in rows for name in _names(row, known)}
    by_name = {name: first for first, names in known.items() for name in names}
    found = {by_name[name] for name in seen if name in by_name}
    insides = {name.partition(".")[0] for name in seen if "." in name}
    missing = [
        wanted
        for wanted in expected
        if not found & set(wanted.split("|"))
        and ("." not in wanted or wanted.partition(".")[0] in insides)
    ]
    return Fields(
        recognised=tuple(sorted(seen & set(by_name))),
        unknown=tuple(sorted({_shown(name) for name in seen - set(by_name)})),
        missing=tuple(wanted.replace("|", " or ") for wanted in missing) if seen else (),
    )


def _names(row: Mapping[str, Any], known: Spellings) -> Iterator[str]:
    outer = {name.partition(".")[0] for name in known if "." in name}
    for name, value in row.items():
        yield name
        inside = value if isinstance(value, list) and name in outer else []
        for inner in inside:
            if isinstance(inner, dict):
                yield from (f"{name}.{one}" for one in inner)


def _shown(name: str) -> str:
    return name if all(_A_NAME.fullmatch(part) for part in name.split(".")) else STRANGE_NAME
