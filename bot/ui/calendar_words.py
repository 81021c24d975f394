"""Names of weekdays and months, and whole weeks, months and years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY, WEEK = timedelta(days=1), timedelta(days=7)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)

_SHORT = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

LEAST_LETTERS = 3

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Days:
    """Local days, both included; None is without limit.

    `begin` is a minute of the first day, `end` (exclusive) one of the last day.
    """

    first: date | None
    last: date | None
    begin: int = 0
    end: int = MINUTES_A_DAY

    @property
    def is_whole(self) -> bool:
        """Return whether no time of day was given."""
        return (self.begin, self.end) == (0, MINUTES_A_DAY)


def weekday_of(word: str) -> int | None:
    """Return the number of a weekday (Monday is 0), or None."""
    return _SHORT.get(word, _index(word, WEEKDAYS))


def month_of(word: str) -> int | None:
    """Return the number of a month (January is 1), or None."""
    place = 8 if word == "sept" else _index(word, MONTHS)
    return None if place is None else place + 1


def is_about_days(text: str) -> bool:
    """Return whether a text that begins with `next` or `in` is about days."""
    if not text.startswith(("next ", "coming ", "following ")):
        return True
    word = text.split()[1]
    return word in {"week", "month", "year", "weekend", "day"} or bool(
        month_of(word) or weekday_of(word) is not None
    )


def _index(word: str, names: Sequence[str]) -> int | None:
    """Return the place of `monday`, `mondays` or `mon`."""
    for place, name in enumerate(names):
        if word in {name, f"{name}s", name[:LEAST_LETTERS]}:
            return place
    return None


def whole_unit(unit: str, day: date) -> Days:
    """Return the calendar week, month or year of a day."""
    if unit == "week":
        monday = day - day.weekday() * DAY
        return Days(monday, monday + WEEK - DAY)
    if unit == "year":
        return Days(date(day.year, 1, 1), date(day.year, 12, 31))
    if unit == "quarter":
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return Days(first, (first + 93 * DAY).replace(day=1) - DAY)
    first = day.replace(day=1)
    return Days(first, (first + 31 * DAY).replace(day=1) - DAY)


def months_back(day: date, count: int) -> date:
    """Return the first day of a month some months before a day."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(max(year, 1), month + 1, 1)
