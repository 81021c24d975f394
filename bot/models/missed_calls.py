"""Missed calls: their owner, and whether the caller was reached."""

from dataclasses import dataclass

from bot.models.calls import Call


@dataclass(frozen=True)
class Claim:
    """The Slack user who claimed a call, and when (unix seconds)."""

    slack_user: str
    at: float


@dataclass(frozen=True)
class Ending:
    """How a missed call was closed, and when (unix seconds).

    Either by a later conversation (`talk`), or by `slack_user`, who marked it as called back or,
    with `is_spam`, its number as spam.
    """

    at: float
    talk: Call | None = None
    slack_user: str | None = None
    is_spam: bool = False


@dataclass(frozen=True)
class ClaimState:
    """State of a missed call, which is open until there is an `ending`.

    `tried` is the last callback without an answer. `others` counts the caller's other open missed
    calls, which are handled together with this one.
    """

    claim: Claim | None = None
    ending: Ending | None = None
    tried: Call | None = None
    others: int = 0


@dataclass(frozen=True)
class OpenCalls:
    """A caller's number (E.164) with the IDs of all open missed calls, the newest first."""

    number: str
    call_ids: tuple[str, ...]
    claim: Claim | None = None


@dataclass(frozen=True)
class MissedCall:
    """All open missed calls of one caller, the newest first."""

    calls: tuple[Call, ...]
    claim: Claim | None = None

    @property
    def since(self) -> float:
        """The time of the first missed call (unix seconds)."""
        oldest = self.calls[-1]
        return oldest.ended_at or oldest.started_at or 0.0


@dataclass(frozen=True)
class Waiting:
    """A caller who wasn't reached: the last call, the number of attempts, the owner's name."""

    call: Call
    tries: int
    owner: str | None = None
