"""Digest schedules: when a digest is due, and which local days it covers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.intervals import Interval

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = (0, 1, 2, 3, 4)
USUAL_MINUTE = 8 * 60 + 30
HOURS_A_DAY, MINUTES_AN_HOUR = 24, 60
WEEKS_OF_TREND = 8


class Cadence(StrEnum):
    """How often a digest is posted."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class DigestPlan:
    """Schedule of a channel's digests, or of a person's, with their ID as the channel.

    `weekdays` (0 is Monday) are the days of a daily or weekly digest, `minute` counts from local
    midnight, `zone` is an IANA name, `since` is when it was turned on (unix seconds).
    """

    channel: str
    zone: str
    cadence: Cadence = Cadence.DAILY
    weekdays: tuple[int, ...] = WEEKDAYS
    minute: int = USUAL_MINUTE
    per_person: bool = False
    is_on: bool = True
    since: float = 0.0

    @property
    def is_personal(self) -> bool:
        """Return whether it covers the calls of one person and is sent only to them."""
        return self.channel.startswith(("U", "W"))


@dataclass(frozen=True)
class Period:
    """Local days, including the first and the last."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def earlier(self, by: timedelta) -> "Period":
        """Return the same number of days, earlier."""
        return Period(self.first - by, self.last - by)

    def span(self, zone: ZoneInfo) -> Interval:
        """Return the time from the first midnight to the midnight after the last day."""
        return Interval(moment_of(self.first, 0, zone), moment_of(self.last + DAY, 0, zone))


@dataclass(frozen=True)
class Due:
    """A past or future digest: when it is due (unix seconds), and which days it covers."""

    at: float
    period: Period


def moment_of(day: date, minute: int, zone: ZoneInfo) -> float:
    """Return the unix time of a local time, given in minutes from midnight.

    A time that the clock skips is moved to the moment at which it would have been; a time that
    occurs twice is the first. So every day has each time once.
    """
    local = datetime.combine(day, time(*divmod(minute, MINUTES_AN_HOUR)), zone)
    return local.astimezone(UTC).timestamp()


def day_of(moment: float, zone: ZoneInfo) -> date:
    """Return the local day of a time (unix seconds)."""
    return datetime.fromtimestamp(moment, zone).date()


def last_due(plan: DigestPlan, now: float) -> Due:
    """Return the latest digest that was due by `now`."""
    due = last_whole(plan, now)
    return due if due.at <= now else last_whole(plan, now, days_back=1)


def last_whole(plan: DigestPlan, now: float, *, days_back: int = 0) -> Due:
    """Return the digest of the latest complete days, even if it isn't due yet."""
    zone = ZoneInfo(plan.zone)
    day = day_of(now, zone) - days_back * DAY
    while not _runs_on(plan, day):
        day -= DAY
    return Due(moment_of(day, plan.minute, zone), _period(plan, day))


def due_for(plan: DigestPlan, period: Period) -> Due:
    """Return the digest of any days, due when these days are over."""
    return Due(moment_of(period.last + DAY, plan.minute, ZoneInfo(plan.zone)), period)


def cadence_of(period: Period) -> Cadence:
    """Return whether days are a whole week or month, or else only days."""
    is_month = period.first.day == 1 and (period.last + DAY).day == 1 and period.days <= 31  # noqa: PLR2004
    if is_month:
        return Cadence.MONTHLY
    is_week = period.days == WEEK.days and period.first.weekday() == 0
    return Cadence.WEEKLY if is_week else Cadence.DAILY


def runs_after(plan: DigestPlan, moment: float) -> Iterator[Due]:
    """Yield the digests that are due after a time, without an end."""
    for at in _runs_after(plan, moment):
        yield last_due(plan, at)


def next_run(plan: DigestPlan, now: float) -> float:
    """Return when the next digest after `now` is due."""
    return next(_runs_after(plan, now))


def count_between(plan: DigestPlan, after: float, before: float) -> int:
    """Return how many digests were due between two times."""
    runs = 0
    for moment in _runs_after(plan, after):
        if moment >= before:
            break
        runs += 1
    return runs


def name_of_digest(plan: DigestPlan, due: Due) -> str:
    """Return the unique ID of a digest."""
    return f"{plan.cadence} {due.period.first}/{due.period.last} {plan.channel}"


def comparable(cadence: Cadence, period: Period) -> tuple[Period | None, Period | None]:
    """Return the period just before, and the same weekdays a week before.

    A digest of several days, such as after a weekend, has no comparable period just before.
    """
    if cadence is Cadence.MONTHLY:
        last = period.first - DAY
        return Period(last.replace(day=1), last), None
    if cadence is Cadence.WEEKLY:
        return period.earlier(WEEK), None
    before = period.earlier(DAY) if period.days == 1 else None
    return before, period.earlier(WEEK) if period.days <= WEEK.days else None


def weeks_until(last: date) -> list[Period]:
    """Return the complete weeks (Monday to Sunday) that ended by a day, the newest last."""
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    monday = sunday - 6 * DAY
    return [Period(monday, sunday).earlier(WEEK * n) for n in reversed(range(WEEKS_OF_TREND))]


def _runs_on(plan: DigestPlan, day: date) -> bool:
    if plan.cadence is Cadence.MONTHLY:
        return day.day == 1
    return day.weekday() in (plan.weekdays or EVERY_DAY)


def _runs_after(plan: DigestPlan, moment: float) -> Iterator[float]:
    zone = ZoneInfo(plan.zone)
    day = day_of(moment, zone)
    while True:
        if _runs_on(plan, day) and (at := moment_of(day, plan.minute, zone)) > moment:
            yield at
        day += DAY


def _period(plan: DigestPlan, day: date) -> Period:
    """Return the days that a day's digest covers.

    A daily digest covers all days since the previous one, so that no day is left out: on Monday it
    covers Friday to Sunday if none is posted on the weekend.
    """
    if plan.cadence is Cadence.MONTHLY:
        last = day - DAY
        return Period(last.replace(day=1), last)
    if plan.cadence is Cadence.WEEKLY:
        monday = day - timedelta(days=day.weekday()) - WEEK
        return Period(monday, monday + 6 * DAY)
    first = day - DAY
    while not _runs_on(plan, first):
        first -= DAY
    return Period(first, day - DAY)
