"""Future times as people type them: `in 2 hours`, `tomorrow 3pm`, `mon 9:30`, `dec 24 at noon`."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood
from bot.ui.calendar_words import DAY, WEEK, months_back, weekday_of
from bot.ui.clock_parsing import HOUR, ClockTime, parse_clock, plain_words
from bot.ui.date_parsing import FIRST_YEAR, DateReader, Unclear
from bot.ui.duration_parsing import may_be_clock, parse_duration
from bot.ui.time_patterns import (
    AROUND_WORDS,
    COUNT,
    COUNTS,
    ENDS_WITH_DATE,
    MONTH_FIRST,
    SHORT_SPAN,
    SHORT_UNIT_NAMES,
)

EXAMPLE = "tomorrow 9:00, fri 3pm, dec 24 10:30, or in 90 min"
MAX_TYPED = 100
MAX_AHEAD = timedelta(days=2 * 366)

MINUTES_A_DAY = 24 * 60
MORNING = 9 * 60  # for days without a time
BEGIN_OF_WORK = -1  # replaced by the morning that the caller passes
# In minutes from midnight.
NAMED_TIMES = {
    "morning": BEGIN_OF_WORK,
    "noon": 12 * 60,
    "midday": 12 * 60,
    "lunch": 12 * 60,
    "afternoon": 14 * 60,
    "end of day": 17 * 60,
    "eod": 17 * 60,
    "evening": 18 * 60,
    "night": 20 * 60,
    "midnight": MINUTES_A_DAY,
}
_LATE = ("afternoon", "evening", "night")

LAST_HOUR_OF_NIGHT = 4 * HOUR

_HOURS_OR_MINUTES = re.compile(r"(?:\d ?|\b)(?:m|mins?|minutes?|h|hrs?|hours?)(?![a-z])")
# A time of day where a 24-hour clock is usual.
_WHOLE_HOUR = re.compile(r"(?:[7-9]|1\d|2[0-3]) ?h")
_DAY_AND_MONTH = re.compile(r"\d{1,2}\.(?:0?[1-9]|1[0-2])")
_SECONDS = re.compile(r"\d ?s(?![a-z])|sec")
_NOT_DAYS = re.compile(
    rf"{_HOURS_OR_MINUTES.pattern}|{_SECONDS.pattern}|\d ?y|mo|year|yr|half|[.,]"
)
_SPAN = re.compile(rf"{COUNT} ?(day|week|month|year)s?")
_WEEKDAY = re.compile(r"(?:(this|next|coming) )?([a-z]+)(?: (next week))?|(next week) ([a-z]+)")
_PAST = re.compile(r"(?:yesterday|last|previous|past)\b|.* ago$|(?:right )?now$")


@dataclass(frozen=True)
class _Day:
    """A day that was typed; `minute` is its time if none is typed, None if it needs one.

    `is_late` means that hours without am or pm are after noon, `is_early` that they are before;
    `is_night` that it goes on after midnight. `step` leads to the next such day, for a day that may
    also be today.
    """

    day: date
    minute: int | None = BEGIN_OF_WORK
    is_late: bool = False
    is_early: bool = False
    is_night: bool = False
    step: timedelta | None = None


@dataclass(frozen=True)
class _FutureReader:
    now: float
    zone: ZoneInfo
    region: str
    morning: int

    @property
    def today(self) -> date:
        return datetime.fromtimestamp(self.now, self.zone).date()

    def read(self, text: str) -> float | None:
        """Return the moment that a text means; it may be in the past. None if it means none."""
        is_whole_hour = self.region not in MONTH_FIRST and _WHOLE_HOUR.fullmatch(text)
        if is_whole_hour or may_be_clock(text):
            hour, _, rest = text.partition("h")
            clock = f"{hour.strip()}:{rest.strip() or '00'}"
            raise Unclear(f"“{text}” may be a time or a duration.", f"{clock}, or in {text}")
        if (seconds := _duration(text)) is not None:
            return self.now + seconds
        if self.region not in MONTH_FIRST and _DAY_AND_MONTH.fullmatch(text):
            raise Unclear(
                f"“{text}” may be a date or a time.", f"{text}., or {text.replace('.', ':')}"
            )
        if found := self._day(text):
            return self._at(found, found.minute, text)
        words = text.split()
        for used in range(len(words) - 1, 0, -1):
            day, clock = self._day(" ".join(words[:used])), " ".join(words[used:])
            if day and (minute := _minute(clock, day, is_after_day=True)) is not None:
                return self._at(day, minute, text)
        for used in range(1, len(words)):
            day = self._day(" ".join(words[used:]))
            if day and (minute := _minute(" ".join(words[:used]), day)) is not None:
                return self._at(day, minute, text)
        minute = _minute(text)
        return None if minute is None else self._at(_Day(self.today, step=DAY), minute, text)

    def _at(self, found: _Day, minute: int | None, text: str) -> float:
        if minute is None:
            raise NotUnderstood(f"“{text}” needs a time.", f"{text} 3pm")
        minute = self.morning if minute == BEGIN_OF_WORK else minute
        moment = self._moment(found.day, minute)
        if found.is_night and minute > MINUTES_A_DAY and found.day == self.today:
            earlier = self._moment(found.day, minute - MINUTES_A_DAY)
            moment = earlier if earlier > self.now else moment  # typed after midnight
        if moment <= self.now and found.step:
            moment = self._moment(found.day + found.step, minute)
        return moment

    def _moment(self, day: date, minute: int) -> float:
        """Return the moment of a local time; of a time that occurs twice, the first still ahead.

        A time that the clock skips is moved to the moment at which it would have been.
        """
        days, minute = divmod(minute, MINUTES_A_DAY)
        local = datetime.combine(day + days * DAY, time(*divmod(minute, 60)), self.zone)
        first, second = local.timestamp(), local.replace(fold=1).timestamp()
        return second if first <= self.now < second else first

    def _day(self, text: str) -> _Day | None:
        text = re.sub(r"^(?:on |by |until |this coming )?(?:the )?", "", text)
        for name in (*_LATE, "morning"):
            if text.endswith((f" {name}", f" in the {name}")) or text in {name, f"this {name}"}:
                before = text.removesuffix(name).strip().removesuffix("in the").strip()
                day = self._plain_day("today" if before in {"", "this"} else before)
                return _part_of(day, name, is_next=not before) if day else None
        return self._plain_day(text)

    def _plain_day(self, text: str) -> _Day | None:
        today = self.today
        if text == "today":
            return _Day(today, None)
        if text == "tonight":
            return _part_of(_Day(today), "night")
        days = {"tomorrow": 1, "tmrw": 1, "tmr": 1, "day after tomorrow": 2}
        if text in days:
            return _Day(today + days[text] * DAY)
        monday = today - today.weekday() * DAY + WEEK
        named = {
            "next week": monday,
            "next month": months_back(today, -1),
            "weekend": today + ((5 - today.weekday()) % 7) * DAY,
            "this weekend": today + ((5 - today.weekday()) % 7) * DAY,
            "next weekend": monday + 5 * DAY,
            "end of week": today + ((4 - today.weekday()) % 7) * DAY,
        }
        if text in named:
            return _Day(named[text])
        return self._span(text) or self._weekday(text, monday) or self._date(text)

    def _span(self, text: str) -> _Day | None:
        text = text.removeprefix("in ").removesuffix(" from now").removesuffix(" from today")
        if short := SHORT_SPAN.fullmatch(text):
            count, unit = float(short[1]), SHORT_UNIT_NAMES[short[2]]
        elif span := _SPAN.fullmatch(text):
            count, unit = float(COUNTS.get(span[1], span[1])), span[2]
        elif (seconds := parse_duration(text)) and not _NOT_DAYS.search(text):
            count, unit = seconds / DAY.total_seconds(), "day"  # `2 weeks 3 days`
        else:
            return None
        if unit in {"month", "year"}:
            months = count * (12 if unit == "year" else 1)
            return _Day(_months_on(self.today, min(months, 1_000)))
        return _Day(self.today + min(count, 9_999) * (WEEK if unit == "week" else DAY))

    def _weekday(self, text: str, next_monday: date) -> _Day | None:
        found = _WEEKDAY.fullmatch(text)
        weekday = weekday_of(found[2] or found[5]) if found else None
        if found is None or weekday is None:
            return None
        if found[1] == "next" or found[3] or found[4]:
            return _Day(next_monday + weekday * DAY)
        return _Day(self.today + ((weekday - self.today.weekday()) % 7) * DAY, step=WEEK)

    def _date(self, text: str) -> _Day | None:
        if re.fullmatch(r"\d{1,2}\.\d{1,2}", text):  # a time; `24.12.` is a date
            return None
        try:
            found = DateReader(self.today, self.region, "", is_ahead=True).read(text)
        except Unclear as error:
            raise Unclear(error.reason, EXAMPLE) from None
        except NotUnderstood:
            example = "dec 24 10:30, or 2027-01-15 9:00"
            raise NotUnderstood(f"“{text}” isn't a date.", example) from None
        # `dec 24 1500` is about a time, not about a year.
        return (
            _Day(found.first) if found and found.first and found.first.year > FIRST_YEAR else None
        )


def parse_future(
    typed: str, *, now: float, zone: ZoneInfo, region: str = "US", morning: int = MORNING
) -> float:
    """Return the moment (Unix seconds) after `now` that a text means, in a person's zone.

    Days without a time mean `morning`, a minute of the day. A weekday is the next one; `next
    friday` is that of next week. `region` decides about ambiguous dates. Raises NotUnderstood,
    also for times in the past.
    """
    shown = f"“{' '.join(typed.split())[:MAX_TYPED]}”"
    text = _plain(typed)
    if not text:
        raise NotUnderstood("Enter a time.", EXAMPLE)
    if _PAST.match(text):
        raise _in_the_past(shown)
    try:
        moment = (
            _FutureReader(now, zone, region, morning).read(text) if len(text) <= MAX_TYPED else None
        )
    except (OverflowError, ValueError):  # a year that no calendar has
        raise _too_far(shown) from None
    if moment is None:
        raise NotUnderstood(f"{shown} isn't a time.", EXAMPLE)
    if moment <= now:
        raise _in_the_past(shown)
    if moment > now + MAX_AHEAD.total_seconds():
        raise _too_far(shown)
    return moment


def _plain(typed: str) -> str:
    """Return a text in lower case without what doesn't matter, such as commas and dots."""
    text = plain_words(typed).replace(",", " ").strip(f" {AROUND_WORDS}")
    text = text if ENDS_WITH_DATE.search(text) else text.rstrip(".")
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text).replace("o'clock", "").replace("uhr", "")
    text = re.sub(r"^(?:remind me |please )+", "", text)
    return " ".join(re.sub(r"[!?;]+$", "", text).split())


