"""Posts: one thing in one channel."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """The kind of thing that a post shows."""

    CALL = "call"
    NOTICE = "notice"
    CONVERSATION = "conversation"  # the head of the thread with a number
    TEXT = "text"
    MEDIA = "media"  # something sent along with a text
    DIGEST = "digest"
    BUNDLE = "bundle"  # several calls: of quiet hours, or of a burst


@dataclass(frozen=True)
class Post:
    """One thing shown, or to be shown, in one channel.

    `announced` is behind `wanted` where work is left. `ts` is Slack's name for the message once
    it stands; `sending_since` (unix seconds) without it means that a request may have got through.
    A post `under` another one is in its thread, which is `thread_ts` in Slack; with `aloud` it is
    also shown in the channel. After a restore (`is_restored`) it may have been
    posted long before, so nothing is in flight. `menu_uses` counts how often the menu of a card
    was used.
    """

    post_id: int
    kind: Subject
    subject: str
    channel: str
    wanted: int
    announced: int
    ts: str | None
    shown: str | None
    sending_since: float | None
    created_at: float
    under: int | None = None
    thread_ts: str | None = None
    aloud: bool = False
    is_restored: bool = False
    menu_uses: int = 0


def is_direct(channel: str) -> bool:
    """Return whether a channel is direct: a direct channel's ID, or a person's."""
    return channel.startswith(("D", "U", "W"))


BACKFILL, CATCH_UP, RESTORED = "backfill", "catch-up", "restored"

TWO_TEXTS = "two texts"

ALERT = "alert"

NOTE, NOTE_DELETED = "note", "note deleted"
