"""Callback times in words, for digests and App Home."""

from bot.models.callback_times import CallbackGroup, CallbackReport, CallbackTimes
from bot.ui.formatting import span
from bot.ui.mrkdwn import name_of

TEN_MINUTES = 600


def times_in_words(times: CallbackTimes) -> str:
    """Return the median and the share within an hour, such as `23 min median`."""
    if times.median is None:
        return "no callbacks yet" if times.callers else "no missed callers"
    return f"{_span(times.median)} median  ·  {times.share}% within an hour"


def follow_ups_in_words(count: int, overdue: int) -> str:
    """Return how many follow-ups are open, such as `5 open follow-ups (2 overdue)`."""
    words = "1 open follow-up" if count == 1 else f"{count:,} open follow-ups"
    return f"{words} ({overdue:,} overdue)" if overdue else words


def report_in_words(report: CallbackReport) -> str:
    """Return a report in one line."""
    times = report.times
    parts = [times_in_words(times)]
    if times.callers:
        parts.append("1 missed caller" if times.callers == 1 else f"{times.callers:,} callers")
    if report.follow_ups:
        parts.append(follow_ups_in_words(report.follow_ups, report.overdue))
    return "  ·  ".join(parts)


def person_in_numbers(one: CallbackGroup) -> str:
    """Return the numbers of one person."""
    back = one.times.called_back
    parts = []
    if back:
        parts.append("1 callback" if back == 1 else f"{back:,} callbacks")
        parts.append(times_in_words(one.times))
    if one.follow_ups:
        parts.append(follow_ups_in_words(one.follow_ups, one.overdue))
    return f"{name_of(one.name)}: {'  ·  '.join(parts)}"


def line_in_numbers(one: CallbackGroup) -> str:
    """Return the numbers of one company number."""
    callers = one.times.callers
    missed = "1 missed caller" if callers == 1 else f"{callers:,} missed callers"
    return f"{name_of(one.name)}: {missed}  ·  {times_in_words(one.times)}"


def _span(seconds: int) -> str:
    return span(seconds // 60 * 60 if seconds >= TEN_MINUTES else seconds)
