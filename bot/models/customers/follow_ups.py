"""Follow-ups: what someone should do about a caller, and when to remind them."""

from dataclasses import dataclass, field
from enum import StrEnum

MAX_NOTE = 1_000
FOLLOW_UP = "follow-up"  # the kind of its reminders


class Closing(StrEnum):
    """Why a follow-up is closed."""

    DONE = "done"
    TALK = "talk"  # someone talked to the caller
    DELETED = "deleted"
    ERASED = "erased"


@dataclass(frozen=True)
class Topic:
    """What a follow-up is about: a call, a contact, or only a number (E.164)."""

    call_id: str | None = None
    contact_id: int | None = None
    number: str | None = None


@dataclass(frozen=True)
class FollowUp:
    """A follow-up; times in unix seconds, people as Slack user IDs.

    `owner` is reminded, `created_by` set it. `version` counts changes of the time or the owner;
    each version has at most one reminder, which was queued at `reminded_at`. With `ends_with_talk`,
    an answered call with the number closes it. `changed_by` changed it last, if anyone did.
    """

    follow_up_id: int
    owner: str
    created_by: str
    due_at: float
    created_at: float
    topic: Topic = field(default_factory=Topic)
    note: str = ""
    ends_with_talk: bool = False
    version: int = 1
    reminded_at: float | None = None
    changed_by: str | None = None
    closed_at: float | None = None
    closed_by: str | None = None
    closing: Closing | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it isn't done, deleted, or closed by a conversation."""
        return self.closing is None

    def concerns(self, slack_user: str) -> bool:
        """Return whether a person may change it without being an admin."""
        return slack_user in {self.owner, self.created_by}


@dataclass(frozen=True)
class ListedFollowUp:
    """A follow-up with the names that lists and reminders show.

    `caller` is the contact's name, or the number if there is none; `number` is for people to read.
    `owner` and `creator` are names, and empty where the reader is meant.
    """

    follow_up: FollowUp
    caller: str
    number: str = ""
    owner: str = ""
    creator: str = ""
    is_overdue: bool = False
