"""Owns the stand-in's quotas: so many requests in any stretch of time, for each key."""

import math
import threading
from collections import deque
from typing import Final

MINUTE: Final = 60.0
TEN_MINUTES: Final = 600.0


class SlidingWindow:
    """At most `limit` uses within any `seconds`."""

    def __init__(self, limit: int, seconds: float = MINUTE) -> None:
        self.limit = limit
        self.seconds = seconds
        self._uses: deque[float] = deque()

    def count(self, now: float) -> int:
        """Give how often it was used in the stretch of time that ends now."""
        while self._uses and now - self._uses[0] >= self.seconds:
            self._uses.popleft()
        return len(self._uses)

    def wait(self, now: float) -> float:
        """Give the seconds until one more use is allowed; 0.0 when it is allowed at once."""
        if self.count(now) < self.limit:
            return 0.0
        return self._uses[0] + self.seconds - now

    def use(self, now: float) -> None:
        """Count one use."""
        self._uses.append(now)


class Quotas:
    """Every quota of one company's key; a refused request uses up nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = SlidingWindow(60)
        self._sends = SlidingWindow(5, TEN_MINUTES)
        self._special = {
            ("GET", "calls"): SlidingWindow(30),
            ("POST", "messages"): self._sends,
        }

    def sends(self, now: float) -> tuple[int, int]:
        """Give how many texts were sent in the last ten minutes, and how many may be."""
        with self._lock:
            return self._sends.count(now), self._sends.limit

    def refuse(self, method: str, family: str, now: float) -> int | None:
        """Give the whole seconds to wait when a quota is used up, else count the use."""
        with self._lock:
            special = self._special.get((method, family))
            windows = [self._all] if special is None else [self._all, special]
            wait = max(window.wait(now) for window in windows)
            if wait > 0:
                return math.ceil(wait)
            for window in windows:
                window.use(now)
            return None
