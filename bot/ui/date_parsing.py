"""Dates as people type them: `nov 20`, `the 29th`, `30.11.2026`, `11/30`, `q3`, `2026-11`."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import NotUnderstood
from bot.ui.calendar_words import (
    DAY,
    WEEKDAYS,
    Days,
    month_of,
    months_back,
    weekday_of,
    whole_unit,
)
from bot.ui.formatting import full_date
from bot.ui.time_patterns import (
    DATE,
    DATE_OF_THIS_YEAR,
    MONTH_FIRST,
    MONTH_OF_YEAR,
    ORDINAL,
    ORDINAL_ALONE,
)

FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTHS_A_YEAR = 12
# A date without a year that passed longer ago than this means next year.
LATELY = timedelta(days=90)
_ISO_YEAR_DIGITS = 4
_DAYS_AND_MONTH = (
    rf"(?P<month>[a-z]+)\.? ?(?:the )?{ORDINAL},?(?: (?P<year>\d{{4}}|'?\d\d))?",
    rf"{ORDINAL}\.?(?: of)? ?(?P<month>[a-z]+)\.?,?(?: ?(?P<year>\d{{4}}|'?\d\d))?",
    r"(\d{1,2})-(?P<month>[a-z]+)-(?P<year>\d{4}|\d\d)",
    r"(?:last |this |next |previous )?(?P<month>[a-z]+)\.?,?(?: (?P<year>\d{4}|'\d\d))?()",
)
# A year in two digits without an apostrophe is near: `2 aug 26`, not `nov 9 11`.
_YEARS_BACK, _YEARS_AHEAD = 6, 2


class Unclear(NotUnderstood):
    """What was typed has two meanings, or a day of the week that isn't that of its date."""


