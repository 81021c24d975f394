"""When calls happen: in business hours, with fewer at lunch and at weekends."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS: Final = time(8, 30)
HALF_HOUR: Final = timedelta(minutes=30)
# How busy each half hour is, from OPENS on: a dip at lunch, and the end at half past five.
_BUSY: Final = (5, 9, 11, 13, 13, 11, 9, 5, 4, 6, 9, 12, 12, 11, 10, 9, 7, 4)
SATURDAY: Final = 5
# How many weekday calls there are for one at the weekend.
QUIETER: Final = 6
# A call that started later may still be in progress.
LONGEST: Final = timedelta(minutes=15)


def pick_moments(
    rng: random.Random, zone: str, *, now: datetime, days: int, a_day: int
) -> list[datetime]:
    """Return the start times of calls in the local days up to `now`, in order."""
    today = now.astimezone(ZoneInfo(zone)).date()
    moments = []
    for day in (today - timedelta(days=back) for back in range(days)):
        calls = rng.randint(a_day // 2, a_day + a_day // 2)
        calls //= QUIETER if is_weekend(day) else 1
        moments += [pick_moment(rng, zone, day) for _ in range(calls)]
    return sorted(moment for moment in moments if moment <= now - LONGEST)


def pick_moment(rng: random.Random, zone: str, day: date) -> datetime:
    """Return a random time in the business hours of a local day, more often a busy one."""
    place = rng.choices(range(len(_BUSY)), _BUSY)[0]
    wall = datetime.combine(day, OPENS) + place * HALF_HOUR + rng.random() * HALF_HOUR
    return wall.replace(tzinfo=ZoneInfo(zone))


def weekdays_before(day: date, days: int) -> Iterator[date]:
    """Return the weekdays in the days before a day, latest first."""
    before = (day - timedelta(days=back) for back in range(1, days))
    return (one for one in before if not is_weekend(one))


def is_weekend(day: date) -> bool:
    """Return whether a day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY
