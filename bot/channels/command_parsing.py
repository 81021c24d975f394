"""Parsing of mute durations."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood

MORNING = time(8)

# The choices of the form, by what someone would type for them.
SPANS = {
    "1h": "1 hour",
    "4h": "4 hours",
    "tomorrow": "Until tomorrow at 8:00 AM",
    "3d": "3 days",
}

MAX_DAYS = 30

EXAMPLE = "/vocatech mute 2h, or 30 min, 3 days, tomorrow; /vocatech mute off to unmute"

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}

_SPAN = r"(\d{1,6})\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?)"

_MAX_QUOTED = 60


def parse_mute_until(typed: str, now: float, zone: ZoneInfo) -> float:
    """Return the moment (Unix seconds) meant by `2h`, `1 h 30 min`, `3 days` or `tomorrow`.

    Tomorrow means 8:00 AM in the zone of the user. Raises NotUnderstood.
    """
    duration = re.sub(r"^(for|until)\s+", "", " ".join(typed.lower().split()))
    if duration == "tomorrow":
        day = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
        return datetime.combine(day, MORNING, zone).timestamp()
    quoted = f"“{typed[:_MAX_QUOTED]}{'…' if len(typed) > _MAX_QUOTED else ''}”"
    if not re.fullmatch(rf"({_SPAN}\s*)+", duration):
        raise NotUnderstood(
            f"This channel wasn't muted. {quoted} isn't a duration.",
            EXAMPLE,
        )
    seconds = sum(int(many) * _SECONDS[unit[0]] for many, unit in re.findall(_SPAN, duration))
    if not 0 < seconds <= MAX_DAYS * _SECONDS["d"]:
        raise NotUnderstood(
            f"This channel wasn't muted. {quoted} is out of range: a mute lasts from 1 minute to"
            f" {MAX_DAYS} days.",
            EXAMPLE,
        )
    return now + seconds