@dataclass(frozen=True)
class DateReader:
    """Reads dates; without a year, the latest one by `today`, or if `is_ahead` the next one.

    With `is_ahead`, a day that passed lately stays in the past, so that callers can refuse it.
    `region` (ISO 3166) decides about the order of day and month where both are possible, and
    `command` comes first in examples.
    """

    today: date
    region: str
    command: str
    is_ahead: bool = False

    def read(self, text: str) -> Days | None:
        """Return the days of a date, month, or quarter, or None. Raises NotUnderstood."""
        first, _, rest = text.partition(" ")
        weekday = weekday_of(first.rstrip(","))
        # `fri nov 27`, but `fri 9.30` is a time
        if weekday is None or not rest or re.fullmatch(r"\d{1,2}\.\d{1,2}", rest):
            return self._read(text)
        found = self._read(rest.removeprefix("the "))
        day = found.first if found and found.first == found.last else None
        if day and day.weekday() != weekday:
            is_on, not_on = WEEKDAYS[day.weekday()].title(), WEEKDAYS[weekday].title()
            raise Unclear(
                f"{full_date(day)} is a {is_on}, not a {not_on}.",
                f"{self.command} {day.isoformat()}".strip(),
            )
        return found if day else None

    def _read(self, text: str) -> Days | None:
        return (
            self._month_by_name(text)
            or self._day_of_month(text)
            or self._quarter(text)
            or self._numbers(text)
        )

    def _month_by_name(self, text: str) -> Days | None:
        for pattern in _DAYS_AND_MONTH:
            found = re.fullmatch(pattern, text)
            month = month_of(found["month"]) if found else None
            if found and month:
                number = next((one for one in found.groups() if one and len(one) <= 2), None)  # noqa: PLR2004 (a day)
                year = self._typed_year(found["year"])
                if year is None and found["year"]:
                    continue
                if year is None and number is None and text.startswith("last "):
                    year = self.today.year - (month >= self.today.month)
                return self._month_or_day(month, int(number) if number else None, year, text)
        return None

    def _typed_year(self, typed: str | None) -> int | None:
        """Return the year of `2026`, `'26`, or `26`; None if two digits are no near year."""
        if typed is None or len(typed) == _ISO_YEAR_DIGITS:
            return int(typed) if typed else None
        year = FIRST_YEAR + int(typed.removeprefix("'"))
        first = self.today.year - (0 if self.is_ahead else _YEARS_BACK)
        is_near = first <= year <= self.today.year + _YEARS_AHEAD
        return year if typed.startswith("'") or is_near else None

    def _day_of_month(self, text: str) -> Days | None:
        """Return the day of `29th`: the last one, or the next one."""
        found = ORDINAL_ALONE.fullmatch(text)
        number = int(found[1]) if found else 0
        if not 1 <= number <= 31:  # noqa: PLR2004 (days of a month)
            return None
        for months in range(MONTHS_A_YEAR):
            first = months_back(self.today, -months if self.is_ahead else months)
            day = first + (number - 1) * DAY
            is_right_side = day >= self.today if self.is_ahead else day <= self.today
            if day.month == first.month and is_right_side:
                return Days(day, day)
        return None

    def _quarter(self, text: str) -> Days | None:
        found = re.fullmatch(r"q([1-4])(?:/| )?(\d{4})?", text)
        if found is None:
            return None
        month = int(found[1]) * 3 - 2
        year = int(found[2]) if found[2] else self._year_of(month, 1)
        return self._until_today(whole_unit("quarter", self._make(year, month, 1, text)))

    def _numbers(self, text: str) -> Days | None:
        if short := DATE_OF_THIS_YEAR.fullmatch(text):
            month, day = self._order(int(short[1]), int(short[3]), short[2])
            return self._month_or_day(month, day, None, text)
        if whole := MONTH_OF_YEAR.fullmatch(text):
            year, month = int(whole["year"] or whole["year2"]), int(whole["month"] or whole["m2"])
            return self._month_or_day(month, None, year, text)
        if not DATE.fullmatch(text):
            return None
        first, sign, rest = re.split(r"([./-])", text, maxsplit=1)
        if len(first) == _ISO_YEAR_DIGITS:
            month, day = (int(part) for part in rest.split(sign))
            year = int(first)
        else:
            second, last = rest.split(sign)
            month, day = self._order(int(first), int(second), sign)
            year = int(last) + (FIRST_YEAR if len(last) == 2 else 0)  # noqa: PLR2004 (`26`)
        one = self._make(year, month, day, text)
        return Days(one, one)

    def _order(self, first: int, second: int, sign: str) -> tuple[int, int]:
        """Return month and day; where the usual order is impossible, the other one."""
        is_month_first = sign != "." and self.region in MONTH_FIRST
        month, day = (first, second) if is_month_first else (second, first)
        return (day, month) if month > MONTHS_A_YEAR >= day else (month, day)

    def _month_or_day(self, month: int, day: int | None, year: int | None, text: str) -> Days:
        year = self._year_of(month, day or 1, is_month=day is None) if year is None else year
        if day is None:
            return self._until_today(whole_unit("month", self._make(year, month, 1, text)))
        one = self._make(year, month, day, text)
        return Days(one, one)

    def _year_of(self, month: int, day: int, *, is_month: bool = False) -> int:
        """Return the year that is meant where none was typed."""
        now = (self.today.month, self.today.day)
        if self.is_ahead:
            lately = self.today.replace(day=1) if is_month else self.today - LATELY
            return self.today.year + (not _is_after(self.today.year, month, day, lately))
        return self.today.year - ((month, day) > now)

    def _until_today(self, whole: Days) -> Days:
        """Return a month or quarter, of the current one only what is over."""
        if self.is_ahead or whole.first is None or whole.last is None:
            return whole
        is_current = whole.first <= self.today <= whole.last
        return replace(whole, last=self.today) if is_current else whole

    def _make(self, year: int, month: int, day: int, text: str) -> date:
        try:
            made = date(year, month, day)
        except ValueError:
            made = None
        # Callers of future times say themselves what is too far away.
        if made is None or not (self.is_ahead or FIRST_YEAR <= made.year <= LAST_YEAR):
            raise NotUnderstood(f"{text} isn't a date.", f"{self.command} 2026-11-20")
        return made


def _is_after(year: int, month: int, day: int, limit: date) -> bool:
    try:
        return date(year, month, day) >= limit
    except ValueError:  # February 29
        return False
