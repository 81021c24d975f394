"""Owns the clock of the bot: APScheduler says when, workers of our own do the work."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()
# Several jobs may go on for minutes, and the poll must not wait for them.
WORKERS = 6


class Schedule:
    """Jobs at intervals; one that still runs is not begun again."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Make a schedule without jobs."""
        self._monotonic = monotonic
        # The scheduler only submits: its own pool loses jobs that are due while it shuts down.
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="job")
        self._at_start: list[Callable[[], None]] = []

    def every(self, seconds: float, name: str, work: Callable[[], float]) -> None:
        """Do `work` at start and then every so many seconds; it gives seconds to wait longer."""
        job = _Job(name, work, self._monotonic)

        def submit() -> None:
            if job.may_begin():
                self._pool.submit(job.run)

        self._at_start.append(submit)
        self._scheduler.add_job(
            submit, "interval", seconds=seconds, id=name, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin; every job runs once at once."""
        for submit in self._at_start:
            submit()
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more and wait for what is being done."""
        self._scheduler.shutdown(wait=False)
        self._pool.shutdown(cancel_futures=True)


class _Job:
    def __init__(
        self, name: str, work: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._name = name
        self._work = work
        self._monotonic = monotonic
        self._running = threading.Lock()
        self._not_before = 0.0

    def may_begin(self) -> bool:
        return self._monotonic() >= self._not_before and self._running.acquire(blocking=False)

    def run(self) -> None:
        try:
            self._not_before = self._monotonic() + self._work()
        except Exception:
            # A worker's loop: the next round finds the same work again.
            log.exception("job_failed", job=self._name)
        finally:
            self._running.release()
