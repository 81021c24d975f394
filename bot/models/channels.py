"""The noun "channel settings": when a channel is quiet, how much it takes, and what it shows."""

import hashlib
from dataclasses import dataclass, replace

from bot.models.calls import Call
from bot.models.quiet import QuietHours

MOST_CALLS_A_MINUTE = 60


@dataclass(frozen=True)
class Shown:
    """What the cards of a channel show of a call; numbers may be cut to their last digits.

    With the summary go the mood and the words of texts on a card: what the call was about.
    """

    summary: bool = True
    transcript: bool = True
    whole_numbers: bool = True

    def of(self, call: Call) -> Call:
        """Give the call without the words that are not shown; its numbers are masked later."""
        return replace(
            call,
            summary=call.summary if self.summary else None,
            sentiment=call.sentiment if self.summary else None,
            transcript=call.transcript if self.transcript else None,
        )


EVERYTHING = Shown()
# What outsiders may see unless an admin has said otherwise for the channel.
FOR_OUTSIDERS = Shown(summary=False, transcript=False, whole_numbers=False)


@dataclass(frozen=True)
class ChannelSettings:
    """How a channel is served; a person's own stand under their direct channel.

    More than `most_a_minute` calls become one message; 0 means never. `shown` is None where nobody
    has decided: then outsiders see less, and others everything.
    """

    channel: str
    quiet: QuietHours | None = None
    most_a_minute: int = 0
    shown: Shown | None = None

    @property
    def is_usual(self) -> bool:
        """Say whether nothing is set."""
        return self == ChannelSettings(self.channel)

    @property
    def look(self) -> str:
        """A short print of all that is set: another one means that it was changed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def is_quiet(self, moment: float) -> bool:
        """Say whether it is quiet hours there at a moment (unix seconds)."""
        return self.quiet is not None and self.quiet.include(moment)


@dataclass(frozen=True)
class Mute:
    """A channel that somebody (a Slack user) has muted until a moment (unix seconds)."""

    channel: str
    until: float
    by: str


@dataclass(frozen=True)
class Reception:
    """How a channel takes new cards now: held back, or in groups above so many a minute."""

    is_held: bool = False
    most_a_minute: int = 0
