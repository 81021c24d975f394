"""Parsing of /calls queries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood
from bot.models.calls import Direction
from bot.phone_numbers import LONGEST_EXTENSION, normalise
from bot.ui.command_text import Token, tokenize
from bot.ui.formatting import full_date

EXAMPLE = "/calls @Ana yesterday missed"
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_NUMBER = re.compile(r"[+(]?[\d][\d().\-/ ]*|\+")
_ISO_YEAR_DIGITS = 4
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MONTH_FIRST = {"US", "PH", "CA"}
_WHICH: dict[str, dict[str, Any]] = {
    "missed": {"missed": True},
    "answered": {"answered": True},
    "incoming": {"direction": Direction.INCOMING},
    "outgoing": {"direction": Direction.OUTGOING},
    "mine": {"mine": True},
}
# Days back to the first day, and number of days.
_WHEN = {"today": (0, 1), "yesterday": (1, 1), "week": (6, 7), "month": (29, 30)}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class CallQuery:
    """A search for calls: every part that is given must match.

    `first` and `last` are local days, both included. `mention` is a Slack user ID, `number` in
    E.164, `extension` a short number, `name` the other words typed for a person. `phrases` must
    occur in summaries or transcripts.
    """

    mention: str | None = None
    number: str | None = None
    extension: str | None = None
    name: str | None = None
    first: date | None = None
    last: date | None = None
    direction: Direction | None = None
    missed: bool = False
    answered: bool = False
    mine: bool = False
    phrases: tuple[str, ...] = ()

    def moments(self, zone: ZoneInfo) -> tuple[float | None, float | None]:
        """Return the start and the end (exclusive) in unix seconds."""
        return (
            _midnight(self.first, zone) if self.first else None,
            _midnight(self.last + DAY, zone) if self.last else None,
        )


def parse_query(typed: str, *, today: date, region: str) -> CallQuery:
    """Parse `[who] [when] [missed|answered|incoming|outgoing|mine] ["words"]`, in any order.

    `today` is the reader's local day, `region` the country of numbers without a country code and
    of ambiguous dates. Raises NotUnderstood with a sentence for the reader.
    """
    query, rest = CallQuery(), list[Token]()
    for token in _joined_ranges(tokenize(typed)):
        if token.is_mention:
            query = replace(query, mention=token.text)
        elif token.is_quoted:
            query = replace(query, phrases=(*query.phrases, token.text))
        else:
            said = _read_word(query, token.text, today, region)
            rest += [] if said else [token]
            query = said or query
    who = " ".join(token.text for token in rest)
    query = _with_who(query, who, region) if who else query
    _refuse_contradictions(query)
    return query


def _refuse_contradictions(query: CallQuery) -> None:
    if query.missed and query.answered:
        raise NotUnderstood("A call can't be both missed and answered.", "/calls missed today")
    if query.mine and query.mention:
        raise NotUnderstood(
            "Search for your own calls or another person's, not both.",
            "/calls mine today",
        )


def _read_word(query: CallQuery, word: str, today: date, region: str) -> CallQuery | None:
    """Return the query with a date or filter word added; None if it must be part of a name."""
    known = word.lower()
    if known in _WHICH:
        return replace(query, **_WHICH[known])
    if known in _WHEN:
        back, days = _WHEN[known]
        return replace(query, first=today - back * DAY, last=today - (back + 1 - days) * DAY)
    first, dots, last = word.partition("..")
    if not _DATE.fullmatch(first):
        return None
    begin = _read_date(first, region)
    end = (_read_date(last, region) if last else today) if dots else begin
    if end < begin:
        raise NotUnderstood(
            f"The dates are in the wrong order: {full_date(begin)} is after {full_date(end)}.",
            f"/calls {end:%Y-%m-%d}..{begin:%Y-%m-%d}",
        )
    return replace(query, first=begin, last=end)


def _joined_ranges(tokens: Iterable[Token]) -> list[Token]:
    """Join `2026-11-01 .. 2026-11-05` and `2026-11-01 to 2026-11-05` into one word."""
    joined: list[Token] = []
    for token in tokens:
        is_date = bool(_DATE.fullmatch(token.text))
        between = joined[-1].text.lower() if joined else ""
        if is_date and len(joined) > 1 and between in {"..", "to", "-", "–"}:
            joined.pop()
            joined[-1] = Token(f"{joined[-1].text}..{token.text}")
        else:
            joined.append(token)
    return joined


def _read_date(word: str, region: str) -> date:
    parts = [int(part) for part in re.split(r"[./-]", word)]
    if len(re.split(r"[./-]", word)[0]) == _ISO_YEAR_DIGITS:
        year, month, day = parts
    elif "/" in word and region in _MONTH_FIRST:
        month, day, year = parts
    else:
        day, month, year = parts
    try:
        read = date(year, month, day)
    except ValueError:
        read = None
    if read is None or not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        raise NotUnderstood(f"{word} isn't a date.", "/calls 2026-11-20")
    return read


def _with_who(query: CallQuery, who: str, region: str) -> CallQuery:
    if _NUMBER.fullmatch(who):
        digits = re.sub(r"\D", "", who)
        if not digits:
            return replace(query, name=who)
        if len(digits) <= LONGEST_EXTENSION:
            return replace(query, extension=digits)
        return replace(query, number=normalise(who, region))
    if re.fullmatch(r"(ext\.?|extension)\s*\d{1,6}", who, re.IGNORECASE):
        return replace(query, extension=re.sub(r"\D", "", who))
    return replace(query, name=who.removeprefix("@") or who)


def _midnight(day: date, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(), zone).astimezone(UTC).timestamp()
