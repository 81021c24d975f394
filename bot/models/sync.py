"""Backfills: requests, progress and results."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import ApiError
from bot.intervals import Interval


class PostMode(StrEnum):
    """What Slack shows of the calls in a backfill."""

    NONE = "none"
    SUMMARY = "summary"
    ALL = "all"


@dataclass(frozen=True)
class BackfillRequest:
    """A request for the calls that began at `since` (unix seconds) or later."""

    since: float
    posting: PostMode = PostMode.NONE

    @property
    def name(self) -> str:
        """Name under which progress is stored."""
        return f"backfill {self.since:.0f} {self.posting}"


@dataclass
class Progress:
    """Progress in seconds of the requested time, and calls."""

    to_do: float = 0.0
    done: float = 0.0
    calls: int = 0
    unreadable: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class BackfillResult:
    """Result: how many calls of the time are in the store, and how many of them are new.

    `left_out` are the spans that couldn't be read, each with the reason.
    """

    until: float
    taken_in: int
    new: int
    unreadable: int
    left_out: dict[Interval, ApiError]
