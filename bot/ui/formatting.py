"""How dates, times, durations and phone numbers are written.

Each form has one function. Where Slack can show a moment in the reader's own zone and clock,
use `Locale.moment` or `blocks.moment`; the other functions write the form of US English.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.phone_numbers import format_number

NOON = 12


@dataclass(frozen=True)
class Locale:
    """The country (ISO 3166) for phone numbers, and a time zone: the company's or a reader's."""

    region: str = "US"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def number(self, number: str | None) -> str:
        """Return a phone number as people write it here; empty if there is none."""
        return format_number(number, self.region) or ""

    def moment(self, moment: float) -> str:
        """Return mrkdwn that Slack shows in the reader's own zone and clock."""
        shown = self.plain_moment(moment)
        return f"<!date^{int(moment)}^{{date_short_pretty}} at {{time}}|{shown}>"

    def plain_moment(self, moment: float) -> str:
        """Return a moment as text in this zone, such as `Nov 27, 2026 at 9:29 AM UTC`."""
        return f"{self.own_moment(moment)} {datetime.fromtimestamp(moment, self.zone):%Z}"

    def own_moment(self, moment: float) -> str:
        """Return a moment for a person in this zone, such as `Nov 27, 2026 at 9:29 AM`."""
        at = datetime.fromtimestamp(moment, self.zone)
        return f"{full_date(at)} at {time_of(at)}"

    def day(self, moment: float) -> str:
        """Return the day of a moment in this zone, such as `Nov 27, 2026`."""
        return full_date(datetime.fromtimestamp(moment, self.zone))


def span(seconds: int) -> str:
    """Return a duration, such as `1 h 5 min` or `42 s`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def clock_time(minute: int) -> str:
    """Return a time of day, such as `8:00 AM`; `minute` is counted from midnight."""
    hour, rest = divmod(minute, 60)
    return f"{_hour_of_twelve(hour)}:{rest:02} {_half(hour)}"


def time_of(at: datetime) -> str:
    """Return the time of day of a local moment, such as `9:29 AM`."""
    return clock_time(at.hour * 60 + at.minute)


def hour_name(hour: int) -> str:
    """Return a whole hour, such as `8 AM`; 24 is midnight again."""
    return f"{_hour_of_twelve(hour)} {_half(hour)}"


def month_day(day: date) -> str:
    """Return a day without its year, such as `Nov 27`."""
    return f"{day:%b} {day.day}"


def weekday_date(day: date) -> str:
    """Return a day with its weekday, such as `Fri, Nov 27`."""
    return f"{day:%a}, {month_day(day)}"


def full_date(day: date) -> str:
    """Return a day with its year, such as `Nov 27, 2026`."""
    return f"{month_day(day)}, {day.year}"


def _hour_of_twelve(hour: int) -> int:
    return hour % NOON or NOON


def _half(hour: int) -> str:
    return "AM" if hour % 24 < NOON else "PM"
