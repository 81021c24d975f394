"""The noun "digest plan": when a digest is due, and which local days it is about."""

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
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class DigestPlan:
    """When digests come to a channel, or to a person, whose id then stands for the channel.

    `weekdays` (0 is Monday) are those on which a daily or weekly digest comes, `minute` is counted
    from local midnight, `zone` is an IANA name, `since` (unix seconds) when it was switched on.
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
        """Say whether it is about the calls of one person, and goes to them alone."""
        return self.channel.startswith(("U", "W"))


@dataclass(frozen=True)
class Period:
    """Local days, the first and the last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def earlier(self, by: timedelta) -> "Period":
        """Give as many days, so much earlier."""
        return Period(self.first - by, self.last - by)

    def span(self, zone: ZoneInfo) -> Interval:
        """Give the time from the first midnight to the one after the last day."""
        return Interval(moment_of(self.first, 0, zone), moment_of(self.last + DAY, 0, zone))


@dataclass(frozen=True)
class Due:
    """One digest that is to come or has come: when (unix seconds), and about which days."""

    at: float
    period: Period


def moment_of(day: date, minute: int, zone: ZoneInfo) -> float:
    """Give the moment (unix seconds) of a local time, counted in minutes from midnight.

    A time that the clock skips is the moment at which it would have been; of one that comes
    twice, the first: so every day has each time once.
    """
    local = datetime.combine(day, time(*divmod(minute, MINUTES_AN_HOUR)), zone)
    return local.astimezone(UTC).timestamp()


def day_of(moment: float, zone: ZoneInfo) -> date:
    """Give the local day of a moment (unix seconds)."""
    return datetime.fromtimestamp(moment, zone).date()


def last_due(plan: DigestPlan, now: float) -> Due:
    """Give the digest that came last, or should have, by `now`."""
    due = last_whole(plan, now)
    return due if due.at <= now else last_whole(plan, now, days_back=1)


def last_whole(plan: DigestPlan, now: float, *, days_back: int = 0) -> Due:
    """Give the digest about the last days that are over, though its time may be yet to come."""
    zone = ZoneInfo(plan.zone)
    day = day_of(now, zone) - days_back * DAY
    while not _runs_on(plan, day):
        day -= DAY
    return Due(moment_of(day, plan.minute, zone), _period(plan, day))


def next_run(plan: DigestPlan, now: float) -> float:
    """Give the moment at which the next digest comes after `now`."""
    return next(_runs_after(plan, now))


def count_between(plan: DigestPlan, after: float, before: float) -> int:
    """How many digests should have come after one moment and before another?"""
    runs = 0
    for moment in _runs_after(plan, after):
        if moment >= before:
            break
        runs += 1
    return runs


def name_of_digest(plan: DigestPlan, due: Due) -> str:
    """Give what names a digest: there is never a second one by the same name."""
    return f"{plan.cadence} {due.period.first}/{due.period.last} {plan.channel}"


def comparable(cadence: Cadence, period: Period) -> tuple[Period | None, Period | None]:
    """Give the period just before, and the same weekdays a week before.

    A digest of several days, after a weekend for one, has no fair period just before.
    """
    if cadence is Cadence.MONTHLY:
        last = period.first - DAY
        return Period(last.replace(day=1), last), None
    if cadence is Cadence.WEEKLY:
        return period.earlier(WEEK), None
    before = period.earlier(DAY) if period.days == 1 else None
    return before, period.earlier(WEEK) if period.days <= WEEK.days else None


def weeks_until(last: date) -> list[Period]:
    """Give the whole weeks (Monday to Sunday) that ended by a day, the newest last."""
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
    """Give the days that the digest of a day is about.

    A daily one is about all days since the one before, so that those on which none comes are
    told of as well: on Monday it is about Friday to Sunday where none comes at the weekend.
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
