"""Owns the workers: one at a time in each channel, several channels at a time."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

log = structlog.get_logger()
WORKERS = 8
TEXTS_LANE, DOUBTS_LANE = "texts on their way", "texts in doubt"
MEDIA_LANE = "media to be fetched"
# How often to look without having been woken: the net under a wake that was missed.
SWEEP_SECONDS = 5.0
SECONDS_AFTER_AN_ERROR = 5.0
# How long to rest after a look, in times of what it took.
REST = 1
# A disk that hung for minutes is no load.
LONGEST_REST = 1.0


@dataclass(frozen=True)
class Queue:
    """Work that is done one piece after the other; `work` returns the seconds until the next."""

    has_work: Callable[[], bool]
    work: Callable[[], float]


@dataclass(frozen=True)
class Queues:
    """The named queues, and one for each channel with work."""

    named: Mapping[str, Queue]
    find_channels: Callable[[], list[str]]
    work_in_channel: Callable[[str], float]

    def find(self) -> list[str]:
        """Return the names of the queues that have work."""
        return [name for name, one in self.named.items() if one.has_work()] + self.find_channels()

    def work_in(self, name: str) -> float:
        """Do the next piece of work of a queue; return the seconds until the one after it."""
        return self.named[name].work() if name in self.named else self.work_in_channel(name)


@dataclass
class _Lane:
    is_busy: bool = False
    not_before: float = 0.0
    is_hurried: bool = False  # while it was busy


class WorkerPool:
    """Runs `work` for every lane that `find` names, never twice at once in the same lane.

    `work` gives the seconds until that lane may be worked on again; waiting holds no worker.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Keep the clock; nothing runs before `start`."""
        self._find: Callable[[], list[str]] = list
        self._work: Callable[[str], float] = _rest
        self._monotonic = monotonic
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="lane")
        self._dispatcher = threading.Thread(target=self._dispatch, name="lanes", daemon=True)

    def take_on(self, queues: Queues) -> None:
        """Set the queues; their work may itself wake the workers."""
        self._find, self._work = queues.find, queues.work_in

    def start(self) -> None:
        """Begin."""
        self._dispatcher.start()

    def wake(self) -> None:
        """Say that there may be work; returns at once."""
        self._woken.set()

    def hurry(self, name: str) -> None:
        """Work in a lane now, however long it was to wait; returns at once."""
        with self._lock:
            if lane := self._lanes.get(name):
                lane.not_before, lane.is_hurried = 0.0, lane.is_busy
        self.wake()

    def stop(self) -> None:
        """Begin nothing more and wait for what is being done."""
        self._stopping.set()
        self._woken.set()
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        self._pool.shutdown()

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            # Cleared before looking, so that a wake during the look is not lost.
            self._woken.clear()
            began = self._monotonic()
            pause = self._give_out_work()
            # Under load half of the time at least belongs to the threads that must answer.
            self._stopping.wait(min(REST * (self._monotonic() - began), LONGEST_REST))
            self._woken.wait(pause)

    def _give_out_work(self) -> float:
        try:
            return self._give_out(self._find())
        except Exception:
            # The loop must outlive whatever one look meets: a full disk today is free tomorrow.
            if not self._stopping.is_set():
                log.exception("looking_for_work_failed")
            return SECONDS_AFTER_AN_ERROR

    def _give_out(self, names: list[str]) -> float:
        now = self._monotonic()
        pause = SWEEP_SECONDS
        for name in names:
            lane = self._lanes.setdefault(name, _Lane())
            if lane.is_busy:
                continue
            if lane.not_before > now:
                pause = min(pause, lane.not_before - now)
            elif not self._stopping.is_set():
                lane.is_busy = True
                self._pool.submit(self._work_in, name, lane)
        return pause

    def _work_in(self, name: str, lane: _Lane) -> None:
        pause = SECONDS_AFTER_AN_ERROR
        try:
            pause = self._work(name)
        except Exception:
            # A worker's loop: the row is still there, so the next round tries again.
            log.exception("work_failed", lane=name)
        finally:
            until = self._monotonic() + pause
            with self._lock:
                # What it was hurried for may have come too late for this round.
                lane.not_before = 0.0 if lane.is_hurried else until
                lane.is_busy = lane.is_hurried = False
            self._woken.set()


def _rest(_: str) -> float:
    return SWEEP_SECONDS
