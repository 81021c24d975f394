"""The timeline of a caller: calls, texts, notes, and follow-ups in one order."""

from dataclasses import dataclass
from enum import StrEnum


class TimelineKind(StrEnum):
    """What an entry is."""

    CALL = "call"
    TEXT = "text"
    NOTE = "note"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, by its ID; `at` in unix seconds, None if unknown."""

    kind: TimelineKind
    key: str
    at: float | None


@dataclass(frozen=True)
class TimelineSubject:
    """The owner of a timeline: numbers in E.164, and a contact if there is exactly one."""

    numbers: tuple[str, ...] = ()
    contact_id: int | None = None


@dataclass(frozen=True)
class CallerHistory:
    """What came before a call; times in unix seconds.

    `nth` counts the incoming calls of this week with this one, 0 if it isn't incoming. The last
    conversation was with `last_with`, a name, at `last_at`.
    """

    nth: int = 0
    last_with: str | None = None
    last_at: float | None = None


NO_HISTORY = CallerHistory()
