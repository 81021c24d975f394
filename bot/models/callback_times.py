"""How quickly missed callers are called back, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

HOUR = 3_600.0


@dataclass(frozen=True)
class CallbackTimes:
    """Missed callers of a period; `median` in seconds of business hours, None if unknown.

    `within_hour` counts the callers who were called back within an hour.
    """

    callers: int = 0
    called_back: int = 0
    within_hour: int = 0
    median: int | None = None

    @property
    def share(self) -> int | None:
        """Return the percentage of callers who were called back within an hour."""
        return round(100 * self.within_hour / self.callers) if self.callers else None


@dataclass(frozen=True)
class CallbackGroup:
    """The callbacks of one person or for one company number, and a person's open follow-ups."""

    name: str
    times: CallbackTimes = field(default_factory=CallbackTimes)
    follow_ups: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class CallbackReport:
    """Callbacks of a period, and the follow-ups that are open now."""

    times: CallbackTimes = field(default_factory=CallbackTimes)
    follow_ups: int = 0
    overdue: int = 0
    people: tuple[CallbackGroup, ...] = ()
    lines: tuple[CallbackGroup, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether no one called and nothing is open."""
        return not (self.times.callers or self.follow_ups)


@dataclass(frozen=True)
class CallbackWait:
    """A missed caller: the first missed call, and the callback (None: not yet); unix seconds.

    `line` is the company number. The callback came from `extension`, or `slack_user` marked the
    call as called back.
    """

    since: float
    line: str | None = None
    until: float | None = None
    extension: str | None = None
    slack_user: str | None = None


def summarize(seconds: Sequence[float | None]) -> CallbackTimes:
    """Return the times of callers; None is a caller who wasn't called back."""
    known = [one for one in seconds if one is not None]
    return CallbackTimes(
        callers=len(seconds),
        called_back=len(known),
        within_hour=sum(one <= HOUR for one in known),
        median=round(median(known)) if known else None,
    )
