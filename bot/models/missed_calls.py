"""The noun "callback": who takes care of a missed call, and whether the caller was reached."""

from dataclasses import dataclass

from bot.models.calls import Call


@dataclass(frozen=True)
class Claim:
    """A Slack user who takes care of a call; since when (unix seconds)."""

    slack_user: str
    at: float


@dataclass(frozen=True)
class Ending:
    """How a missed call was settled, and when (unix seconds).

    By the conversation `talk` that followed, or else because `slack_user` says so.
    """

    at: float
    talk: Call | None = None
    slack_user: str | None = None


@dataclass(frozen=True)
class ClaimState:
    """How a missed call stands: open until there is an `ending`.

    `tried` is our last call to them that they did not answer, `others` how many more missed calls
    of theirs are open: all of them are one thing to do.
    """

    claim: Claim | None = None
    ending: Ending | None = None
    tried: Call | None = None
    others: int = 0


@dataclass(frozen=True)
class MissedCall:
    """Somebody to be called back: their missed calls that are open, the newest first."""

    calls: tuple[Call, ...]
    claim: Claim | None = None

    @property
    def since(self) -> float:
        """Since when they wait (unix seconds)."""
        oldest = self.calls[-1]
        return oldest.ended_at or oldest.started_at or 0.0


@dataclass(frozen=True)
class Waiting:
    """Somebody who tried to reach us: the last of their calls, and how often they tried.

    `owner` is the name of whoever takes care of it.
    """

    call: Call
    tries: int
    owner: str | None = None
