"""Owns what is asked of the search among calls, and its wording for SQLite and FTS5."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.models.calls import Direction, Outcome
from bot.store.call_search_index import ANSWERED, MISSED, PLACES_A_SECOND

MOST_WORDS = 16


@dataclass(frozen=True)
class Wanted:
    """Which calls: every part that is given must hold; moments in unix seconds, `number` E.164.

    `name` is somebody's of ours or outside; each of `phrases` was said in those words.
    """

    number: str | None = None
    extensions: tuple[str, ...] | None = None
    name: str | None = None
    since: float | None = None
    until: float | None = None
    direction: Direction | None = None
    missed: bool = False
    answered: bool = False
    phrases: tuple[str, ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Which outcomes will do; all of them where none is named."""
        if self.answered:
            return ANSWERED
        if not self.missed:
            return ()
        return (*MISSED, Outcome.UNANSWERED) if self.direction is Direction.OUTGOING else MISSED


def conditions(wanted: Wanted) -> list[tuple[str, list[Any]]]:
    """Give the conditions on a call and their values: once for each extension, to use its index."""
    parts: list[str] = []
    values: list[Any] = []
    for part, value in (
        ("remote_number = ?", wanted.number),
        ("started_at >= ?", wanted.since),
        ("started_at < ?", wanted.until),
        ("direction = ?", wanted.direction),
    ):
        if value is not None:
            parts.append(part)
            values.append(value)
    if wanted.outcomes:
        parts.append(f"outcome in ({', '.join('?' * len(wanted.outcomes))})")
        values += wanted.outcomes
    if wanted.extensions is None:
        return [(" and ".join(parts) or "true", values)]
    return [
        (" and ".join(["extension = ?", *parts]), [extension, *values])
        for extension in dict.fromkeys(wanted.extensions)
    ]


def places(wanted: Wanted) -> tuple[int, int]:
    """Give where in the order of time the calls asked for are, to the second."""
    since = int(wanted.since or 0)
    until = int(wanted.until) if wanted.until is not None else 2**40
    return since * PLACES_A_SECOND, until * PLACES_A_SECOND


def said(phrases: Iterable[str]) -> list[str] | None:
    """Give an expression for each phrase; None where one has no word in it."""
    quoted = [quote(phrase) for phrase in phrases]
    if not all(quoted):
        return None
    return [f"{{summary transcript}} : {one}" for one in quoted]


def marked(marks: Iterable[str]) -> str:
    """Give an expression for calls that have one of these marks."""
    quoted = " OR ".join(f'"{mark}"' for mark in dict.fromkeys(marks))
    return f"{{marks}} : ({quoted})"


def quote(text: str, between: str = " ") -> str:
    """Give the words of a text in quotes, in which FTS5 takes all as data; a phrase, or joined.

    FTS5 itself takes off case and accents, as it did from what it has indexed.
    """
    composed = unicodedata.normalize("NFC", text)
    # A mark on a letter belongs to its word.
    spaced = "".join(
        sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in composed
    )
    words = [word for word in spaced.split() if any(map(str.isalnum, word))][:MOST_WORDS]
    if between == " ":
        return f'"{" ".join(words)}"' if words else ""
    return between.join(f'"{word}"' for word in words)
