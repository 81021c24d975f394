"""Owns the words for a plan of digests and for the days that a digest is about."""

from datetime import date

from bot.models.digest_schedule import DAY_NAMES, EVERY_DAY, WEEKDAYS, Cadence, Period, Plan


def plan_in_words(plan: Plan) -> str:
    """Say when digests come, such as `every weekday at 8:30 (Europe/Berlin)`."""
    more = ", with each person's numbers" if plan.per_person and not plan.is_personal else ""
    return f"{_how_often(plan)} at {plan.clock_time} ({plan.zone}){more}"


def _how_often(plan: Plan) -> str:
    if plan.cadence is Cadence.MONTHLY:
        return "on the first of every month"
    if plan.weekdays in {EVERY_DAY, ()}:
        return "every day"
    if plan.weekdays == WEEKDAYS:
        return "every weekday"
    return f"every {listed([DAY_NAMES[day] for day in plan.weekdays])}"


def typed_for(plan: Plan) -> str:
    """Give what somebody would type to have this plan."""
    days = " ".join(DAY_NAMES[day][:3].lower() for day in plan.weekdays)
    when = {
        Cadence.DAILY: "weekdays" if plan.weekdays == WEEKDAYS else days,
        Cadence.WEEKLY: f"weekly {days}",
        Cadence.MONTHLY: "monthly",
    }[plan.cadence]
    people = "people " if plan.per_person else ""
    own = " me" if plan.is_personal else ""
    return f"/vocatech digest on {when} {plan.clock_time} {people}{plan.zone}{own}"


def period_in_words(cadence: Cadence, period: Period) -> str:
    """Name the days, such as `Friday, 20 November 2026` or `the week of 16 to 22 November 2026`."""
    first, last = period.first, period.last
    if cadence is Cadence.MONTHLY:
        return f"{first:%B %Y}"
    if first == last:
        return f"{first:%A}, {_day(first)} {first:%Y}"
    year = f" {first:%Y}" if first.year != last.year else ""
    month = f" {first:%B}" if first.month != last.month else ""
    if cadence is Cadence.WEEKLY:
        return f"the week of {first.day}{month}{year} to {_day(last)} {last:%Y}"
    return f"{first:%A}, {first.day}{month}{year} to {last:%A}, {_day(last)} {last:%Y}"


def listed(words: list[str]) -> str:
    """Join words as people do: `a, b and c`."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
