"""Tasks that run later on one thread."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Task = Callable[[], object]


class DelayedTasks:
    """Runs each task when it is due, and none after `stop`."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Task]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pending = 0
        self._stopped = False

    def put(self, seconds: float, task: Task) -> None:
        """Run a task after some seconds."""
        with self._changed:
            self._pending += 1
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), task))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def run_all_now(self) -> None:
        """Make all waiting tasks due now."""
        with self._changed:
            self._due = [(0.0, number, task) for _, number, task in sorted(self._due)]
            self._changed.notify_all()

    def wait_until_done(self, timeout: float = 60.0) -> bool:
        """Wait until no task is left; return whether that happened in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, timeout)

    def stop(self) -> None:
        """Stop the thread after the current task."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            task()
            with self._changed:
                self._pending -= 1
                self._changed.notify_all()

    def _next(self) -> Task | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None
