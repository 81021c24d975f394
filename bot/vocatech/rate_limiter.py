"""Rate limiter for Vocatech's API: below every limit, and people before background work."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from bot.clock import Clock
from bot.errors import ApiError, KeyRefused, ShuttingDown, TooManyRequests
from bot.models.texts import MAX_SENDS, SEND_WINDOW_MINUTES
from bot.server.rate_limit import RateLimit, coming_turns

# The documented periods plus a second, since requests may bunch up in transit.
REQUESTS = RateLimit("requests", 60, 61.0)
SEARCHES = RateLimit("call searches", 30, 61.0)
SENDS = RateLimit("sends", MAX_SENDS, SEND_WINDOW_MINUTES * 60 + 1.0)
RESERVED_FOR_PEOPLE = 20
# A person is looking at the screen, and Slack waits three seconds.
MOST_INTERACTIVE_WAIT = 2.0
SECONDS_AFTER_A_REJECTED_KEY = 300.0


class RequestCounter(Protocol):
    """Counter of requests that survives restarts and is shared by all processes."""

    def take(self, limits: Sequence[RateLimit], *, now: float) -> float:
        """Count a request and return 0.0, or return the seconds until it is allowed."""

    def wait(self, limits: Sequence[RateLimit], *, now: float) -> float:
        """Return the seconds until one more request is allowed."""

    def used(self, limit: RateLimit, *, now: float) -> int:
        """Return the number of requests in the period that ends now."""

    def taken(self, limit: RateLimit, *, now: float) -> list[float]:
        """Return the times of the requests in the period that ends now."""


class QuotaLimiter:
    """The limiter that all users of one API key share."""

    def __init__(
        self, ledger: RequestCounter, *, clock: Clock, wait: Callable[[float], object]
    ) -> None:
        """Store the parts; `wait` sleeps and returns True if it was interrupted."""
        self._ledger = ledger
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._blocked: tuple[float, ApiError] | None = None
        self._strikes = 0

    def acquire(self, *limits: RateLimit, is_interactive: bool) -> None:
        """Wait until a request is allowed, and count it.

        Raises TooManyRequests if a person would wait too long, KeyRefused while the key is known
        to be rejected, and ShuttingDown when the app stops.
        """
        wanted = _with_reserve(limits, is_interactive=is_interactive)
        self.pause(0.0)  # stop in the middle of a long list when the app stops
        while True:
            pause = self._blocked_for() or self._ledger.take(wanted, now=self._clock.now())
            if pause <= 0:
                return
            if is_interactive and pause > MOST_INTERACTIVE_WAIT:
                raise TooManyRequests(pause)
            self.pause(pause)

    def seconds_until_free(self, *limits: RateLimit, is_interactive: bool) -> float:
        """Return the seconds until a request is allowed, without counting one."""
        wanted = _with_reserve(limits, is_interactive=is_interactive)
        try:
            blocked = self._blocked_for()
        except KeyRefused:
            return SECONDS_AFTER_A_REJECTED_KEY
        return max(blocked, self._ledger.wait(wanted, now=self._clock.now()))

    def remaining(self, limit: RateLimit) -> int:
        """Return how many requests are allowed right now."""
        return max(0, limit.most - self._ledger.used(limit, now=self._clock.now()))

    def next_times(self, limit: RateLimit, *, count: int) -> list[float]:
        """Return when the next `count` requests are allowed (unix seconds)."""
        now = self._clock.now()
        return coming_turns(self._ledger.taken(limit, now=now), limit, count=count, now=now)

    def pause(self, seconds: float) -> None:
        """Sleep. Raises ShuttingDown if the app stops in the meantime."""
        if self._wait(seconds):
            raise ShuttingDown("shutting down")

    def block(self, error: KeyRefused | TooManyRequests) -> None:
        """Block all requests for a while after Vocatech rejected one."""
        with self._lock:
            if isinstance(error, KeyRefused):
                seconds = SECONDS_AFTER_A_REJECTED_KEY
            else:
                self._strikes += 1
                seconds = error.retry_after or backoff_seconds(10.0, self._strikes)
            self._blocked = (self._clock.monotonic() + seconds, error)

    def retry_key(self) -> None:
        """Allow requests again after a rejected key: a person says that it works now."""
        with self._lock:
            if self._blocked and isinstance(self._blocked[1], KeyRefused):
                self._blocked = None

    def note_success(self) -> None:
        """Reset the backoff after a successful response."""
        with self._lock:
            self._strikes = 0

    def _blocked_for(self) -> float:
        with self._lock:
            until, error = self._blocked or (0.0, None)
            left = until - self._clock.monotonic()
            if error is None or left <= 0:
                self._blocked = None
                return 0.0
        if isinstance(error, KeyRefused):
            raise error
        return left


def _with_reserve(limits: Sequence[RateLimit], *, is_interactive: bool) -> list[RateLimit]:
    if is_interactive:
        return list(limits)
    return [
        replace(one, most=one.most - RESERVED_FOR_PEOPLE) if one is REQUESTS else one
        for one in limits
    ]


def backoff_seconds(seconds: float, number: int) -> float:
    """Return the seconds to wait after `number` failures: doubled each time, with jitter."""
    # Jitter spreads the retries; it doesn't need to be secret.
    return float(min(seconds * 2**number, 600.0) * random.uniform(0.5, 1.0))  # noqa: S311
