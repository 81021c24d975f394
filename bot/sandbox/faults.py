"""Fault injection for the fake servers."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Fault:
    """A way to fail: `drop` closes the connection before or after the request takes effect.

    Applies to paths that contain `path` and, if given, to one `method`. It ends after `times`
    uses, or at `until`, a `time.monotonic()` time. The server waits `delay` seconds before it
    handles the request and `stall` seconds before it responds. It responds with `status` instead
    of handling the request or, if that `takes_effect`, after handling it.
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
    """The active faults, checked once per request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._have_ended = threading.Event()

    def add(self, fault: Fault, *, for_seconds: float | None = None) -> Fault:
        """Activate a fault, for a while if `for_seconds` is given, and return it."""
        if for_seconds is not None:
            fault.until = time.monotonic() + for_seconds
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def pause(self, seconds: float) -> None:
        """Wait for the delay of a fault, or until the delays end."""
        self._have_ended.wait(seconds)

    def end_delays(self) -> None:
        """End the delays that requests wait for, now and from now on."""
        self._have_ended.set()

    @property
    def are_active(self) -> bool:
        """Return whether any fault is active."""
        now = time.monotonic()
        with self._lock:
            return any(fault.until is None or fault.until > now for fault in self._faults)

    def match(self, method: str, path: str) -> Fault | None:
        """Return the fault for a request, if any, and count its use."""
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
