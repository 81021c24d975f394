"""Future times as people type them: `in 2 hours`, `tomorrow 3pm`, `mon 9:30`, `dec 24 at noon`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood
from bot.ui.calendar_words import DAY, WEEK, months_back, weekday_of
from bot.ui.clock_parsing import HOUR, parse_clock
from bot.ui.date_parsing import DateReader
from bot.ui.time_patterns import COUNT, COUNTS, SHORT_SPAN, SHORT_UNIT_NAMES

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

_UNIT = r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?)"
_PIECE = re.compile(rf"(?P<count>\d{{1,5}}(?:\.\d)?|{COUNT}|half an?) ?{_UNIT}\b(?: and)? ?")
_HOURS_AND_MINUTES = re.compile(r"(\d{1,2})h ?([0-5]\d)")
_SPAN = re.compile(rf"{COUNT} ?(day|week|month|year)s?")
_WEEKDAY = re.compile(r"(?:(this|next|coming) )?([a-z]+)(?: (next week))?|(next week) ([a-z]+)")
_PAST = re.compile(r"(?:yesterday|last|previous|past)\b|.* ago$|(?:right )?now$")


@dataclass(frozen=True)
class _Day:
    """A day that was typed; `minute` is its time if none is typed, None if it needs one.

    `is_late` means that hours without am or pm are after noon. `step` leads to the next such day,
    for a day that may also be today.
    """

    day: date
    minute: int | None = BEGIN_OF_WORK
    is_late: bool = False
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
        if (seconds := _duration(text)) is not None:
            return self.now + seconds
        if found := self._day(text):
            return self._at(found, found.minute, text)
        words = text.split()
        for used in range(len(words) - 1, 0, -1):
            day, clock = self._day(" ".join(words[:used])), " ".join(words[used:])
            if (
                day
                and (minute := _minute(clock, is_late=day.is_late, is_after_day=True)) is not None
            ):
                return self._at(day, minute, text)
        for used in range(1, len(words)):
            day = self._day(" ".join(words[used:]))
            minute = _minute(" ".join(words[:used]), is_late=bool(day and day.is_late))
            if day and minute is not None:
                return self._at(day, minute, text)
        minute = _minute(text)
        return None if minute is None else self._at(_Day(self.today, step=DAY), minute, text)

    def _at(self, found: _Day, minute: int | None, text: str) -> float:
        if minute is None:
            raise NotUnderstood(f"“{text}” needs a time.", f"{text} 3pm")
        minute = self.morning if minute == BEGIN_OF_WORK else minute
        moment = self._moment(found.day, minute)
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
                known = NAMED_TIMES[name]
                return replace(day, minute=known, is_late=name in _LATE) if day else None
        return self._plain_day(text)

    def _plain_day(self, text: str) -> _Day | None:
        today = self.today
        if text == "today":
            return _Day(today, None)
        if text == "tonight":
            return _Day(today, NAMED_TIMES["night"], is_late=True)
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
            count, unit = _count(span[1]), span[2]
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
        except NotUnderstood:
            example = "dec 24 10:30, or 2027-01-15 9:00"
            raise NotUnderstood(f"“{text}” isn't a date.", example) from None
        return _Day(found.first) if found and found.first else None


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
    text = " ".join(typed.lower().replace("’", "'").replace(",", " ").split())
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text).replace("o'clock", "").replace("uhr", "")
    text = re.sub(r"^(?:remind me |please )+", "", text)
    return " ".join(re.sub(r"[!?;]+$", "", text).split())


def _duration(text: str) -> float | None:
    """Return the seconds of `in 2 hours`, `90 min`, or `1 h 30 min`; None for other texts."""
    rest = text.removeprefix("in ").removesuffix(" from now")
    if found := _HOURS_AND_MINUTES.fullmatch(rest):
        return int(found[1]) * 3_600.0 + int(found[2]) * 60.0
    rest = re.sub(r"^(an?|one) hour and a half$", "90 min", rest)
    pieces = list(_pieces(rest))
    if not pieces or sum(len(one[0]) for one in pieces) != len(rest):
        return None
    return sum(
        _count(one["count"]) * (3_600.0 if one["unit"][0] == "h" else 60.0) for one in pieces
    )


def _pieces(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while found := _PIECE.match(text, at):
        yield found
        at = found.end()


def _minute(text: str, *, is_late: bool = False, is_after_day: bool = False) -> int | None:
    """Return a time of day in minutes from midnight; None if a text is none.

    A number alone is one only after `at` or after a day.
    """
    if (named := text.removeprefix("at ").removeprefix("in the ")) in NAMED_TIMES:
        return NAMED_TIMES[named]
    has_at = text.startswith(("at ", "@"))
    found = parse_clock(text.removeprefix("at ").removeprefix("@").strip())
    if found is None or (found.is_bare and not has_at and not is_after_day):
        return None
    is_morning = found.minute < NAMED_TIMES["noon"] and not found.is_sure
    if is_late and is_morning and found.minute >= HOUR:
        return found.minute + NAMED_TIMES["noon"]
    return found.likely


def _count(word: str) -> float:
    if word.startswith("half"):
        return 0.5
    return float(COUNTS.get(word, word))


def _months_on(day: date, count: float) -> date:
    """Return the same day some months later, or the last day of that month."""
    first = months_back(day, -int(count))
    last = months_back(first, -1) - DAY
    return min(first + (day.day - 1) * DAY, last)


def _in_the_past(shown: str) -> NotUnderstood:
    return NotUnderstood(f"{shown} is in the past.", EXAMPLE)


def _too_far(shown: str) -> NotUnderstood:
    return NotUnderstood(f"{shown} is more than two years away.", EXAMPLE)
