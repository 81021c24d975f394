"""Whether Vocatech's list of calls has been read: what webhooks didn't report is only there."""

import threading
from collections.abc import Callable

from bot.store.key_value import KeyValueStore
from bot.store.sync import COVERED, synced_until

# The list is read at least every minute. It may fail for a few minutes, while webhooks go on.
UNREAD_AFTER = 900.0
# If Vocatech stays away, digests and reminders are sent with what is known.
LONGEST_WAIT = 1_800.0
# What people asked for at a time waits only while the app starts.
A_MOMENT = 10.0


class CatchUp:
    """Whether the calls of before the start have been read since the start.

    Until then it isn't known what happened while the app was off, for example who was called back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Begin to wait."""
        self._monotonic = monotonic
        self._began = monotonic()
        self._read = threading.Event()

    @property
    def is_read(self) -> bool:
        """Whether they have been read."""
        return self._read.is_set()

    def run_once_read(self, work: Callable[[], float]) -> float:
        """Run a job, unless it has to wait for those calls; return the pause after it."""
        return self._run(work, LONGEST_WAIT)

    def run_soon(self, work: Callable[[], float]) -> float:
        """Do the same, but wait only a moment."""
        return self._run(work, A_MOMENT)

    def _run(self, work: Callable[[], float], longest: float) -> float:
        is_awaited = not self.is_read and self._monotonic() - self._began < longest
        return 0.0 if is_awaited else work()

    def finish(self) -> None:
        """Note that the list was read."""
        self._read.set()


def unread_since(until: float | None, notes: KeyValueStore, *, now: float) -> float | None:
    """Return when the list of calls was last read, if calls before `until` may be missing.

    Times are in unix seconds; without `until`, all calls are meant. If the list was never read,
    that is 0.
    """
    read = synced_until(COVERED, notes, now=now) or 0.0
    needed = now - UNREAD_AFTER
    return read if read < (needed if until is None else min(until, needed)) else None
