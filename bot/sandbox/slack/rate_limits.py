"""Slack's rate limits: one post a second per channel, and tiers for methods."""

import math
import threading
from collections import deque
from typing import Final

MINUTE: Final = 60.0
POST_SECONDS: Final = 1.0


class PostLimit:
    """One post a second per channel, with bursts of up to `burst` posts."""

    def __init__(self, burst: int) -> None:
        self._tolerance = burst * POST_SECONDS
        self._due: dict[str, float] = {}

    def wait(self, channel: str, now: float) -> float:
        """Return the seconds to wait before the next post, or count this one and give 0.0."""
        # The generic cell rate algorithm: `due` is when the next post of an even stream is due.
        due = max(self._due.get(channel, now), now) + POST_SECONDS
        wait = due - now - self._tolerance
        if wait > 1e-9:
            return wait
        self._due[channel] = due
        return 0.0


class TierLimit:
    """At most `limit` calls in any minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._calls: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Return the seconds to wait before the next call, or count this one and give 0.0."""
        while self._calls and now - self._calls[0] >= MINUTE:
            self._calls.popleft()
        if len(self._calls) >= self._limit:
            return self._calls[0] + MINUTE - now
        self._calls.append(now)
        return 0.0


class WorkspaceLimits:
    """All limits of one workspace and one app."""

    def __init__(self, *, burst: int) -> None:
        self._lock = threading.Lock()
        self._burst = burst
        self.clear()

    def clear(self) -> None:
        """Reset all counters."""
        self._posts = PostLimit(self._burst)
        self._tiers: dict[str, TierLimit] = {}

    def retry_after(
        self, method: str, per_minute: int | None, channel: str | None, now: float
    ) -> int | None:
        """Return the seconds to wait, at least 1, or count the call and return None."""
        with self._lock:
            wait = 0.0
            if channel is not None:
                wait = self._posts.wait(channel, now)
            if per_minute is not None and wait <= 0:
                wait = self._tiers.setdefault(method, TierLimit(per_minute)).wait(now)
        return max(1, math.ceil(wait)) if wait > 0 else None
