"""Text and numbers of digests."""

from collections.abc import Callable, Iterator

from bot.digests.callback_words import times_in_words
from bot.digests.charts import SENTIMENT_TITLE
from bot.models.callback_times import CallbackTimes
from bot.models.digest_schedule import DAY_NAMES, EVERY_DAY, WEEKDAYS, Cadence, DigestPlan, Period
from bot.models.digests import Digest, Totals
from bot.ui.blocks import Json, mrkdwn, section
from bot.ui.formatting import clock_time, full_date, hour_name, month_day, span, weekday_date
from bot.ui.mrkdwn import escape, name_of


def plan_in_words(plan: DigestPlan) -> str:
    """Return a schedule in words, such as `every weekday at 8:30 AM (Europe/Berlin)`."""
    more = ", with numbers for each person" if plan.per_person and not plan.is_personal else ""
    return f"{_how_often(plan)} at {clock_time(plan.minute)} ({plan.zone}){more}"


def _how_often(plan: DigestPlan) -> str:
    if plan.cadence is Cadence.MONTHLY:
        return "on the first of every month"
    if plan.weekdays in {EVERY_DAY, ()}:
        return "every day"
    if plan.weekdays == WEEKDAYS:
        return "every weekday"
    return f"every {listed([DAY_NAMES[day] for day in plan.weekdays])}"


def typed_for(plan: DigestPlan) -> str:
    """Return the command that sets this schedule."""
    days = " ".join(DAY_NAMES[day][:3].lower() for day in plan.weekdays)
    when = {
        Cadence.DAILY: "weekdays" if plan.weekdays == WEEKDAYS else days,
        Cadence.WEEKLY: f"weekly {days}",
        Cadence.MONTHLY: "monthly",
    }[plan.cadence]
    people = "people " if plan.per_person else ""
    own = " me" if plan.is_personal else ""
    return f"/vocatech digest on {when} {clock_time(plan.minute)} {people}{plan.zone}{own}"


def period_in_words(cadence: Cadence, period: Period) -> str:
    """Return the days, such as `Fri, Nov 20, 2026` or `the week of Nov 16 to Nov 22, 2026`."""
    first, last = period.first, period.last
    if cadence is Cadence.MONTHLY:
        return f"{first:%B %Y}"
    if first == last:
        return f"{first:%a}, {full_date(first)}"
    year = f", {first.year}" if first.year != last.year else ""
    if cadence is Cadence.WEEKLY:
        return f"the week of {month_day(first)}{year} to {full_date(last)}"
    return f"{weekday_date(first)}{year} to {last:%a}, {full_date(last)}"


def listed(words: list[str]) -> str:
    """Join words: `a, b and c`."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def render_facts(digest: Digest) -> Json:
    """Return the numbers, and how they differ from earlier periods."""
    totals = digest.totals
    facts = [
        ("Incoming", _compared(digest, lambda one: one.incoming)),
        ("Outgoing", _compared(digest, lambda one: one.outgoing)),
        ("Missed", _compared(digest, lambda one: one.missed)),
        ("Answer rate", _rate(digest)),
        ("Talk time", span(rounded(totals.talk_seconds))),
    ]
    if digest.callbacks and digest.callbacks.times.callers:
        facts.append(("Callbacks", _callbacks(digest)))
    if totals.busiest_hours:
        facts.append(("Busiest hours", _hours_in_words(totals.busiest_hours)))
    if totals.internal:
        facts.append(("Internal", f"{totals.internal:,}"))
    if (
        totals.sentiments and digest.cadence is not Cadence.DAILY
    ):  # a daily digest has a chart of it
        counts = [f"{calls:,} {name_of(one)}" for one, calls in totals.sentiments[:4]]
        facts.append((SENTIMENT_TITLE, ", ".join(counts)))
    return section(fields=[mrkdwn(f"*{what}*\n{escape(said)}") for what, said in facts])


def _callbacks(digest: Digest) -> str:
    """Return the median, the share within an hour, and how the median differs from before."""
    times = digest.callbacks.times if digest.callbacks else CallbackTimes()
    words = [times_in_words(times)]
    before = digest.callbacks_before
    when = next((name for totals, name in _others(digest) if totals is digest.before), "before")
    if before and before.median is not None and times.median is not None:
        change = (times.median - before.median) // 60
        same = f"same median as {when}"
        words.append(_difference(change, 0, when, " min") if change else same)
    return "\n".join(words)


def _hours_in_words(hours: list[int]) -> str:
    """Return hours, with consecutive ones joined: `8 AM to 10 AM and 3 PM to 4 PM`."""
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][1] == hour:
            spans[-1][1] = hour + 1
        else:
            spans.append([hour, hour + 1])
    return listed([f"{hour_name(start)} to {hour_name(end)}" for start, end in spans])


def rounded(seconds: int) -> int:
    """Drop the seconds of a long duration."""
    return seconds // 60 * 60 if seconds >= 600 else seconds  # noqa: PLR2004 (ten minutes)


def _others(digest: Digest) -> Iterator[tuple[Totals, str]]:
    names = {Cadence.DAILY: "the day before", Cadence.WEEKLY: "the week before"}
    if digest.before:
        yield digest.before, names.get(digest.cadence, "the month before")
    if digest.week_before:
        yield digest.week_before, "a week before"


def _compared(digest: Digest, number: Callable[[Totals], int]) -> str:
    """Return a number, and how it differs from earlier periods."""
    now = number(digest.totals)
    words = [_difference(now, number(other), when) for other, when in _others(digest)]
    return "\n".join([f"{now:,}", *words])


def _difference(now: int, then: int, when: str, unit: str = "") -> str:
    if now == then:
        return f"same as {when}"
    return f"{'▲' if now > then else '▼'} {abs(now - then):,}{unit} vs. {when}"


def _rate(digest: Digest) -> str:
    rate = digest.totals.answer_rate
    if rate is None:
        return "no incoming calls"
    words = [
        _difference(rate, other.answer_rate, when, " points")
        for other, when in _others(digest)
        if other.answer_rate is not None
    ]
    return "\n".join([f"{rate}%", *words])
