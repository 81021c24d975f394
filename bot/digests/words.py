"""Owns the numbers of a digest, and how they differ from those of the periods before."""

from collections.abc import Callable, Iterator

from bot.digests.charts import WORDS_FOR_MOODS
from bot.digests.digest_words import listed
from bot.models.digest_schedule import Cadence
from bot.models.digests import Totals
from bot.models.digests_bot import Digest
from bot.ui.blocks import Json
from bot.ui.formatting import span
from bot.ui.message import escape, name_of


def render_facts(digest: Digest) -> Json:
    """Show the numbers, and how they differ from those of the periods before."""
    totals = digest.totals
    facts = [
        ("Calls in", _compared(digest, lambda one: one.incoming)),
        ("Calls out", _compared(digest, lambda one: one.outgoing)),
        ("Missed", _compared(digest, lambda one: one.missed)),
        ("Answered", _rate(digest)),
        ("Talk time", span(rounded(totals.talk_seconds))),
    ]
    if totals.busiest_hours:
        facts.append(("Busiest", _hours_in_words(totals.busiest_hours)))
    if totals.internal:
        facts.append(("Internal", f"{totals.internal:,}"))
    if totals.sentiments and digest.cadence is not Cadence.DAILY:  # which shows them in a picture
        moods = [f"{calls:,} {name_of(mood)}" for mood, calls in totals.sentiments[:4]]
        facts.append((WORDS_FOR_MOODS, ", ".join(moods)))
    fields = [{"type": "mrkdwn", "text": f"*{what}*\n{escape(said)}"} for what, said in facts]
    return {"type": "section", "fields": fields}


def _hours_in_words(hours: list[int]) -> str:
    """Name hours, those that follow each other together: `8:00 to 10:00 and 15:00 to 16:00`."""
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][1] == hour:
            spans[-1][1] = hour + 1
        else:
            spans.append([hour, hour + 1])
    return listed([f"{start}:00 to {end}:00" for start, end in spans])


def rounded(seconds: int) -> int:
    """Leave out the seconds of a long time."""
    return seconds // 60 * 60 if seconds >= 600 else seconds  # noqa: PLR2004 (ten minutes)


def _others(digest: Digest) -> Iterator[tuple[Totals, str]]:
    names = {Cadence.DAILY: "the day before", Cadence.WEEKLY: "the week before"}
    if digest.before:
        yield digest.before, names.get(digest.cadence, "the month before")
    if digest.week_before:
        yield digest.week_before, "a week before"


def _compared(digest: Digest, number: Callable[[Totals], int]) -> str:
    """Give a number, and how it differs from that of the periods it is compared with."""
    now = number(digest.totals)
    words = [_difference(now, number(other), when) for other, when in _others(digest)]
    return "\n".join([f"{now:,}", *words])


def _difference(now: int, then: int, when: str, words: tuple[str, str] = ("more", "fewer")) -> str:
    if now == then:
        return f"same as {when}"
    return f"{abs(now - then):,} {words[now < then]} than {when}"


def _rate(digest: Digest) -> str:
    rate = digest.totals.answer_rate
    if rate is None:
        return "nobody called"
    words = [
        _difference(rate, other.answer_rate, when, ("points higher", "points lower"))
        for other, when in _others(digest)
        if other.answer_rate is not None
    ]
    return "\n".join([f"{rate}%", *words])
