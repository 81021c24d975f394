"""Days as people type them: `last week`, `since monday`, `nov 20`, `last 3 days`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.errors import NotUnderstood
from bot.ui.calendar_words import (
    DAY,
    LEAST_LETTERS,
    MONTHS,
    WEEK,
    WEEKDAYS,
    Days,
    month_of,
    months_back,
    weekday_of,
    whole_unit,
)
from bot.ui.formatting import full_date
from bot.ui.time_patterns import (
    CALENDAR,
    COUNTS,
    DATE,
    DATE_OF_THIS_YEAR,
    FUTURE,
    HOURS,
    MONTH_FIRST,
    NAMED_RANGE,
    ORDINAL,
    RANGE,
    SHORT_SPAN,
    SPAN,
    UNIT_DAYS,
    WHEN,
)

MOST_WORDS = 9  # from november 20 , 2025 to november 25 , 2025, without the commas
# Hours of a day, the end excluded.
PARTS_OF_DAY = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 24)}
# Also first names or surnames: `june carter` is a person.
LIKE_NAMES = frozenset({"april", "august", "jan", "june", "mar", "march", "may", "sun"})
KNOWN_WORDS = (
    *("today", "yesterday", "tomorrow", "week", "month", "year", "weekend", "since", "last week"),
    *("this week", "last month", "this month", *PARTS_OF_DAY, *WEEKDAYS, *MONTHS),
)

# Every time begins with one of these, a day, a month, or a digit; most words are none.
_BEGINNINGS = frozenset(
    {
        *("after", "before", "between", "coming", "couple", "current", "day", "during"),
        *("following", "for", "fortnight", "from", "in", "last", "month", "next", "on", "over"),
        *("past", "prev", "previous", "since", "starting", "the", "this", "till", "today"),
        *("tomorrow", "tonight", "until", "up", "week", "weekend", "within", "year", "yesterday"),
        *PARTS_OF_DAY,
        *COUNTS,
    }
)

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_ISO_YEAR_DIGITS = 4


@dataclass(frozen=True)
class _DayReader:
    """Reads days relative to `today`; `command` comes first in the examples."""

    today: date
    region: str
    command: str

    def read(self, text: str) -> Days | None:
        """Return the days that a whole text means, or None."""
        if opened := re.fullmatch(r"(since|starting|after|from) (.+)|(.+?) ?\.\.", text):
            return self._since(opened[2] or opened[3], is_after=opened[1] == "after")
        if closed := re.fullmatch(r"(until|till|up to|before) (.+)|()\.\. ?(.+)", text):
            return self._until(closed[2] or closed[4], is_before=closed[1] == "before")
        return self._range(text) or self._one_or_part(text)

    def _since(self, text: str, *, is_after: bool) -> Days | None:
        if found := self._range(text):
            return None if is_after else found
        found = self._one_or_part(text)
        if found is None or found.first is None or found.last is None:
            return None
        first = found.last + DAY if is_after else found.first
        if first > self.today:
            raise self._in_future(f"after {text}")
        return Days(first, self.today)

    def _until(self, text: str, *, is_before: bool) -> Days | None:
        found = self._one_or_part(text)
        if found is None or found.first is None or found.last is None:
            return None
        return Days(None, found.first - DAY if is_before else found.last)

    def _range(self, text: str) -> Days | None:
        if both := re.fullmatch(r"between (.+) and (.+)", text):
            return self._between(both[1], both[2])
        if both := NAMED_RANGE.fullmatch(text):
            return self._between(both[1], both[2])
        parts = RANGE.split(text.removeprefix("from "))
        return self._between(*parts) if len(parts) == 2 and all(parts) else None  # noqa: PLR2004

    def _between(self, begin: str, end: str) -> Days | None:
        first, last = self._one(begin), self._one(end)
        if first is None or last is None or first.first is None or last.last is None:
            return None
        start = first.first
        if start > last.last and weekday_of(begin) is not None:
            start -= WEEK * -(-(start - last.last).days // 7)
        elif start > last.last and month_of(begin) is not None:
            start = start.replace(year=start.year - 1)
        if start > last.last:
            raise NotUnderstood(
                "The dates are in the wrong order:"
                f" {full_date(start)} is after {full_date(last.last)}.",
                f"{self.command} {last.last:%Y-%m-%d}..{start:%Y-%m-%d}",
            )
        return self._checked(Days(start, last.last), f"{begin} to {end}")

    def _one_or_part(self, text: str) -> Days | None:
        found = self._one(text)
        if text == "tonight":
            return Days(self.today, self.today, "evening")
        if found:
            return self._checked(found, text)
        day, _, part = text.rpartition(" ")
        part = part.removesuffix("s")
        if part not in PARTS_OF_DAY:
            return None
        day = day.removesuffix(" in the").removesuffix(" in").strip()
        if part == "night" and day == "last":
            day = "yesterday"
        found = self._one("today" if day in {"", "this", "in"} else day)
        if found is None:
            return None
        if found.first != found.last:
            raise NotUnderstood(
                f"A part of the day needs one day: “{text}” has several.",
                f"{self.command} yesterday {part}",
            )
        return replace(self._checked(found, text), part="evening" if part == "night" else part)

    def _one(self, text: str) -> Days | None:
        """Return the days of one expression, without `since`, ranges, and parts of the day."""
        if FUTURE.fullmatch(text) and _is_future(text):
            raise self._in_future(text)
        text = re.sub(r"^(?:on |in |during |for |over |within )?(?:the )?", "", text)
        if HOURS.fullmatch(text):
            raise NotUnderstood(
                f"“{text}” is shorter than a day. Searches are by day, or by part of a day.",
                f"{self.command} this morning",
            )
        if text in WHEN:
            return self._back(*WHEN[text])
        return (
            self._counted(text)
            or self._calendar(text)
            or self._named_day(text)
            or self._named_month(text)
            or self._date(text)
        )

    def _back(self, back: int, days: int) -> Days:
        return Days(self.today - back * DAY, self.today - (back + 1 - days) * DAY)

    def _counted(self, text: str) -> Days | None:
        if short := SHORT_SPAN.fullmatch(text):
            count, unit = int(short[1]), {"d": "day", "w": "week"}[short[2]]
            ago = False
        elif span := SPAN.fullmatch(text):
            count, unit, ago = _count(span[2]), span["unit"], bool(span["ago"])
            # `a week` alone is no time; `a week ago` is.
            if not span[2].isdigit() and not (span["back"] or ago) and count == 1:
                return None
        else:
            return None
        days = count * UNIT_DAYS[unit]
        if days > (_LAST_YEAR - _FIRST_YEAR) * 365:
            raise self._too_far(text)
        if not ago:
            return self._back(max(days, 1) - 1, max(days, 1))
        day = self.today - days * DAY
        if unit == "month":
            return whole_unit("month", months_back(self.today, count))
        return Days(day, day) if unit == "day" else whole_unit(unit, day)

    def _calendar(self, text: str) -> Days | None:
        found = CALENDAR.fullmatch(text) or re.fullmatch(r"()(weekend)", text)
        if not found:
            return None
        unit = found[2]
        is_last = found[1] in {"last", "previous", "prev"}
        if unit == "weekend":
            saturday = self.today - ((self.today.weekday() - 5) % 7) * DAY
            if is_last and saturday + DAY >= self.today:
                saturday -= WEEK
            return Days(saturday, saturday + DAY)
        current = whole_unit(unit, self.today)
        if not is_last:
            return Days(current.first, self.today)
        return whole_unit(unit, current.first - DAY) if current.first else None

    def _named_day(self, text: str) -> Days | None:
        found = re.fullmatch(r"(?:(last|past|previous|this) )?([a-z]+)", text)
        weekday = weekday_of(found[2]) if found else None
        if found is None or weekday is None:
            return None
        back = (self.today.weekday() - weekday) % 7
        if found[1] in {"last", "past", "previous"}:
            back = back or 7
        return Days(self.today - back * DAY, self.today - back * DAY)

    def _named_month(self, text: str) -> Days | None:
        first, _, rest = text.partition(" ")
        # `fri nov 27`
        text = rest if weekday_of(first.rstrip(",")) is not None and rest else text
        for pattern in (
            rf"(?P<month>[a-z]+)\.? {ORDINAL},?(?: (?P<year>\d{{4}}))?",
            rf"{ORDINAL}\.?(?: of)? (?P<month>[a-z]+)\.?,?(?: (?P<year>\d{{4}}))?",
            r"(?:last |this |previous )?(?P<month>[a-z]+)\.?,?(?: (?P<year>\d{4}))?()",
        ):
            found = re.fullmatch(pattern, text)
            month = month_of(found["month"]) if found else None
            if found and month:
                number = next((one for one in found.groups() if one and len(one) <= 2), None)  # noqa: PLR2004 (a day)
                year = int(found["year"]) if found["year"] else None
                if year is None and number is None and text.startswith("last "):
                    year = self.today.year - (month >= self.today.month)
                return self._month_or_day(month, int(number) if number else None, year, text)
        return None

    def _month_or_day(self, month: int, day: int | None, year: int | None, text: str) -> Days:
        if year is None:
            is_later = (month, day or 1) > (self.today.month, self.today.day)
            year = self.today.year - is_later
        if day is None:
            whole = whole_unit("month", self._make(year, month, 1, text))
            is_current = whole.first and whole.last and whole.first <= self.today <= whole.last
            return replace(whole, last=self.today) if is_current else whole
        one = self._make(year, month, day, text)
        return Days(one, one)

    def _date(self, text: str) -> Days | None:
        if short := DATE_OF_THIS_YEAR.fullmatch(text):
            month, day = int(short[1]), int(short[2])
            if self.region not in MONTH_FIRST:
                month, day = day, month
            return self._month_or_day(month, day, None, text)
        if not DATE.fullmatch(text):
            return None
        parts = [int(part) for part in re.split(r"[./-]", text)]
        if len(re.split(r"[./-]", text)[0]) == _ISO_YEAR_DIGITS:
            year, month, day = parts
        elif "/" in text and self.region in MONTH_FIRST:
            month, day, year = parts
        else:
            day, month, year = parts
        one = self._make(year, month, day, text)
        return Days(one, one)

    def _make(self, year: int, month: int, day: int, text: str) -> date:
        try:
            made = date(year, month, day)
        except ValueError:
            made = None
        if made is None or not _FIRST_YEAR <= made.year <= _LAST_YEAR:
            raise NotUnderstood(f"{text} isn't a date.", f"{self.command} 2026-11-20")
        return made

    def _checked(self, days: Days, text: str) -> Days:
        if days.first and days.first > self.today:
            raise self._in_future(text)
        if days.first and days.first.year < _FIRST_YEAR:
            raise self._too_far(text)
        return days

    def _in_future(self, text: str) -> NotUnderstood:
        return NotUnderstood(
            f"“{text}” is in the future, so it has no calls yet.", f"{self.command} today"
        )

    def _too_far(self, text: str) -> NotUnderstood:
        return NotUnderstood(f"“{text}” is too long ago.", f"{self.command} this year")


def parse_days(
    words: Sequence[str], *, today: date, region: str = "US", command: str = "/calls"
) -> tuple[Days, int] | None:
    """Return the days that the first words mean, and how many words that took; else None.

    The longest reading counts. Weeks begin on Monday; `monday` is the last one, today included.
    `today` is the reader's local day, `region` decides about ambiguous dates, and `command` comes
    first in examples. Raises NotUnderstood for the future, impossible dates, and parts of a day
    that are too short.
    """
    if not words or not _may_begin(words[0].lower()):
        return None
    reader = _DayReader(today, region, command)
    plain = [word.lower().rstrip(",;:!?").replace("’", "'") for word in words[:MOST_WORDS]]
    for used in range(len(plain), 0, -1):
        text = re.sub(r" (?:'?s)$", "", " ".join(plain[:used])).replace("'s", "")
        if all(plain[:used]) and (found := reader.read(text)):
            return found, used
    return None


def _may_begin(word: str) -> bool:
    return (
        bool(re.search(r"\d", word))
        or word in _BEGINNINGS
        or bool(re.match("|".join(name[:LEAST_LETTERS] for name in (*WEEKDAYS, *MONTHS)), word))
    )


def _count(word: str) -> int:
    return int(word) if word.isdigit() else COUNTS[word]


def _is_future(text: str) -> bool:
    """Return whether a text that begins with `next` or `in` is about days."""
    if not text.startswith(("next ", "coming ", "following ")):
        return True
    word = text.split()[1]
    return word in {"week", "month", "year", "weekend", "day"} or bool(
        month_of(word) or weekday_of(word) is not None
    )
