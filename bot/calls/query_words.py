"""Owns the words that say which calls somebody asked for."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.calls.query import CallQuery
from bot.models.calls import Direction
from bot.ui.message import clean, shorten

MOST_PHRASE = 60
DAY = timedelta(days=1)


def describe_query(query: CallQuery, *, whose: str | None, today: date) -> str:
    """Say what was understood, such as "Missed calls of Ana Torres, yesterday".

    `whose` follows "calls", such as "of Ana Torres"; `today` is the asker's local day.
    """
    which = "Missed" if query.missed else "Answered" if query.answered else ""
    which = f"{which} {query.direction}".strip() if query.direction else which
    if query.missed and query.direction is Direction.OUTGOING:
        which = "Unanswered outgoing"
    when = _when(query.first, query.last, today)
    if query == CallQuery():
        return "The latest calls"
    words = ["your" if query.mine else "", which.lower(), "calls"]
    what = " ".join(word for word in words if word).capitalize()
    said = " ".join(part for part in (what, whose) if part)
    phrases = _words(query.phrases)
    return ", ".join(part for part in (said, when, phrases) if part)


def quoted(text: str) -> str:
    """Give what somebody typed in quotation marks, cut where it is long."""
    return f"“{shorten(' '.join(clean(text).split()), MOST_PHRASE)}”"


def day_in_words(day: date, today: date) -> str:
    """Give a day as people call it, such as `yesterday` or `Fri 20 Nov`."""
    if day == today:
        return "today"
    if day == today - DAY:
        return "yesterday"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def _when(first: date | None, last: date | None, today: date) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return day_in_words(first, today)
    return f"{day_in_words(first, today)} to {day_in_words(last, today)}"


def _words(phrases: Sequence[str]) -> str:
    if not phrases:
        return ""
    return f"with the words {' and '.join(quoted(phrase) for phrase in phrases[:5])}"
