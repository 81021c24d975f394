"""Rate limits: in a sliding window, and for an even stream."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """At most `most` in any `period` seconds, counted under a name."""

    name: str
    most: int
    period: float


def coming_turns(
    taken: Sequence[float], allowance: RateLimit, *, count: int, now: float
) -> list[float]:
    """Return when the next `count` fit; `taken` are the times within the last period."""
    times = sorted(taken)
    for _ in range(count):
        full = len(times) >= allowance.most
        free = times[-allowance.most] + allowance.period if full else now
        times.append(max(free, now))
    return times[len(taken) :]


class RateLimiter:
    """At most `limit` in any `period` seconds; the caller passes the time.

    A sliding log, so that no window of that length has more. Thread-safe.
    """

    def __init__(self, limit: int, period: float) -> None:
        """Start with nothing counted."""
        self.limit = limit
        self.period = period
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self, now: float) -> float:
        """Return the seconds until one more fits; 0.0 means now."""
        with self._lock:
            return self._wait(now)

    def try_take(self, now: float) -> float:
        """Count one if it fits and return 0.0, or return the seconds to wait."""
        with self._lock:
            pause = self._wait(now)
            if pause <= 0:
                self._taken.append(now)
            return pause

    def left(self, now: float) -> int:
        """Return how many fit now."""
        with self._lock:
            self._forget(now)
            return max(0, self.limit - len(self._taken))

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] <= now - self.period:
            self._taken.popleft()

    def _wait(self, now: float) -> float:
        self._forget(now)
        if len(self._taken) < self.limit:
            return 0.0
        # Counted from the end: rounding may let one in just before the oldest expires.
        return max(0.0, self._taken[-self.limit] + self.period - now)


class Pace:
    """One per `seconds` on average, and two in a row after a pause; the caller passes the time.

    The generic cell rate algorithm. One that is late doesn't delay those after it, so a stream of
    exactly one per `seconds` never waits long. For one thread.
    """

    def __init__(self, seconds: float, *, in_a_row: int = 2) -> None:
        """Start after a pause."""
        self._seconds = seconds
        self._early = (in_a_row - 1) * seconds
        self._due = 0.0  # of the next one in an even stream

    def wait(self, now: float) -> float:
        """Return the seconds until one more fits; 0.0 means now."""
        return max(0.0, self._due - self._early - now)

    def take(self, now: float) -> None:
        """Count one."""
        self._due = max(self._due, now) + self._seconds


def strict_pace(seconds: float) -> Pace:
    """Return a pace for exactly one per `seconds`, for channels that Slack has throttled."""
    return Pace(1.05 * seconds, in_a_row=1)
