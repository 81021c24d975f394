"""Owns for how long something has been wrong without a break, while the process lives."""

from collections.abc import Callable


class Spells:
    """Spells of trouble, by name; on the monotonic clock, since the other one may jump."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin with nothing wrong."""
        self._monotonic = monotonic
        self._began: dict[str, float] = {}

    def go_on(self, name: str) -> float:
        """Note that something is wrong, now as at every look before; give the seconds so far."""
        now = self._monotonic()
        return now - self._began.setdefault(name, now)

    def end(self, name: str) -> None:
        """Note that it is not wrong any more."""
        self._began.pop(name, None)
