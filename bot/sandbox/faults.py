"""Owns the faults that a stand-in can be told to show."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Fault:
    """A way to fail: `drop` closes the connection before or after the request took effect.

    Applies to paths that contain `path` and, when given, methods equal to `method`; `times`
    counts down with each use; `until` is a `time.monotonic()` moment after which it is over.
    `delay` seconds are waited before anything else, `stall` seconds before the answer. A `status`
    is answered in place of doing what was asked, or, where that `takes_effect`, after it.
    """

    path: str = ""
    method: str | None = None
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    takes_effect: bool = False
    delay: float = 0.0
    stall: float = 0.0
    drop: Literal["before", "after"] | None = None
    times: int | None = None
    until: float | None = None


class Faults:
    """The faults now in force, looked up once for each request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault, *, for_seconds: float | None = None) -> Fault:
        """Put a fault in force, for a while when `for_seconds` is given; give it back."""
        if for_seconds is not None:
            fault.until = time.monotonic() + for_seconds
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Make the weather fine again."""
        with self._lock:
            self._faults.clear()

    @property
    def are_active(self) -> bool:
        """Say whether anything is made to fail right now."""
        now = time.monotonic()
        with self._lock:
            return any(fault.until is None or fault.until > now for fault in self._faults)

    def match(self, method: str, path: str) -> Fault | None:
        """Give the fault a request meets, if any, and count its use."""
        now = time.monotonic()
        with self._lock:
            self._faults = [f for f in self._faults if f.until is None or f.until > now]
            for fault in self._faults:
                if fault.path in path and fault.method in (None, method):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None
