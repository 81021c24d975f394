"""Keyed worker pool: one task at a time per queue, several queues in parallel."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from bot.server.turns import Turns

log = structlog.get_logger()
# They wait for Slack most of the time, so the number follows the waiting, not the processors: if
# Slack takes a second, 100 posts a second need 100. Threads are created on demand.
WORKERS = 128
TEXTS_QUEUE, UNCONFIRMED_TEXTS_QUEUE = "texts", "unconfirmed texts"
ATTACHMENTS_QUEUE = "attachments"
# Before the ID of an endpoint of outgoing webhooks.
ENDPOINT_QUEUE = "endpoint "
UNREAD_EVENTS_QUEUE = "unread events"
STEPS_QUEUE = "workflow steps"
# How often to check without a notification, in case one was missed.
SWEEP_SECONDS = 5.0
SECONDS_AFTER_AN_ERROR = 5.0
# Pause after a check, as a multiple of its duration.
PAUSE_FACTOR = 1
# A disk that hung for minutes is not a sign of load.
LONGEST_PAUSE = 1.0


@dataclass(frozen=True)
class Queue:
    """Work done one item at a time; `work` returns the seconds until the next."""

    has_work: Callable[[], bool]
    work: Callable[[], float]


@dataclass(frozen=True)
class Queues:
    """The named queues, and those that come and go: of endpoints, and of channels with work."""

    named: Mapping[str, Queue]
    find_channels: Callable[[], list[str]]
    work_in_channel: Callable[[str], float]
    find_endpoints: Callable[[], list[str]] = list
    work_for_endpoint: Callable[[str], float] = lambda _: SWEEP_SECONDS

    def find(self) -> list[str]:
        """Return the names of the queues that have work."""
        named = [name for name, one in self.named.items() if one.has_work()]
        return [*named, *self.find_endpoints(), *self.find_channels()]

    def work_in(self, name: str) -> float:
        """Do a queue's next item of work; return the seconds until the one after it."""
        if name in self.named:
            return self.named[name].work()
        if name.startswith(ENDPOINT_QUEUE):
            return self.work_for_endpoint(name)
        return self.work_in_channel(name)


@dataclass
class _QueueState:
    is_busy: bool = False
    not_before: float = 0.0
    is_run_requested: bool = False  # requested while it was busy


class WorkerPool:
    """Runs `work` for every queue that `find` returns, never twice at once for the same queue.

    `work` returns the seconds until that queue is due again; waiting uses no worker. Work that can
    slow down the threads that answer requests takes one of its `turns`.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Keep the clock; nothing runs before `start`."""
        self._find: Callable[[], list[str]] = list
        self._work: Callable[[str], float] = _do_nothing
        self._monotonic = monotonic
        self._states: dict[str, _QueueState] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self.turns = Turns()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="worker")
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)

    def set_queues(self, queues: Queues) -> None:
        """Set the queues; their work may itself notify the workers."""
        self._find, self._work = queues.find, queues.work_in

    def start(self) -> None:
        """Begin."""
        self._dispatcher.start()

    def is_alive(self) -> bool:
        """Return whether the thread that hands out work runs."""
        return self._dispatcher.is_alive()

    def wake(self) -> None:
        """Check for work soon; return immediately."""
        self._woken.set()

    def run_now(self, name: str) -> None:
        """Run a queue now, however long it was to wait; return immediately."""
        with self._lock:
            if state := self._states.get(name):
                state.not_before, state.is_run_requested = 0.0, state.is_busy
        self.wake()

    def stop(self) -> None:
        """Start no more work and wait for running work."""
        self._stopping.set()
        self._woken.set()
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        self._pool.shutdown()

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            # Cleared before the check, so that a notification during the check isn't lost.
            self._woken.clear()
            began = self._monotonic()
            pause = self._dispatch_work()
            # Under load, at least half of the time belongs to the threads that answer requests.
            self._stopping.wait(min(PAUSE_FACTOR * (self._monotonic() - began), LONGEST_PAUSE))
            self._woken.wait(pause)

    def _dispatch_work(self) -> float:
        try:
            return self._dispatch_to(self._find())
        except Exception:
            # The loop must survive any error: a full disk today is free tomorrow.
            if not self._stopping.is_set():
                log.exception("queue_check_failed")
            return SECONDS_AFTER_AN_ERROR

    def _dispatch_to(self, names: list[str]) -> float:
        now = self._monotonic()
        pause = SWEEP_SECONDS
        for name in names:
            state = self._states.setdefault(name, _QueueState())
            if state.is_busy:
                continue
            if state.not_before > now:
                pause = min(pause, state.not_before - now)
            elif not self._stopping.is_set():
                state.is_busy = True
                self._pool.submit(self._work_in, name, state)
        return pause

    def _work_in(self, name: str, state: _QueueState) -> None:
        pause = SECONDS_AFTER_AN_ERROR
        try:
            pause = self._work(name)
        except Exception:
            # The row is still there, so the next round tries again.
            log.exception("work_failed", queue=name)
        finally:
            until = self._monotonic() + pause
            with self._lock:
                # The new work may have arrived too late for this round.
                state.not_before = 0.0 if state.is_run_requested else until
                state.is_busy = state.is_run_requested = False
            self._woken.set()


def _do_nothing(_: str) -> float:
    return SWEEP_SECONDS