def _duration(text: str) -> float | None:
    """Return the seconds of `in 2 hours`, `90 min`, or `1 h 30 min`; None for other texts."""
    rest = text.removeprefix("in ").removesuffix(" from now")
    seconds = None if _SECONDS.search(rest) else parse_duration(rest)
    is_whole_days = seconds is not None and seconds % DAY.total_seconds() == 0
    return None if is_whole_days and not _HOURS_OR_MINUTES.search(rest) else seconds


def _part_of(day: _Day, name: str, *, is_next: bool = False) -> _Day:
    """Return a part of a day; with `is_next`, a morning that is over is the next day's."""
    is_early = name == "morning"
    return replace(
        day,
        minute=NAMED_TIMES[name],
        is_late=not is_early,
        is_early=is_early,
        is_night=name in {"evening", "night"},
        step=DAY if is_early and is_next else day.step,
    )


def _minute(text: str, day: _Day | None = None, *, is_after_day: bool = False) -> int | None:
    """Return a time of day in minutes from midnight; None if a text is none.

    A number alone is one only after `at` or after a day. `day` says which half of the day is meant.
    """
    if (named := text.removeprefix("at ").removeprefix("in the ")) in NAMED_TIMES:
        return NAMED_TIMES[named]
    has_at = text.startswith(("at ", "@"))
    found = parse_clock(text.removeprefix("at ").removeprefix("@").strip())
    if found is None or (found.is_bare and not has_at and not is_after_day):
        return None
    return found.likely if day is None else _minute_in(found, day)


def _minute_in(found: ClockTime, day: _Day) -> int | None:
    """Return the minute of a time in a part of a day; None for a time that isn't in it."""
    minute, noon = found.minute, NAMED_TIMES["noon"]
    if day.is_night and minute < LAST_HOUR_OF_NIGHT:
        return minute + MINUTES_A_DAY  # `tonight at 1`
    if found.is_sure:
        return minute
    if day.is_night and noon <= minute < noon + HOUR:
        return minute + noon  # `tonight at 12`
    if day.is_late and HOUR <= minute < noon:
        return minute + noon
    if day.is_early:
        return minute if minute < noon else None
    return found.likely


def _months_on(day: date, count: float) -> date:
    """Return the same day some months later, or the last day of that month."""
    first = months_back(day, -int(count))
    last = months_back(first, -1) - DAY
    return min(first + (day.day - 1) * DAY, last)


def _in_the_past(shown: str) -> NotUnderstood:
    return NotUnderstood(f"{shown} is in the past.", EXAMPLE)


def _too_far(shown: str) -> NotUnderstood:
    return NotUnderstood(f"{shown} is more than two years away.", EXAMPLE)
