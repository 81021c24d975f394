"""The noun "hours": when the company is open, by days of the week and times of day."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<from>\d{1,2}:\d{2})-(?P<to>\d{1,2}:\d{2})",
    re.IGNORECASE,
)
NEEDED = "write days and times such as Mon-Fri 9:00-17:00, several with commas"


@dataclass(frozen=True)
class Hours:
    """Spans of opening: days (0 is Monday), from when, until when; in local time."""

    spans: tuple[tuple[frozenset[int], time, time], ...]

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read such as `Mon-Fri 9:00-17:00, Sat 10:00-13:00`; raises ValueError with an example."""
        return cls(tuple(_span(part) for part in text.split(",") if part.strip()))

    def include(self, moment: float, zone: ZoneInfo) -> bool:
        """Say whether the company is open at a moment (unix seconds), in its own zone."""
        local = datetime.fromtimestamp(moment, zone)
        now = local.time().replace(tzinfo=None)
        return any(
            local.weekday() in days and start <= now < end for days, start, end in self.spans
        )


def _span(part: str) -> tuple[frozenset[int], time, time]:
    found = _PART.fullmatch(part.strip())
    if found is None:
        raise ValueError(NEEDED)
    first, last = found["first"].lower(), (found["last"] or found["first"]).lower()
    if first not in DAYS or last not in DAYS:
        raise ValueError(f"{NEEDED}; days are {', '.join(day.title() for day in DAYS)}")
    begin, length = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % len(DAYS)
    days = frozenset((begin + n) % len(DAYS) for n in range(length + 1))
    start, end = _time(found["from"]), _time(found["to"])
    if start >= end:
        raise ValueError(f"{part.strip()} ends before it begins; {NEEDED}")
    return days, start, end


def _time(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    if (hour, minute) == (24, 0):
        return time.max
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"{text} is no time of day; {NEEDED}") from None
