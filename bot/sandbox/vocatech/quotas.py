"""The API key's request quotas."""

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
        """Return the uses in the window that ends now."""
        while self._uses and now - self._uses[0] >= self.seconds:
            self._uses.popleft()
        return len(self._uses)

    def wait(self, now: float) -> float:
        """Return the seconds until one more use is allowed; 0.0 if it is allowed now."""
        if self.count(now) < self.limit:
            return 0.0
        return self._uses[0] + self.seconds - now

    def use(self, now: float) -> None:
        """Count one use."""
        self._uses.append(now)


class Quotas:
    """All quotas of an API key; a rejected request uses up nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = SlidingWindow(60)
        self._sends = SlidingWindow(5, TEN_MINUTES)
        self._special = {
            ("GET", "calls"): SlidingWindow(30),
            ("POST", "messages"): self._sends,
        }

    def sends(self, now: float) -> tuple[int, int]:
        """Return the messages sent in ten minutes, and the limit."""
        with self._lock:
            return self._sends.count(now), self._sends.limit

    def refuse(self, method: str, family: str, now: float) -> int | None:
        """Return the seconds to wait if a quota is used up; otherwise count the use."""
        with self._lock:
            special = self._special.get((method, family))
            windows = [self._all] if special is None else [self._all, special]
            wait = max(window.wait(now) for window in windows)
            if wait > 0:
                return math.ceil(wait)
            for window in windows:
                window.use(now)
            return None
