"""How many requests are being answered, to know a burst."""

import threading
from types import TracebackType
from typing import Self

# As many requests at the same time as half of the server's threads: the others wait.
BURST_FROM = 8


class Load:
    """Count of the requests in progress; use as a context manager around each.

    `has_deferred` is set when work was put off until after the burst.
    """

    def __init__(self) -> None:
        """Start without requests."""
        self._lock = threading.Lock()
        self._count = 0
        self.has_deferred = False

    @property
    def is_burst(self) -> bool:
        """Whether many requests are in progress."""
        return self._count >= BURST_FROM

    def __enter__(self) -> Self:
        """Count a request."""
        with self._lock:
            self._count += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Count its end."""
        with self._lock:
            self._count -= 1
