"""The faults that are active in the demo."""

import time
from collections.abc import Callable

from bot.sandbox.demo.call_scenarios import DemoAction


class ActiveFaults:
    """Records when each fault ends and when the app has recovered from it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._over: dict[str, float] = {}
        self._recovered_at = 0.0

    def begin(self, fault: DemoAction, speed: float) -> None:
        """Start a fault; raise LookupError if it is already active."""
        name, now = fault.title, self._clock()
        if self._over.get(name, now) > now:
            raise LookupError("This fault is already active.")
        self._over.pop(name, None)  # so that it is last
        self._over[name] = now + fault.lasts / speed
        recovery = (fault.lasts + fault.aftermath) / speed
        self._recovered_at = max(self._recovered_at, now + recovery)

    def in_words(self) -> str:
        """Return the newest active fault: `Webhook faults: Lost, and 1 more`."""
        names = [name for name, over in list(self._over.items()) if over > self._clock()]
        if not names:
            return "none"
        return names[-1] + (f", and {len(names) - 1} more" if names[1:] else "")

    @property
    def are_over(self) -> bool:
        """Return whether no fault is active and the app has recovered from all."""
        return self._clock() >= self._recovered_at
