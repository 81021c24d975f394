"""Requests that were refused, counted; an incident where they persist."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import CLOCK_WRONG, SLACK_UNSIGNED, WEBHOOKS_REFUSED, WEBHOOKS_UNWELL
from bot.store import Store

# Strangers knock once or twice; a sender whose secret or clock is wrong knocks again and again.
ENOUGH, SECONDS = 5, 600.0

# They may also go on for long, with good requests in between.
SECONDS_OF_PEACE = 3_600.0


@dataclass
class RefusalCounter:
    """How many came since one was believed, why the last was refused, and when; unix seconds.

    Kept while the process lives. What is not signed at all is nobody's, and not counted.
    """

    count: int = 0
    reason: str = ""
    first: float = 0.0
    last: float = 0.0
    believed: float = 0.0

    def add(self, reason: str, *, now: float) -> None:
        """Count one that was refused."""
        self.first = self.first if self.count else now
        self.count, self.reason, self.last = self.count + 1, reason, now

    def believe(self, *, now: float) -> None:
        """Note one that was believed."""
        self.count, self.believed = 0, now

    @property
    def are_many(self) -> bool:
        """Say whether they have come for so long, and none believed, that somebody must look."""
        return self.count >= ENOUGH and self.last - self.first >= SECONDS

    def are_over(self, since: float, *, now: float) -> bool:
        """Say whether one was believed since a moment, and none has been refused for a while."""
        return self.believed > since and not self.count and now - self.last > SECONDS_OF_PEACE


log = structlog.get_logger()

_WHY = {
    "forged": "no configured signing secret matches their signatures",
    "stale": "their timestamps differ from the server's clock by more than five minutes",
}


def check_refused_requests(
    *,
    refusals: RefusalCounter,
    slack_refusals: RefusalCounter,
    store: Store,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Tell the admins when webhooks, or Slack's requests, are refused and none is believed.

    Not where they know why: a clock that is wrong, or a test webhook that failed. Gives no pause
    beyond the period.
    """
    now = clock.now()
    for kind, found in ((WEBHOOKS_REFUSED, refusals), (SLACK_UNSIGNED, slack_refusals)):
        told = store.notes.moment(kind)
        if told is not None and found.are_over(told, now=now):
            resolve_incident(kind, store=store)
        elif found.are_many and not store.troubles.is_any(WEBHOOKS_UNWELL, CLOCK_WRONG):
            log.warning("requests_refused", kind=kind, count=found.count)
            detail = {"count": f"{found.count:,}", "reason": _WHY.get(found.reason, "")}
            tell_admins(kind, kind, detail)
    return 0.0
