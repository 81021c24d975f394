"""Owns how often something may be done: so many times within any so many seconds."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """At most so many in any `period` seconds, counted under a name."""

    name: str
    most: int
    period: float


def coming_turns(
    taken: Sequence[float], allowance: RateLimit, *, count: int, now: float
) -> list[float]:
    """Give the moments at which the next so many fit; `taken` are those of the last period."""
    times = sorted(taken)
    for _ in range(count):
        full = len(times) >= allowance.most
        free = times[-allowance.most] + allowance.period if full else now
        times.append(max(free, now))
    return times[len(taken) :]


class RateLimiter:
    """At most `limit` times in any `period` seconds; the caller brings the time.

    A sliding log, so that no window of that length, wherever it starts, holds more. Safe to
    share between threads.
    """

    def __init__(self, limit: int, period: float) -> None:
        """Start with all of it free."""
        self.limit = limit
        self.period = period
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0.0 is at once."""
        with self._lock:
            return self._wait(now)

    def try_take(self, now: float) -> float:
        """Count one if it fits and give 0.0, else the seconds to wait."""
        with self._lock:
            pause = self._wait(now)
            if pause <= 0:
                self._taken.append(now)
            return pause

    def _wait(self, now: float) -> float:
        while self._taken and self._taken[0] <= now - self.period:
            self._taken.popleft()
        if len(self._taken) < self.limit:
            return 0.0
        # Counted from the end: rounding may let one in just before the oldest is forgotten.
        return max(0.0, self._taken[-self.limit] + self.period - now)


def free_pace(seconds: float) -> RateLimiter:
    """About one in so many seconds, with a little room for two at once."""
    return RateLimiter(2, 2 * seconds)


def strict_pace(seconds: float) -> RateLimiter:
    """One and not more, for a channel where Slack has said that it was too fast."""
    return RateLimiter(1, 1.05 * seconds)
