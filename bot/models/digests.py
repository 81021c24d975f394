"""Digests and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.models.digest_schedule import Cadence, DigestPlan, Period

HOURS = 24

# The words that Vocatech has for how a call went; the order in which they are named among equals.
MOODS = ("positive", "neutral", "mixed", "negative")


@dataclass(frozen=True)
class Counted:
    """How many calls of each kind began in a span; `moods` in the order of `MOODS`."""

    incoming: int = 0
    outgoing: int = 0
    internal: int = 0
    answered: int = 0
    missed: int = 0
    talk_seconds: int = 0
    moods: tuple[int, ...] = (0,) * len(MOODS)


@dataclass(frozen=True)
class Hour:
    """The calls that began in one hour of the day."""

    answered: int = 0
    missed: int = 0
    outgoing: int = 0

    @property
    def calls(self) -> int:
        """All of them."""
        return self.answered + self.missed + self.outgoing


@dataclass(frozen=True)
class Totals:
    """The calls of a period; `talk_seconds` is how long those with somebody outside took.

    A call whose direction nobody told counts as incoming. Of the incoming ones some may be neither
    answered nor missed: they were still ringing, or nobody told how they ended. `hours` has one
    entry for each hour of the day, calls within the company not among them.
    """

    incoming: int = 0
    outgoing: int = 0
    internal: int = 0
    answered: int = 0
    missed: int = 0
    talk_seconds: int = 0
    hours: tuple[Hour, ...] = (Hour(),) * HOURS
    sentiments: tuple[tuple[str, int], ...] = ()

    @property
    def calls(self) -> int:
        """All of them."""
        return self.incoming + self.outgoing + self.internal

    @property
    def answer_rate(self) -> int | None:
        """How many in a hundred were answered of those that came in; None where none did."""
        tried = self.answered + self.missed
        return round(100 * self.answered / tried) if tried else None

    @property
    def busiest_hours(self) -> list[int]:
        """The hours of the day in which most calls began; none where all were equally quiet."""
        most = max(hour.calls for hour in self.hours)
        found = [at for at, hour in enumerate(self.hours) if hour.calls == most]
        return found if most and len(found) <= 3 else []  # noqa: PLR2004 (more are no peak)


@dataclass(frozen=True)
class PersonTotals:
    """The calls of one of us; `name` is theirs, or words for their extension."""

    name: str
    answered: int
    missed: int
    outgoing: int
    talk_seconds: int

    @property
    def calls(self) -> int:
        """All of them."""
        return self.answered + self.missed + self.outgoing


def sum_totals(hours: Sequence[tuple[int, Counted]]) -> Totals:
    """Give the totals of calls that were counted hour by hour, each with its place in the day."""
    by_hour = [Hour()] * HOURS
    for at, one in hours:
        known = by_hour[at]
        by_hour[at] = Hour(
            known.answered + one.answered, known.missed + one.missed, known.outgoing + one.outgoing
        )
    counted = [one for _, one in hours]
    moods = [(mood, sum(one.moods[at] for one in counted)) for at, mood in enumerate(MOODS)]
    return Totals(
        incoming=sum(one.incoming for one in counted),
        outgoing=sum(one.outgoing for one in counted),
        internal=sum(one.internal for one in counted),
        answered=sum(one.answered for one in counted),
        missed=sum(one.missed for one in counted),
        talk_seconds=sum(one.talk_seconds for one in counted),
        hours=tuple(by_hour),
        sentiments=tuple(sorted((one for one in moods if one[1]), key=lambda one: -one[1])),
    )


@dataclass(frozen=True)
class TopContact:
    """Somebody outside, and how many calls there were with them."""

    name: str
    calls: int


@dataclass(frozen=True)
class Missed:
    """Somebody who was not called back: the last of their calls, and how often they tried.

    `number` is written as people write it, None where it stands for the name; `at` unix seconds.
    """

    call_id: str
    who: str
    number: str | None
    at: float | None
    has_voicemail: bool
    tries: int


@dataclass(frozen=True)
class Digest:
    """What a digest tells, as it was when it was decided; it is shown alike after a crash.

    `before` are the totals of the period just before, `week_before` those of the same weekdays;
    None where there is nothing sensible to compare with. `callers` have not been called back,
    `missed` are the latest of them. `trend` are weeks: the Monday, its calls, and those missed.
    `skipped` digests did not come before this one, `next_run` is when the next does.
    """

    digest_id: str
    cadence: Cadence
    period: Period
    zone: str
    totals: Totals
    before: Totals | None = None
    week_before: Totals | None = None
    callers: int = 0
    missed: tuple[Missed, ...] = ()
    people: tuple[PersonTotals, ...] = ()
    contacts: tuple[TopContact, ...] = ()
    trend: tuple[tuple[date, int, int], ...] = ()
    per_person: bool = False
    is_personal: bool = False
    skipped: int = 0
    next_run: float | None = None


@dataclass(frozen=True)
class PlannedDigest:
    """A plan of digests, and when the next one comes (unix seconds); None where it is off."""

    plan: DigestPlan
    next_run: float | None = None
