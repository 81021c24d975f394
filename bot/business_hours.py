"""Business hours by day of the week and time of day."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.intervals import Interval, join

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<from>\d{1,2}:\d{2})-(?P<to>\d{1,2}:\d{2})",
    re.IGNORECASE,
)
_NOON, _MORNING = 12, time(7)
# Few open at 4 in the morning or earlier, and close by noon.
_EARLY_HOURS = range(1, 5)
FORMAT_HINT = "write days and times such as Mon-Fri 9:00-17:00, several with commas"


@dataclass(frozen=True)
class BusinessHours:
    """Opening hours as spans: days (0 is Monday), start, and end; in local time."""

    spans: tuple[tuple[frozenset[int], time, time], ...]

    @classmethod
    def read(cls, text: str) -> "BusinessHours":
        """Parse `Mon-Fri 9:00-17:00, Sat 10:00-13:00`; raises ValueError with an example."""
        parts = (_spans(part) for part in text.split(",") if part.strip())
        return cls(tuple(span for spans in parts for span in spans))

    def include(self, moment: float, zone: ZoneInfo) -> bool:
        """Return whether the company is open at a time (unix seconds) in its own zone."""
        local = datetime.fromtimestamp(moment, zone)
        now = local.time().replace(tzinfo=None)
        return any(
            local.weekday() in days and start <= now < end for days, start, end in self.spans
        )

    def seconds_between(self, start: float, end: float, zone: ZoneInfo) -> float:
        """Return the business hours between two times (unix seconds), in seconds."""
        return sum(span.seconds for span in self._open_spans(start, end, zone))

    def days_after(self, start: float, end: float, zone: ZoneInfo) -> int:
        """Return the number of open days after the day of `start`, up to `end` (unix seconds)."""
        first = datetime.fromtimestamp(start, zone).date()
        opened = {
            datetime.fromtimestamp(span.start, zone).date()
            for span in self._open_spans(start, end, zone)
        }
        return len(opened - {first})

    def _open_spans(self, start: float, end: float, zone: ZoneInfo) -> list[Interval]:
        """Return the open intervals in elapsed seconds, also across clock changes."""
        day, last = (datetime.fromtimestamp(at, zone).date() for at in (start, end))
        found = []
        while day <= last:
            for days, begin, finish in self.spans:
                if day.weekday() in days:
                    opens, closes = (_moment(day, at, zone) for at in (begin, finish))
                    if max(opens, start) < min(closes, end):
                        found.append(Interval(max(opens, start), min(closes, end)))
            day += timedelta(days=1)
        return join(found)


def _moment(day: date, at: time, zone: ZoneInfo) -> float:
    return datetime.combine(day, at, zone).timestamp()


def _spans(part: str) -> list[tuple[frozenset[int], time, time]]:
    """Return the span of a part; two if it goes past midnight, since each ends on its day."""
    found = _PART.fullmatch(part.strip())
    if found is None:
        raise ValueError(FORMAT_HINT)
    first, last = found["first"].lower(), (found["last"] or found["first"]).lower()
    if first not in DAYS or last not in DAYS:
        raise ValueError(f"{FORMAT_HINT}; days are {', '.join(day.title() for day in DAYS)}")
    days = frozenset(days_from(DAYS.index(first), DAYS.index(last)))
    start, end = _time(found["from"]), _time(found["to"])
    _refuse_doubtful_night(found["from"], found["to"], start, end)
    if start == end:
        raise ValueError(f"{part.strip()} ends when it begins; {FORMAT_HINT}")
    if start < end:
        return [(days, start, end)]
    next_days = frozenset((day + 1) % len(DAYS) for day in days)
    return [(days, start, time.max), (next_days, time.min, end)]


def _refuse_doubtful_night(typed_start: str, typed_end: str, start: time, end: time) -> None:
    """Refuse `9:00-5:00` and `2:00-8:00`, which are after noon for many people; `02:00` isn't."""
    is_late = end < start and start.hour <= _NOON and typed_end[0] != "0" and 1 <= end.hour < _NOON
    is_before_noon = start.hour in _EARLY_HOURS and end <= time(_NOON)
    is_night = start < end and (end <= _MORNING or is_before_noon)
    is_early = is_night and typed_start[0] != "0"
    if is_late or is_early:
        first = f"{start.hour + _NOON}:{start:%M}" if is_early else typed_start
        night = f"{start:%H:%M}-{end:%H:%M}"
        raise ValueError(
            f"{typed_start}-{typed_end} includes the night: write {first}-{end.hour + _NOON}"
            f":{end:%M} for the afternoon, or {night} for the night; {FORMAT_HINT}"
        )


def _time(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return time.max
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"{text} is not a time of day; {FORMAT_HINT}") from None


def days_from(first: int, last: int) -> tuple[int, ...]:
    """Return the days of the week (0 is Monday) from one to another, past Sunday if needed."""
    return tuple((first + step) % len(DAYS) for step in range((last - first) % len(DAYS) + 1))
