"""The two clocks: wall time for what people see, monotonic time for waits; the zones' names."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones


@dataclass(frozen=True)
class Clock:
    """`now` gives unix seconds; `monotonic` gives seconds that never jump."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


@cache
def zone_names() -> frozenset[str]:
    """Give the names of all time zones; they are some 600 files, so they are looked at once."""
    return frozenset(available_timezones())
