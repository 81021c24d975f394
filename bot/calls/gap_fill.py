"""On-demand backfill: fetch calls of days that the store doesn't hold."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.errors import ApiError
from bot.intervals import Interval, cut, missing
from bot.store import Store
from bot.store.ingest import Hold
from bot.store.sync import INSTALLED
from bot.vocatech.calls import read_calls
from bot.vocatech.client import VocatechClient, day_of, listed_from

A_DAY_MORE = timedelta(days=1)
# At most this much per search, because a person is waiting; the next search fetches earlier days.
MOST_SECONDS = 31 * 86_400.0
PIECE_SECONDS = 7 * 86_400.0
# A call that began earlier has ended, so its record is complete.
LONGEST_CALL = 12 * 3600.0


@dataclass(frozen=True)
class GapFillResult:
    """The result of a fetch; `has_more` means that requested days are still missing."""

    has_more: bool = False
    error: ApiError | None = None
    is_busy: bool = False


@dataclass(frozen=True)
class GapFiller:
    """Fetches for one person at a time, and never twice for the same days."""

    vocatech: VocatechClient
    store: Store
    clock: Clock
    region: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, since: float | None, until: float | None) -> list[Interval]:
        """Return the intervals (unix seconds) that the store doesn't hold, in order."""
        return find_gaps(self.store, since, until, now=self.clock.now())

    def fill(self, gaps: list[Interval]) -> GapFillResult:
        """Fetch the calls of at most a month, the newest days first; none of them is posted."""
        if not self._lock.acquire(blocking=False):
            return GapFillResult(has_more=True, is_busy=True)
        try:
            return self._fill(gaps)
        finally:
            self._lock.release()

    def _fill(self, gaps: list[Interval]) -> GapFillResult:
        room = MOST_SECONDS
        for piece in (piece for gap in reversed(gaps) for piece in _newest_first(gap)):
            if room < piece.seconds:
                return GapFillResult(has_more=True)
            room -= piece.seconds
            try:
                self._fetch(piece)
            except ApiError as error:
                return GapFillResult(has_more=True, error=error)
        return GapFillResult()

    def _fetch(self, piece: Interval) -> None:
        # The time zone of Vocatech's days is unknown, so request one more day on each side.
        first, last = day_of(piece.start) - A_DAY_MORE, day_of(piece.end) + A_DAY_MORE
        pages = self.vocatech.interactive.calls.between(first, last, must_end=True)
        for listed in read_calls(pages, region=self.region, must_end=True):
            # Other calls may have to be posted, so they are left to the poll.
            within = listed.began_in(piece.start, piece.end)
            self.store.calls.save_all(
                [(event, Hold.QUIET) for event, _ in within], now=self.clock.now()
            )
        settled = Interval(piece.start, min(piece.end, self.clock.now() - LONGEST_CALL))
        if settled.seconds > 0:
            self.store.backfills.note_held([settled])


def find_gaps(
    store: Store, since: float | None, until: float | None, *, now: float
) -> list[Interval]:
    """Return the intervals (unix seconds) whose calls the store doesn't hold, in order."""
    if since is None or since >= now:
        return []
    whole = Interval(since, min(now if until is None else until, now))
    held = [*store.backfills.held(), Interval(_polled_from(store, now), now)]
    return list(missing(whole, held)) if whole.seconds > 0 else []


def _polled_from(store: Store, now: float) -> float:
    """Return a time from which polling saw every call.

    The first poll reads one more day. It records that when it begins.
    """
    installed = store.key_values.moment(INSTALLED) or now - A_DAY_MORE.total_seconds()
    return listed_from(day_of(installed) - A_DAY_MORE)


def _newest_first(gap: Interval) -> list[Interval]:
    return list(cut(gap, PIECE_SECONDS))[::-1]
