"""Owns which bad weather the demo has now, and since when it may be called fair again."""

import time
from collections.abc import Callable

from bot.sandbox.demo.call_scenarios import DemoAction


class ActiveFaults:
    """Remembers until when each weather lasts, and until when the bot may feel it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._over: dict[str, float] = {}
        self._fair_from = 0.0

    def begin(self, fault: DemoAction, speed: float) -> None:
        """Note that a weather begins; raises LookupError where it lasts still."""
        name, now = fault.title, self._clock()
        if self._over.get(name, now) > now:
            raise LookupError("That weather lasts still.")
        self._over.pop(name, None)  # so that it comes last
        self._over[name] = now + fault.lasts / speed
        felt = (fault.lasts + fault.aftermath) / speed
        self._fair_from = max(self._fair_from, now + felt)

    def in_words(self) -> str:
        """Name what is in force, the newest first: `Webhooks: Lost, and 1 more`."""
        names = [name for name, over in list(self._over.items()) if over > self._clock()]
        if not names:
            return "fine"
        return names[-1] + (f", and {len(names) - 1} more" if names[1:] else "")

    @property
    def are_over(self) -> bool:
        """Say whether nothing is in force, and nothing of it is felt any more."""
        return self._clock() >= self._fair_from
