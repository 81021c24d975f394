"""Owns how times, spans and numbers are written."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.phone_numbers import format_number


@dataclass(frozen=True)
class Locale:
    """The company's country (ISO 3166) and time zone, for what Slack cannot do by reader."""

    region: str = "US"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def number(self, number: str | None) -> str:
        """Give a phone number as people write it here; empty where there is none."""
        return format_number(number, self.region) or ""

    def moment(self, moment: float) -> str:
        """Give Slack's markup for a moment, shown in the reader's own zone."""
        shown = self.plain_moment(moment)
        return f"<!date^{int(moment)}^{{date_short_pretty}} at {{time}}|{shown}>"

    def plain_moment(self, moment: float) -> str:
        """Give a moment as text in the company's zone."""
        return datetime.fromtimestamp(moment, self.zone).strftime("%Y-%m-%d %H:%M %Z")

    def day(self, moment: float) -> str:
        """Give the day of a moment in the company's zone, such as `1 January 2026`."""
        day = datetime.fromtimestamp(moment, self.zone)
        return f"{day.day} {day:%B %Y}"


def span(seconds: int) -> str:
    """Give a span of time, such as `1 h 5 min` or `42 s`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def clock_time(minute: int) -> str:
    """Give a time of day, counted in minutes from midnight, such as `8:00`."""
    hour, rest = divmod(minute, 60)
    return f"{hour}:{rest:02}"
