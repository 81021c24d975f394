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
    """Times of day, in minutes from local midnight, and whole days (0 is Monday).

    The hours are from `start` to `end`, across midnight if `end` is earlier; there are none if both
    are the same. `zone` is an IANA name.
    """

    zone: str
    start: int = 0
    end: int = 0
    days: tuple[int, ...] = ()

    @property
    def is_never(self) -> bool:
        """Return whether no time is quiet."""
        return self.start == self.end and not self.days

    def include(self, moment: float) -> bool:
        """Return whether a moment (Unix seconds) is quiet, by the local time of the zone."""
        try:
            local = datetime.fromtimestamp(moment, ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return False  # another machine may not know the zone; that must not hold back calls
        minute = local.hour * 60 + local.minute
        if local.weekday() in self.days:
            return True
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


MAX_CALLS_PER_MINUTE = 60


@dataclass(frozen=True)
class Visibility:
    """What the cards of a channel show of a call; numbers may be cut to their last digits.

    `summary` covers the sentiment and the content of texts, too: what the call was about.
    """

    summary: bool = True
    transcript: bool = True
    whole_numbers: bool = True

    def of(self, call: Call) -> Call:
        """Return the call without its hidden parts; numbers are masked later."""
        return replace(
            call,
            summary=call.summary if self.summary else None,
            sentiment=call.sentiment if self.summary else None,
            transcript=call.transcript if self.transcript else None,
        )


EVERYTHING = Visibility()

# What external members may see unless an admin decides otherwise for the channel.
FOR_OUTSIDERS = Visibility(summary=False, transcript=False, whole_numbers=False)


@dataclass(frozen=True)
class ChannelSettings:
    """Settings of a channel; those of a person belong to their direct message channel.

    Calls above `most_a_minute` become one message; 0 means no limit. If `shown` is None, channels
    with external members show less and all others show everything.
    """

    channel: str
    quiet: QuietHours | None = None
    most_a_minute: int = 0
    shown: Visibility | None = None

    @property
    def is_usual(self) -> bool:
        """Return whether nothing is set."""
        return self == ChannelSettings(self.channel)

    @property
    def fingerprint(self) -> str:
        """A hash of all settings; it differs if they were changed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def is_quiet(self, moment: float) -> bool:
        """Return whether a moment (Unix seconds) is in the quiet hours."""
        return self.quiet is not None and self.quiet.include(moment)


@dataclass(frozen=True)
class Mute:
    """A channel that a Slack user (`by`) muted until a moment (Unix seconds)."""

    channel: str
    until: float
    by: str


@dataclass(frozen=True)
class DeliveryPolicy:
    """How a channel gets new cards now: later, or as one message above a number per minute."""

    is_quiet: bool = False
    most_a_minute: int = 0


# How a mute may end early.
LIFTED, REPLACED = "lifted", "replaced"


@dataclass(frozen=True)
class ChannelsInShort:
    """How many channels have their own settings, and how many are muted now."""

    with_settings: int = 0
    muted: int = 0
