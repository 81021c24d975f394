"""Channel settings and quiet hours."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.models.calls import Call

MINUTES_A_DAY = 24 * 60

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class QuietHours:
    """Times of day, counted in minutes from local midnight, and whole days (0 is Monday).

    From `start` until `end`, over midnight where `end` is the earlier; none where both are the
    same. `zone` is an IANA name.
    """

    zone: str
    start: int = 0
    end: int = 0
    days: tuple[int, ...] = ()

    @property
    def is_never(self) -> bool:
        """Say whether it is never quiet."""
        return self.start == self.end and not self.days

    def include(self, moment: float) -> bool:
        """Say whether it is quiet at a moment (unix seconds); the clock on the wall decides."""
        try:
            local = datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return False  # another machine may not know the zone, and nobody's calls wait for that
        minute = local.hour * 60 + local.minute
        if local.weekday() in self.days:
            return True
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


MOST_CALLS_A_MINUTE = 60


@dataclass(frozen=True)
class Visibility:
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


EVERYTHING = Visibility()

# What outsiders may see unless an admin has said otherwise for the channel.
FOR_OUTSIDERS = Visibility(summary=False, transcript=False, whole_numbers=False)


@dataclass(frozen=True)
class ChannelSettings:
    """How a channel is served; a person's own stand under their direct channel.

    More than `most_a_minute` calls become one message; 0 means never. `shown` is None where nobody
    has decided: then outsiders see less, and others everything.
    """

    channel: str
    quiet: QuietHours | None = None
    most_a_minute: int = 0
    shown: Visibility | None = None

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
class DeliveryPolicy:
    """How a channel takes new cards now: held back, or in groups above so many a minute."""

    is_held: bool = False
    most_a_minute: int = 0


# What may become of a mute before its time is over.
LIFTED, REPLACED = "lifted", "replaced"


@dataclass(frozen=True)
class ChannelsInShort:
    """How many channels have settings of their own, and how many are muted now."""

    with_settings: int = 0
    muted: int = 0
