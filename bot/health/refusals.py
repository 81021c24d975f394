"""Counts of rejected requests, and the incident if rejections persist."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import CLOCK_WRONG, SLACK_UNSIGNED, WEBHOOKS_REFUSED, WEBHOOKS_UNWELL
from bot.store import Store

# Random requests come once or twice; a sender with a wrong secret or clock keeps sending.
ENOUGH, SECONDS = 5, 600.0

# Bad requests may also keep coming between good ones.
SECONDS_QUIET = 3_600.0


@dataclass
class RefusalCounter:
    """Requests rejected since the last valid one: count, last reason, and times in unix seconds.

    Kept in memory. Requests without a signature aren't counted.
    """

    count: int = 0
    reason: str = ""
    first: float = 0.0
    last: float = 0.0
    believed: float = 0.0

    def add(self, reason: str, *, now: float) -> None:
        """Count a rejected request."""
        self.first = self.first if self.count else now
        self.count, self.reason, self.last = self.count + 1, reason, now

    def believe(self, *, now: float) -> None:
        """Note a valid request."""
        self.count, self.believed = 0, now

    @property
    def are_many(self) -> bool:
        """Return whether rejections have lasted long enough, without a valid request, to report."""
        return self.count >= ENOUGH and self.last - self.first >= SECONDS

    def are_over(self, since: float, *, now: float) -> bool:
        """Return whether a valid request came since a moment, and none was rejected for a while."""
        return self.believed > since and not self.count and now - self.last > SECONDS_QUIET


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
    """Report it when webhooks or Slack's requests keep being rejected; return no extra pause.

    Not while an incident explains why: a wrong clock, or a failed webhook test.
    """
    now = clock.now()
    for kind, found in ((WEBHOOKS_REFUSED, refusals), (SLACK_UNSIGNED, slack_refusals)):
        told = store.key_values.moment(kind)
        if told is not None and found.are_over(told, now=now):
            resolve_incident(kind, store=store)
        elif found.are_many and not store.incidents.is_any(WEBHOOKS_UNWELL, CLOCK_WRONG):
            log.warning("requests_rejected", kind=kind, count=found.count)
            detail = {"count": f"{found.count:,}", "reason": _WHY.get(found.reason, "")}
            tell_admins(kind, kind, detail)
    return 0.0
