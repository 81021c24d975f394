"""Owns the look further back: calls of days that the store does not hold, asked of Vocatech."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from bot.clock import Clock
from bot.errors import ApiError
from bot.intervals import Interval, cut, missing
from bot.store import Store
from bot.store.ingest import Hold
from bot.store.sync import INSTALLED
from bot.vocatech.calls import read_calls
from bot.vocatech.client import VocatechClient, day_of

A_DAY_MORE = timedelta(days=1)
# At once, for somebody who waits; whoever asks again gets the days before.
MOST_SECONDS = 31 * 86_400.0
PIECE_SECONDS = 7 * 86_400.0
# A call that began earlier is over, so that what is told of it is whole.
LONGEST_CALL = 12 * 3600.0


@dataclass(frozen=True)
class Looked:
    """What came of a look: `left` is true where days that were asked for are still missing."""

    left: bool = False
    error: ApiError | None = None
    is_busy: bool = False


@dataclass(frozen=True)
class GapFiller:
    """Looks for one person at a time, and never twice for the same days."""

    vocatech: VocatechClient
    store: Store
    clock: Clock
    region: str
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, since: float | None, until: float | None) -> list[Interval]:
        """Give what the store does not hold of a time (unix seconds), in order."""
        now = self.clock.now()
        if since is None or since >= now:
            return []
        whole = Interval(since, min(now if until is None else until, now))
        held = [*self.store.backfills.held(), Interval(self._polled_from(now), now)]
        return list(missing(whole, held)) if whole.seconds > 0 else []

    def look(self, gaps: list[Interval]) -> Looked:
        """Take in the calls of a month at most, the newest days first; nothing of it is posted."""
        if not self._turn.acquire(blocking=False):
            return Looked(left=True, is_busy=True)
        try:
            return self._look(gaps)
        finally:
            self._turn.release()

    def _look(self, gaps: list[Interval]) -> Looked:
        room = MOST_SECONDS
        for piece in (piece for gap in reversed(gaps) for piece in _newest_first(gap)):
            if room < piece.seconds:
                return Looked(left=True)
            room -= piece.seconds
            try:
                self._take_in(piece)
            except ApiError as error:
                return Looked(left=True, error=error)
        return Looked()

    def _take_in(self, piece: Interval) -> None:
        # Whose day it is on Vocatech's side is unknown, so a day more is asked for on each side.
        first, last = day_of(piece.start) - A_DAY_MORE, day_of(piece.end) + A_DAY_MORE
        pages = self.vocatech.interactive.calls.between(first, last, must_end=True)
        for listed in read_calls(pages, region=self.region, must_end=True):
            # Others may be for the bot to tell of, and are left to the poll.
            within = listed.began_in(piece.start, piece.end)
            self.store.calls.save_all(
                [(event, Hold.QUIET) for event, _ in within], now=self.clock.now()
            )
        settled = Interval(piece.start, min(piece.end, self.clock.now() - LONGEST_CALL))
        if settled.seconds > 0:
            self.store.backfills.note_held([settled])

    def _polled_from(self, now: float) -> float:
        """Give the moment from which on the first poll saw every call.

        It asked for the day before, too, which begins in no time zone later than at this moment.
        """
        installed = self.store.notes.moment(INSTALLED) or now
        midnight = datetime.combine(day_of(installed), time(), UTC).timestamp()
        return midnight - 12 * 3600.0


def _newest_first(gap: Interval) -> list[Interval]:
    return list(cut(gap, PIECE_SECONDS))[::-1]
