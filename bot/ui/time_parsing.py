"""Past days as people type them: `last week`, `since monday`, `yesterday 9-11`, `nov 20`."""

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
    is_about_days,
    month_of,
    months_back,
    weekday_of,
    whole_unit,
)
from bot.ui.clock_parsing import (
    EVENING,
    HALVES_OF_DAY,
    PARTS_OF_DAY,
    parse_clock,
    parse_clock_range,
    plain_word,
)
from bot.ui.date_parsing import FIRST_YEAR, LAST_YEAR, DateReader
from bot.ui.formatting import full_date
from bot.ui.time_patterns import (
    BEFORE_DAYS,
    BEGINNINGS,
    CALENDAR,
    COUNTS,
    DATE_RANGE,
    DAYS_BEFORE_MONTH,
    DAYS_OF_MONTH,
    FUTURE,
    HOURS,
    NAMED_RANGE,
    RANGE,
    SHORT_SPAN,
    SHORT_UNIT_NAMES,
    SPAN,
    TO_DATE,
    UNIT_DAYS,
    WHEN,
    WRITTEN_RANGE,
    YEAR,
)

MOST_WORDS = 12  # between the 2nd of november 2025 and the 5th of december 2025
_LONGEST = 100  # characters: some signs, such as ½, become several words
# Also first names or surnames: `june carter` is a person.
LIKE_NAMES = frozenset({"april", "august", "jan", "june", "mar", "march", "may", "sun"})
KNOWN_WORDS = (
    *("today", "yesterday", "tomorrow", "week", "month", "year", "weekend", "since", "last week"),
    *("this week", "last month", "this month", "last night", "this morning", "noon"),
    *("last year", "this year", "last weekend", *PARTS_OF_DAY, *WEEKDAYS, *MONTHS),
)

_BEGINNINGS = frozenset({*BEGINNINGS, *PARTS_OF_DAY, *COUNTS})


