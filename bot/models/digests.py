"""Digests and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.models.callback_times import CallbackReport, CallbackTimes
from bot.models.digest_schedule import Cadence, DigestPlan, Period
from bot.models.outcomes import OutcomeCount

HOURS = 24

# Vocatech's values for sentiment, in the order that breaks ties.
SENTIMENTS = ("positive", "neutral", "mixed", "negative")


@dataclass(frozen=True)
class Counted:
    """The number of calls that began in an interval; `moods` in the order of `SENTIMENTS`."""

    incoming: int = 0
    outgoing: int = 0
    internal: int = 0
    answered: int = 0
    missed: int = 0
    talk_seconds: int = 0
    moods: tuple[int, ...] = (0,) * len(SENTIMENTS)


@dataclass(frozen=True)
class Hour:
    """The calls that began in one hour of the day."""

    answered: int = 0
    missed: int = 0
    outgoing: int = 0

    @property
    def calls(self) -> int:
        """The number of all calls."""
        return self.answered + self.missed + self.outgoing


@dataclass(frozen=True)
class Totals:
    """The calls of a period; `talk_seconds` is the duration of external calls.

    A call of unknown direction counts as incoming. Some incoming calls may be neither answered nor
    missed: they were still ringing, or it is unknown how they ended. `hours` has one entry for
    each hour of the day, without internal calls.
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
        """The number of all calls."""
        return self.incoming + self.outgoing + self.internal

    @property
    def answer_rate(self) -> int | None:
        """The percentage of incoming calls that were answered; None if there were none."""
        tried = self.answered + self.missed
        return round(100 * self.answered / tried) if tried else None

    @property
    def busiest_hours(self) -> list[int]:
        """The hours of the day with the most calls; empty if there is no clear peak."""
        most = max(hour.calls for hour in self.hours)
        found = [at for at, hour in enumerate(self.hours) if hour.calls == most]
        return found if most and len(found) <= 3 else []  # noqa: PLR2004 (more are no peak)


@dataclass(frozen=True)
class PersonTotals:
    """The calls of one colleague; `name` may be words for an extension."""

    name: str
    answered: int
    missed: int
    outgoing: int
    talk_seconds: int

    @property
    def calls(self) -> int:
        """The number of all calls."""
        return self.answered + self.missed + self.outgoing


def sum_totals(hours: Sequence[tuple[int, Counted]]) -> Totals:
    """Return the totals of hourly counts, each with its hour of the day."""
    by_hour = [Hour()] * HOURS
    for at, one in hours:
        known = by_hour[at]
        by_hour[at] = Hour(
            known.answered + one.answered, known.missed + one.missed, known.outgoing + one.outgoing
        )
    counted = [one for _, one in hours]
    moods = [(mood, sum(one.moods[at] for one in counted)) for at, mood in enumerate(SENTIMENTS)]
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
    """A contact, and the number of calls with them."""

    name: str
    calls: int


@dataclass(frozen=True)
class Missed:
    """A caller who wasn't called back: their last call, and the number of calls.

    `number` is formatted for people, None if it replaces the name; `at` in unix seconds.
    """

    call_id: str
    who: str
    number: str | None
    at: float | None
    has_voicemail: bool
    tries: int


@dataclass(frozen=True)
class Digest:
    """The content of a digest, stored when it is queued, so that it is the same after a crash.

    `before` are the totals of the previous period, `week_before` those of the same weekdays a week
    earlier; None if a comparison makes no sense. `callers` is the number of callers who weren't
    called back, `missed` the latest of them. `trend` lists weeks: the Monday, the calls, and the
    missed ones. `outcomes` counts the calls with outcomes that people set, `spam_calls` those from
    spam numbers. `callbacks_before` are the callback times of the previous period. `skipped` is the
    number of digests skipped before this one. `has_gaps` means that calls of the period may not be
    stored, such as those from before the app was installed.
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
    outcomes: tuple[OutcomeCount, ...] = ()
    spam_calls: int = 0
    callbacks: CallbackReport | None = None
    callbacks_before: CallbackTimes | None = None
    has_gaps: bool = False
    next_run: float | None = None


@dataclass(frozen=True)
class PlannedDigest:
    """A schedule, and the time of the next digest (unix seconds); None if it is off."""

    plan: DigestPlan
    next_run: float | None = None
