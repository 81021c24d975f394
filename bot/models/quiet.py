"""The noun "quiet hours": when a channel, or a person, is not to be disturbed."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class QuietHours:
    """Times of day, counted in minutes from local midnight, and whole days (0 is Monday).

    From `start` until `end`, over midnight where `end` is the earlier; none where both are the
    same. `zone` is an IANA name.
    """

    zone: str
    start: int = 0
    end: int = 0
    days: tuple[int, ...] = ()

    @property
    def is_never(self) -> bool:
        """Say whether it is never quiet."""
        return self.start == self.end and not self.days

    def include(self, moment: float) -> bool:
        """Say whether it is quiet at a moment (unix seconds); the clock on the wall decides."""
        try:
            local = datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return False  # another machine may not know the zone, and nobody's calls wait for that
        minute = local.hour * 60 + local.minute
        if local.weekday() in self.days:
            return True
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end
