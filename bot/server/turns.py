"""Turns: how many workers run at the same time, apart from those that wait for Slack."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Only one thread runs Python at a time, and one more may wait for the disk. With all of them
# running, a thread that answers a request waited for each of them in turn.
AT_THE_SAME_TIME = 2
# No one waits longer for a turn: if something holds all of them, work continues without.
LONGEST_WAIT = 0.1


class Turns:
    """At most some threads have a turn; one that waits for the network gives its turn up."""

    def __init__(self, most: int = AT_THE_SAME_TIME) -> None:
        """Start with all turns free."""
        self._free = threading.Semaphore(most)
        self._thread = _Thread()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Run with a turn."""
        self._thread.takes_turns = True
        self._take()
        try:
            yield
        finally:
            self._return()
            self._thread.takes_turns = False

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Run without a turn, and take one again afterwards, in a thread that takes turns."""
        if not self._thread.takes_turns:
            yield
            return
        self._return()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        self._thread.has_turn = self._free.acquire(timeout=LONGEST_WAIT)

    def _return(self) -> None:
        if self._thread.has_turn:
            self._free.release()
        self._thread.has_turn = False


class _Thread(threading.local):
    takes_turns = False
    has_turn = False
