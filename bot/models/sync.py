"""The noun "backfill": past calls asked for, how far that has come, and what came of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import ApiError
from bot.intervals import Interval


class PostMode(StrEnum):
    """What Slack shows of the calls that a backfill takes in."""

    NONE = "none"
    SUMMARY = "summary"
    ALL = "all"


@dataclass(frozen=True)
class BackfillRequest:
    """What is asked for: the calls that began at `since` (unix seconds) or later."""

    since: float
    posting: PostMode = PostMode.NONE

    @property
    def name(self) -> str:
        """The name under which it is noted how far it has come."""
        return f"backfill {self.since:.0f} {self.posting}"


@dataclass
class Progress:
    """How far it has come: seconds of the time asked for, and calls."""

    to_do: float = 0.0
    done: float = 0.0
    calls: int = 0
    unreadable: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class BackfillResult:
    """What came of it: calls of the time now in the store, and how many were not there before.

    `left_out` are the spans that could not be had, each with the reason.
    """

    until: float
    taken_in: int
    new: int
    unreadable: int
    left_out: dict[Interval, ApiError]
