"""The noun "digest": what is told of the calls of some days."""

from dataclasses import dataclass
from datetime import date

from bot.models.digest_schedule import Cadence, Period
from bot.models.digests import PersonTotals, Totals


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
