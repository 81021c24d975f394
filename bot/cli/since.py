"""Owns how a day in the past is given in a terminal."""

import argparse
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY = date(2000, 1, 1)
_DAYS = {"d": 1, "w": 7}


def day_or_span(word: str) -> date | timedelta:
    """Read a day such as 2026-01-31, or how far back it lies, such as 30d or 12w."""
    # Somewhere it is tomorrow already.
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if back := re.fullmatch(r"([1-9][0-9]{0,4})([dw])", word.lower(), re.ASCII):
        span = timedelta(days=int(back[1]) * _DAYS[back[2]])
        _check(word, lies_before_2000=tomorrow - FIRST_DAY < span, lies_ahead=False)
        return span
    try:
        day = datetime.strptime(word, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"a day such as 2026-01-31 is needed, or how far back it lies, such as 30d or 12w;"
            f" not {word!r}"
        ) from None
    _check(word, lies_before_2000=day < FIRST_DAY, lies_ahead=day > tomorrow)
    return day


def begin_of(since: date | timedelta, zone: ZoneInfo, now: float) -> float:
    """Give the midnight, in unix seconds, with which that day begins in a zone."""
    today = datetime.fromtimestamp(now, zone).date()
    day = today - since if isinstance(since, timedelta) else since
    return datetime.combine(day, time(), zone).timestamp()


def _check(word: str, *, lies_before_2000: bool, lies_ahead: bool) -> None:
    if lies_before_2000:
        raise argparse.ArgumentTypeError(f"{word} lies before the year 2000")
    if lies_ahead:
        raise argparse.ArgumentTypeError(f"{word} lies in the future")
