"""Owns whose turn it is to ask Vocatech: below every limit, and people before background work."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from bot.clock import Clock
from bot.errors import ApiError, KeyRefused, ShuttingDown, TooManyRequests
from bot.models.texts import MINUTES_OF_SENDS, MOST_SENDS
from bot.server.rate_limit import RateLimit, coming_turns

# The documented periods, and a second for the way there: requests may bunch up on it.
REQUESTS = RateLimit("requests", 60, 61.0)
SEARCHES = RateLimit("call searches", 30, 61.0)
SENDS = RateLimit("sends", MOST_SENDS, MINUTES_OF_SENDS * 60 + 1.0)
LEFT_FOR_PEOPLE = 20
# Somebody looks at a screen, and Slack waits three seconds.
PATIENCE_OF_PEOPLE = 2.0
SECONDS_AFTER_A_REFUSED_KEY = 300.0


class RequestCounter(Protocol):
    """Where requests are counted, over restarts and for all processes."""

    def take(self, limits: Sequence[RateLimit], *, now: float) -> float:
        """Count one and give 0.0, or give the seconds until it fits."""

    def wait(self, limits: Sequence[RateLimit], *, now: float) -> float:
        """Give the seconds until one more fits."""

    def used(self, limit: RateLimit, *, now: float) -> int:
        """Count those of the period that ends now."""

    def taken(self, limit: RateLimit, *, now: float) -> list[float]:
        """Give the moments of those of the period that ends now."""


class QuotaLimiter:
    """Gives out turns; the same for everybody who uses the key."""

    def __init__(
        self, ledger: RequestCounter, *, clock: Clock, wait: Callable[[float], object]
    ) -> None:
        """`wait` pauses for so many seconds, and gives something true when it was cut short."""
        self._ledger = ledger
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._closed: tuple[float, ApiError] | None = None
        self._strikes = 0

    def acquire(self, *limits: RateLimit, is_interactive: bool) -> None:
        """Wait until it is this one's turn, and count it.

        Raises TooManyRequests where people would wait too long, KeyRefused while the key is known
        not to work, and ShuttingDown when the bot stops.
        """
        wanted = _with_reserve(limits, is_interactive=is_interactive)
        self.pause(0.0)  # a long list is not read on while the bot stops
        while True:
            pause = self._closed_for() or self._ledger.take(wanted, now=self._clock.now())
            if pause <= 0:
                return
            if is_interactive and pause > PATIENCE_OF_PEOPLE:
                raise TooManyRequests(pause)
            self.pause(pause)

    def seconds_until_free(self, *limits: RateLimit, is_interactive: bool) -> float:
        """Seconds until a turn could be had; nothing is counted."""
        wanted = _with_reserve(limits, is_interactive=is_interactive)
        try:
            closed = self._closed_for()
        except KeyRefused:
            return SECONDS_AFTER_A_REFUSED_KEY
        return max(closed, self._ledger.wait(wanted, now=self._clock.now()))

    def remaining(self, limit: RateLimit) -> int:
        """How many fit right now."""
        return max(0, limit.most - self._ledger.used(limit, now=self._clock.now()))

    def next_times(self, limit: RateLimit, *, count: int) -> list[float]:
        """Give the moments (unix seconds) at which the next so many may be had."""
        now = self._clock.now()
        return coming_turns(self._ledger.taken(limit, now=now), limit, count=count, now=now)

    def pause(self, seconds: float) -> None:
        """Wait; raises ShuttingDown when the bot stops meanwhile."""
        if self._wait(seconds):
            raise ShuttingDown("shutting down")

    def block(self, error: KeyRefused | TooManyRequests) -> None:
        """Let nobody ask for a while: Vocatech said that asking is no use."""
        with self._lock:
            if isinstance(error, KeyRefused):
                seconds = SECONDS_AFTER_A_REFUSED_KEY
            else:
                self._strikes += 1
                seconds = error.retry_after or backoff_seconds(10.0, self._strikes)
            self._closed = (self._clock.monotonic() + seconds, error)

    def retry_key(self) -> None:
        """Ask again though the key was refused: somebody says that it is mended."""
        with self._lock:
            if self._closed and isinstance(self._closed[1], KeyRefused):
                self._closed = None

    def note_success(self) -> None:
        """Note that Vocatech answers."""
        with self._lock:
            self._strikes = 0

    def _closed_for(self) -> float:
        with self._lock:
            until, error = self._closed or (0.0, None)
            left = until - self._clock.monotonic()
            if error is None or left <= 0:
                self._closed = None
                return 0.0
        if isinstance(error, KeyRefused):
            raise error
        return left


def _with_reserve(limits: Sequence[RateLimit], *, is_interactive: bool) -> list[RateLimit]:
    if is_interactive:
        return list(limits)
    return [
        replace(one, most=one.most - LEFT_FOR_PEOPLE) if one is REQUESTS else one for one in limits
    ]


def backoff_seconds(seconds: float, number: int) -> float:
    """Give the seconds to wait after a number of failures: twice as long each time, with jitter."""
    # Jitter, so that not everything comes back at the same moment; it need not be secret.
    return float(min(seconds * 2**number, 600.0) * random.uniform(0.5, 1.0))  # noqa: S311