@dataclass(frozen=True)
class _DayReader:
    """Reads days relative to `today`; `command` comes first in the examples."""

    today: date
    region: str
    command: str

    def read(self, text: str) -> Days | None:
        """Return the days that a whole text means, or None."""
        # `2026` alone is an extension; `in 2026` is a year.
        if len(text) > _LONGEST or text.replace(" ", "").isdecimal():
            return None
        # `after 5 pm yesterday` is about that day, `since 5 pm yesterday` about everything since.
        opened = re.fullmatch(r"(?:after|before|from|until) (.+)", text)
        rest = opened[1] if opened else ""
        is_day = rest and (self._is_past_year(rest) or self._one(rest) or self._range(rest))
        if rest and not is_day and (found := self._with_clock(text)):
            return found
        if text.startswith("from ") and (found := self._from(text.removeprefix("from "))):
            return found
        since = r"(since|starting|after|from) (.+?)(?: on(?:wards?)?)?|(.+?) ?\.\."
        if opened := re.fullmatch(since, text):
            found = self._since(opened[2] or opened[3], is_after=opened[1] == "after")
            return found or self._with_clock(text)
        if closed := re.fullmatch(r"(until|till|til|up to|through|before) (.+)|()\.\. ?(.+)", text):
            found = self._until(closed[2] or closed[4], is_before=closed[1] == "before")
            return found or self._with_clock(text)
        return self._range(text) or self._one_or_part(text)

    def _from(self, text: str) -> Days | None:
        """Return the days of `calls from last week`; a single day is a beginning, as in `since`."""
        found = self._day_or_part(text)
        is_day = found and found.is_whole and found.first == found.last
        return None if is_day and re.sub("^the ", "", text) not in WHEN else found

    def _since(self, text: str, *, is_after: bool) -> Days | None:
        if found := self._range(text):
            return None if is_after else found
        found = self._one_or_part(text)
        # `since 3 pm` is about today, and read as a time of day.
        if found is None or found.first is None or found.last is None or self._is_clock(text):
            return None
        is_next_day = is_after and found.is_whole
        first = found.last + DAY if is_next_day else found.first
        if first > self.today:
            raise self._in_future(f"after {text}")
        return Days(first, self.today, begin=0 if is_next_day else found.begin)

    def _until(self, text: str, *, is_before: bool) -> Days | None:
        found = self._one_or_part(text)
        if found is None or found.first is None or found.last is None or self._is_clock(text):
            return None
        if not found.is_whole:  # `before yesterday noon`
            return Days(None, found.first, end=found.begin or found.end)
        return Days(None, found.first - DAY if is_before else found.last)

    def _is_clock(self, text: str) -> bool:
        return parse_clock(text) is not None and not self._is_past_year(text)

    def _is_past_year(self, text: str) -> bool:
        """Return whether a text such as `2025`, which may also be a time, is about a year."""
        return YEAR.fullmatch(text) is not None and int(text) <= self.today.year

    def _range(self, text: str) -> Days | None:
        text = re.sub(r"^between (.+) and (.+)$", r"\1 to \2", text)
        text = re.sub(r"^(?:from|on|in|during|for|over) (?:the )?", "", text)
        if both := NAMED_RANGE.fullmatch(text):
            return self._between(both[1], both[2])
        month = DAYS_OF_MONTH.fullmatch(text)
        if month and month_of(month["before"] or month["after"]):
            first, last = (one for one in month.groups() if one and one.isdigit() and len(one) < 3)  # noqa: PLR2004 (days)
            rest = f"{month['before'] or month['after']} {month['year'] or month['year2'] or ''}"
            return self._between(f"{first} {rest}".strip(), f"{last} {rest}".strip())
        if both := DAYS_BEFORE_MONTH.fullmatch(text):
            return self._between(f"{both[1]}{both[3]}", both[2])
        if both := DATE_RANGE.fullmatch(text) or WRITTEN_RANGE.fullmatch(text):
            return self._between(both[1], both[2])
        parts = RANGE.split(text)
        return self._between(*parts) if len(parts) == 2 and all(parts) else None  # noqa: PLR2004

    def _between(self, begin: str, end: str) -> Days | None:
        first, last = self._one(begin), self._one("today" if end == "now" else end)
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
        return self._day_or_part(text) or self._with_clock(text)

    def _day_or_part(self, text: str) -> Days | None:
        """Return the days of one expression, or a part of a day without a clock time."""
        if text == "tonight":
            return Days(self.today, self.today, EVENING)
        if found := self._one(text):
            return self._checked(found, text)
        day, _, part = text.removesuffix("s").rpartition(" ")
        halves = HALVES_OF_DAY if day and not parse_clock(text) else {}
        if hours := PARTS_OF_DAY.get(part) or halves.get(part):
            day = day.removesuffix(" in the").removesuffix(" in").strip()
            if part in {"night", "evening"} and day == "last":
                day = "yesterday"
            if found := self._one("today" if day in {"", "this", "in"} else day):
                return self._at(found, hours, text, f"yesterday {part}")
        return None

    def _with_clock(self, text: str) -> Days | None:
        """Return a day with a time: `yesterday 9-11`, `after 3 pm`, `at noon on monday`."""
        if alone := parse_clock_range(text, has_day=False):
            return self._at(Days(self.today, self.today), alone, text, "today after 3 PM")
        words = text.split()
        for place in range(1, len(words)):
            left, right = " ".join(words[:place]), " ".join(words[place:])
            for day, clock in ((left, right), (right, left)):
                minutes = parse_clock_range(clock, has_day=True)
                if minutes and (found := self._one(day)):
                    if clock[0].isdigit() and found.first != found.last:
                        continue  # digits of a number before `3 days`
                    return self._at(found, minutes, text, "yesterday after 3 PM")
        return None

    def _at(self, found: Days, minutes: tuple[int, int], text: str, example: str) -> Days:
        if found.first != found.last:
            raise NotUnderstood(
                f"A part of the day needs one day: “{text}” has several.",
                f"{self.command} {example}",
            )
        return replace(self._checked(found, text), begin=minutes[0], end=minutes[1])

    def _one(self, text: str) -> Days | None:
        """Return the days of one expression, without `since`, ranges, and parts of the day."""
        if FUTURE.fullmatch(text) and is_about_days(text):
            raise self._in_future(text)
        text = BEFORE_DAYS.sub("", text)
        if HOURS.fullmatch(text):
            raise NotUnderstood(
                f"“{text}” isn't whole days. Searches are by day, or by time of day.",
                f"{self.command} this morning, or {self.command} today after 3 PM",
            )
        if text in WHEN:
            return self._back(*WHEN[text])
        return (
            self._counted(text)
            or self._calendar(text)
            or self._named_day(text)
            or DateReader(self.today, self.region, self.command).read(text)
        )

    def _back(self, back: int, days: int) -> Days:
        return Days(self.today - back * DAY, self.today - (back + 1 - days) * DAY)

    def _counted(self, text: str) -> Days | None:
        text = re.sub(r"^(week|month|year) ago$", r"a \1 ago", text)
        text = re.sub(r"^(week|month) before last$", r"2 \1s ago", text)
        if short := SHORT_SPAN.fullmatch(text):
            count, unit = int(short[1]), SHORT_UNIT_NAMES[short[2]]
            ago = False
        elif span := SPAN.fullmatch(text):
            count, unit, ago = _count(span[2]), span["unit"], bool(span["ago"])
            # `a week` alone is no time; `a week ago` is.
            if not span[2].isdigit() and not (span["back"] or ago) and count == 1:
                return None
        else:
            return None
        days = count * UNIT_DAYS[unit]
        if days > (LAST_YEAR - FIRST_YEAR) * 365:
            raise self._too_far(text)
        if not ago:
            return self._back(max(days, 1) - 1, max(days, 1))
        day = self.today - days * DAY
        if unit == "month":
            return whole_unit("month", months_back(self.today, count))
        return Days(day, day) if unit == "day" else whole_unit(unit, day)

    def _calendar(self, text: str) -> Days | None:
        if year := YEAR.fullmatch(text):
            whole = whole_unit("year", date(int(year[0]), 1, 1))
            is_current = self.today.year == int(year[0])
            return replace(whole, last=self.today) if is_current else whole
        text = TO_DATE.get(text, text)
        found = CALENDAR.fullmatch(text) or re.fullmatch(r"()(weekend)", text)
        if not found:
            return None
        unit, is_last = found[2], found[1] in {"last", "previous", "prev"}
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

    def _checked(self, days: Days, text: str) -> Days:
        if days.first and days.first > self.today:
            raise self._in_future(text)
        if days.first and days.first.year < FIRST_YEAR:
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
    if not words or not _may_begin(plain_word(words[0]).removesuffix("'s")):
        return None
    reader = _DayReader(today, region, command)
    plain = [plain_word(word) for word in words[:MOST_WORDS]]
    plain[0] = plain[0].strip("'")  # a year isn't the first word
    for used in range(len(plain), 0, -1):
        text = re.sub(r" (?:'?s)$", "", " ".join(plain[:used])).replace("'s", "")
        for read in dict.fromkeys((text, text.removesuffix("."))):
            if all(plain[:used]) and (found := reader.read(read)):
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
