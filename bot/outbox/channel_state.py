"""Owns what is remembered of a channel while the process lives: its pace, its trouble."""

from dataclasses import dataclass, field

from bot.server.rate_limit import Pace

LONGEST_ASIDE = 600.0


def free_pace(seconds: float) -> Pace:
    """About one in so many seconds, with a little room for two at once."""
    return Pace(2, 2 * seconds)


def strict_pace(seconds: float) -> Pace:
    """One and not more, for a channel where Slack has said that it was too fast."""
    return Pace(1, 1.05 * seconds)


@dataclass
class ChannelState:
    """One channel's state; only its own lane touches it, so it needs no lock.

    `doubt` is the post that is being looked for, `looks` how often it was. A post that is set
    aside lets the channel's others go first until its moment (monotonic) has come.
    """

    pace: Pace
    edits_from: float = 0.0
    doubt: int | None = None
    looks: int = 0
    is_held: bool = True  # until a success shows otherwise
    _tries: dict[int, int] = field(default_factory=dict)
    _aside: dict[int, float] = field(default_factory=dict)

    def slow_down(self, seconds: float) -> None:
        """Keep strictly to one in so many seconds from now on."""
        self.pace = strict_pace(seconds)

    def begin_doubt(self, post_id: int) -> None:
        """Note that a post may or may not stand."""
        self.doubt, self.looks = post_id, 0

    def end_doubt(self) -> None:
        """Note that it is known again what stands."""
        self.doubt, self.looks = None, 0

    def set_aside(self, post_id: int, now: float, seconds: float) -> int:
        """Let others go first for so long, twice that each time; give how often this was so."""
        tries = self._tries[post_id] = self._tries.get(post_id, 0) + 1
        self._aside[post_id] = now + min(LONGEST_ASIDE, seconds * 2.0 ** (tries - 1))
        return tries

    def take_up(self, post_id: int) -> None:
        """Forget that a post was set aside."""
        self._tries.pop(post_id, None)
        self._aside.pop(post_id, None)

    def aside(self, now: float) -> list[int]:
        """Which posts are set aside right now?"""
        return [post_id for post_id, until in self._aside.items() if until > now]
