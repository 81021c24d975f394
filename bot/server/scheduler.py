"""Job scheduler: APScheduler keeps the time, our own threads run the jobs."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger()
# Several jobs may take minutes, and the poll must not wait for them.
WORKERS = 6
# The wall clock and the monotonic clock may differ by this much before it counts as a jump.
LARGEST_DRIFT = 1.0
LONGEST_WAIT = 5.0


@dataclass(frozen=True)
class Job:
    """A job for the start and every `seconds`; `work` returns extra seconds to wait."""

    name: str
    seconds: float
    work: Callable[[], float]


class Scheduler:
    """Periodic jobs; a job never runs twice at the same time."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        on_end: Callable[[str, Exception | None], None] = lambda _name, _error: None,
    ) -> None:
        """Create a scheduler without jobs; `on_end` receives the result of each run."""
        self._monotonic = monotonic
        self._on_end = on_end
        self._jobs: dict[str, _Run] = {}
        # The scheduler only submits: its own pool loses jobs that are due while it shuts down.
        self._scheduler = _SteadyScheduler(timezone=UTC)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="job")

    def add(self, job: Job) -> None:
        """Add a job; it runs at start and then at its interval."""
        self._jobs[job.name] = _Run(job.name, job.work, self._monotonic, self._on_end)
        self._scheduler.add_job(
            self._submit,
            "interval",
            args=[job.name],
            seconds=job.seconds,
            id=job.name,
            coalesce=True,
            misfire_grace_time=None,
        )

    def names(self) -> list[str]:
        """Return the names of the jobs."""
        return list(self._jobs)

    def run_now(self, name: str) -> None:
        """Run a job now, however long it was to wait, unless it is running."""
        if job := self._jobs.get(name):
            job.not_before = 0.0
            self._submit(name)

    def start(self) -> None:
        """Start; every job runs once immediately."""
        for name in self._jobs:
            self._submit(name)
        self._scheduler.start()

    def is_alive(self) -> bool:
        """Return whether the thread that keeps the time runs."""
        thread: threading.Thread | None = self._scheduler._thread  # noqa: SLF001 (no other way)
        return thread is not None and thread.is_alive()

    def stop(self) -> None:
        """Start no more runs and wait for running ones."""
        self._scheduler.shutdown(wait=False)
        self._pool.shutdown(cancel_futures=True)

    def _submit(self, name: str) -> None:
        job = self._jobs[name]
        if job.may_begin():
            self._pool.submit(job.run)


class _SteadyScheduler(BackgroundScheduler):  # type: ignore[misc] # APScheduler is untyped
    """A scheduler whose jobs still run when the wall clock is set back.

    APScheduler compares the next run with the wall clock: after that is set back by an hour, no job
    would run for an hour. So the next runs are set back, too. Its waits are monotonic already.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Before the first job is added, so that no change of the clock is missed.
        self._offset = time.time() - time.monotonic()

    def _process_jobs(self) -> float:
        self._follow_wall_clock()
        wait: float | None = super()._process_jobs()
        # The clock may be set between the comparison above and the wait computed from it.
        return LONGEST_WAIT if wait is None else min(wait, LONGEST_WAIT)

    def _follow_wall_clock(self) -> None:
        offset = time.time() - time.monotonic()
        jump = offset - self._offset
        if abs(jump) <= LARGEST_DRIFT:
            return
        self._offset = offset
        log.warning("clock_jumped", seconds=round(jump))
        if jump < 0:  # otherwise all jobs are due, which is right after a sleep of the machine
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=jump))


class _Run:
    def __init__(
        self,
        name: str,
        work: Callable[[], float],
        monotonic: Callable[[], float],
        on_end: Callable[[str, Exception | None], None],
    ) -> None:
        self.not_before = 0.0
        self._name = name
        self._work = work
        self._monotonic = monotonic
        self._on_end = on_end
        self._running = threading.Lock()

    def may_begin(self) -> bool:
        return self._monotonic() >= self.not_before and self._running.acquire(blocking=False)

    def run(self) -> None:
        error = None
        try:
            self.not_before = self._monotonic() + self._work()
        except Exception as mishap:
            error = mishap
            # A failed job runs again at its next interval and finds the same work.
            log.exception("job_failed", job=self._name)
        finally:
            self._running.release()
            self._on_end(self._name, error)
