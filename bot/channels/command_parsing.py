"""The noun "muting": until when a channel is to be muted, as somebody chose or typed it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import NotUnderstood

MORNING = time(8)

# What can be chosen, by what somebody would type for it.
SPANS = {
    "1h": "For 1 hour",
    "4h": "For 4 hours",
    "tomorrow": "Until tomorrow at 8:00 AM",
    "3d": "For 3 days",
}

MOST_DAYS = 30

EXAMPLE = "/vocatech mute 2h, or 30 min, 3 days, tomorrow; /vocatech mute off lifts it"

_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}

_SPAN = r"(\d{1,6})\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?)"

_MOST_QUOTED = 60


def parse_mute_until(typed: str, now: float, zone: ZoneInfo) -> float:
    """Give the moment (unix seconds) meant by `2h`, `1 h 30 min`, `3 days` or `tomorrow`.

    Tomorrow begins at eight in the morning, in the zone of whoever asks. Raises NotUnderstood.
    """
    wished = re.sub(r"^(for|until)\s+", "", " ".join(typed.lower().split()))
    if wished == "tomorrow":
        day = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
        return datetime.combine(day, MORNING, zone).timestamp()
    quoted = f"“{typed[:_MOST_QUOTED]}{'…' if len(typed) > _MOST_QUOTED else ''}”"
    if not re.fullmatch(rf"({_SPAN}\s*)+", wished):
        raise NotUnderstood(
            f"I understood that this channel is to be muted, but not for how long: {quoted}.",
            EXAMPLE,
        )
    seconds = sum(int(many) * _SECONDS[unit[0]] for many, unit in re.findall(_SPAN, wished))
    if not 0 < seconds <= MOST_DAYS * _SECONDS["d"]:
        raise NotUnderstood(
            f"I understood that this channel is to be muted for {quoted}; it can be for a minute"
            f" at least, and for {MOST_DAYS} days at most.",
            EXAMPLE,
        )
    return now + seconds
