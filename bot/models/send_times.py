"""Times for sending a text later: presets, polite hours, and greetings, in local time."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models.texts import NOT_FILLED, Filled

# Before and after these hours, texts disturb.
FIRST_HOUR, LAST_HOUR = 8, 21
MORNING_HOUR, NOON_HOUR, AFTERNOON_HOUR, EVENING_HOUR, DAWN_HOUR = 9, 12, 13, 17, 5
NOW, SOON, AFTERNOON, MORNING, WEEK, OTHER = "now", "soon", "afternoon", "morning", "week", "other"
MAX_DAYS_AHEAD = 120
HOUR, STEP = 3_600.0, 300.0
# The preset for the afternoon is left out if it is closer than this.
LEAST_AHEAD = 1_800.0
# After an outage, a text is sent at most this late: it may have been about the time it was for.
MAX_LATE = 2 * HOUR
# A text for the evening may be this late, if the send limit delays it into the night.
MAX_LATE_AT_NIGHT = 900.0


@dataclass(frozen=True)
class ChosenTime:
    """When a text should be sent, as it was chosen in a form.

    `when` is a preset or OTHER; then `day` (ISO) and `minute` of the day count. `zone` is an IANA
    name; if empty, that of the recipient's number.
    """

    when: str = NOW
    zone: str = ""
    day: str = ""
    minute: int | None = None


@dataclass(frozen=True)
class ScheduledText:
    """A text that waits for its time; numbers in E.164, `send_at` in unix seconds.

    `zone` is an IANA name. A change raises the `version`. `name` is that of the contact, where it
    is shown. In a changed one, `filled` is what a template filled in, and `needed_at` is as in a
    `Draft`.
    """

    text_id: str
    number: str
    company_number: str
    body: str
    slack_user: str
    channel: str | None
    send_at: float
    zone: str
    version: int
    name: str | None = None
    filled: Filled = NOT_FILLED
    needed_at: float | None = None


def is_night(at: float, zone: ZoneInfo) -> bool:
    """Return whether a moment is before 8 AM or after 9 PM in a zone."""
    return not FIRST_HOUR <= datetime.fromtimestamp(at, zone).hour < LAST_HOUR


def next_morning(after: float, zone: ZoneInfo) -> float:
    """Return the next 9 AM in a zone."""
    return _next(after, MORNING_HOUR, zone)


def presets(opened_at: float, zone: ZoneInfo) -> dict[str, float]:
    """Return the presets with their times (unix seconds) in order, for a form opened at a time."""
    found = {SOON: math.ceil((opened_at + HOUR) / STEP) * STEP}
    today = datetime.fromtimestamp(opened_at, zone).date()
    if (at := _at(today, AFTERNOON_HOUR, zone)) > opened_at + LEAST_AHEAD:
        found[AFTERNOON] = at
    found[MORNING] = next_morning(opened_at, zone)
    monday = today + timedelta(days=7 - today.weekday())
    if (at := _at(monday, MORNING_HOUR, zone)) != found[MORNING]:
        found[WEEK] = at
    # At night, the next morning comes before the afternoon.
    return dict(sorted(found.items(), key=lambda preset: preset[1]))


def moment_of(chosen: ChosenTime, opened_at: float, zone: ZoneInfo) -> float | None:
    """Return the chosen moment (unix seconds); None for NOW, or if day or time are missing."""
    if chosen.when != OTHER:
        return presets(opened_at, zone).get(chosen.when)
    if chosen.minute is None:
        return None
    try:
        day = date.fromisoformat(chosen.day)
    except ValueError:
        return None
    hour, minute = divmod(chosen.minute, 60)
    return datetime.combine(day, time(hour, minute), zone).timestamp()


def choose_moment(moment: float, zone: ZoneInfo) -> ChosenTime:
    """Return the choice of a moment (unix seconds) by its date and time in a zone."""
    local = datetime.fromtimestamp(moment, zone)
    return ChosenTime(OTHER, zone.key, local.date().isoformat(), local.hour * 60 + local.minute)


def greeting(at: float, zone: ZoneInfo) -> str:
    """Return a greeting for the hour of a moment in a zone."""
    hour = datetime.fromtimestamp(at, zone).hour
    if DAWN_HOUR <= hour < NOON_HOUR:
        return "Good morning"
    return "Good afternoon" if NOON_HOUR <= hour < EVENING_HOUR else "Good evening"


def is_too_late(now: float, send_at: float, zone: ZoneInfo) -> bool:
    """Return whether a text that was due at `send_at` must not be sent any more."""
    late = now - send_at
    is_moved_into_the_night = is_night(now, zone) and not is_night(send_at, zone)
    return late > (MAX_LATE_AT_NIGHT if is_moved_into_the_night else MAX_LATE)


def _next(after: float, hour: int, zone: ZoneInfo) -> float:
    today = datetime.fromtimestamp(after, zone).date()
    at = _at(today, hour, zone)
    return at if at > after else _at(today + timedelta(days=1), hour, zone)


def _at(day: date, hour: int, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(hour), zone).timestamp()
