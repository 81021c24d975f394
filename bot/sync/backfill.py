"""Backfill of past calls, started from the terminal."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import ApiError, KeyRefused, Stopped, Unavailable, may_pass
from bot.intervals import Interval, cut, missing
from bot.models.calls import Call, Stage
from bot.models.outbox import BACKFILL
from bot.models.sync import BackfillRequest, BackfillResult, PostMode, Progress
from bot.rules.router import Router
from bot.store import Store
from bot.store.ingest import Hold
from bot.store.outbox.notices import Notice
from bot.store.sync import reported_from
from bot.sync.messages import KINDS
from bot.vocatech.calls import read_calls
from bot.vocatech.client import VocatechClient, day_of

SLICE = 28 * 86_400.0

# The time zone of Vocatech's days is unknown, so one more day is requested on each side.
A_DAY_MORE = timedelta(days=1)

# A call without an end time that started longer ago is over, too.
LONGEST_CALL = 12 * 3600.0

# After this many failed slices in a row, the service is down, not a single slice.
TOO_MANY_FAILED = 3


@dataclass(frozen=True)
class Backfill:
    """One backfill; `on_progress` is called whenever it advances.

    If it is killed at any moment and restarted, it continues after the last finished slice.
    """

    order: BackfillRequest
    vocatech: VocatechClient
    store: Store
    router: Router
    clock: Clock
    region: str
    is_stopping: Callable[[], bool]
    on_progress: Callable[[Progress], None] = lambda _: None

    def count_remaining(self) -> int | None:
        """Return about how many calls remain, or None if Vocatech doesn't say.

        Raises ApiError.
        """
        known = self.store.backfills.find(self.order.name)
        left = list(missing(self._whole(), known.done if known else ()))
        if not left:
            return 0
        first, last = day_of(left[0].start), day_of(left[-1].end)
        page = next(self.vocatech.calls.between(first, last), None)
        return page.total if page else 0

    def run(self) -> BackfillResult:
        """Import the missing part of the requested period. Raises KeyRefused or Stopped."""
        whole = self._whole()
        known = self.store.calls.count_between(whole.start, whole.end)
        begun = self.store.backfills.begin(self.order.name, now=whole.end, known=known)
        slices = [one for gap in missing(whole, begun.done) for one in cut(gap, SLICE)]
        progress = Progress(to_do=sum(one.seconds for one in slices))
        self.on_progress(progress)
        left_out = self._import_all(slices, progress)
        # Retry failed slices once, since the cause may have been temporary.
        again = [one for one, error in left_out.items() if may_pass(error)]
        left_out = {
            one: error for one, error in left_out.items() if one not in again
        } | self._import_all(again, progress)
        if not left_out:
            self._finish(whole, begun.began)
        return self._result(whole, begun.known, progress, left_out)

    def _whole(self) -> Interval:
        return Interval(self.order.since, self.clock.now())

    def _import_all(self, slices: list[Interval], progress: Progress) -> dict[Interval, ApiError]:
        """Import the slices one after the other, and return those that failed."""
        failed: dict[Interval, ApiError] = {}
        in_a_row = 0
        for place, one in enumerate(slices):
            if self.is_stopping():
                raise Stopped
            try:
                self._import(one, progress)
                in_a_row = 0
            except KeyRefused:
                raise
            except ApiError as error:
                if self.is_stopping():
                    raise Stopped from error
                failed[one] = error
                in_a_row += isinstance(error, Unavailable)
                if in_a_row == TOO_MANY_FAILED:
                    return failed | dict.fromkeys(slices[place + 1 :], error)
        return failed

    def _import(self, one: Interval, progress: Progress) -> None:
        """Import the calls that started in a slice, and record it as done."""
        first, last = day_of(one.start) - A_DAY_MORE, day_of(one.end) + A_DAY_MORE
        for listed in read_calls(self.vocatech.calls.between(first, last), region=self.region):
            progress.unreadable.update(listed.unreadable)
            now = self.clock.now()
            own = reported_from(self.store.key_values, now=now)
            within = [
                (event, self._hold(facts, own))
                for event, facts in listed.began_in(one.start, one.end)
            ]
            self.store.calls.save_all(within, now=now)
            progress.calls += len(within)
            self.on_progress(progress)
            if self.is_stopping():
                raise Stopped
        # Active calls may be missing from the list, so a resumed backfill requests them again.
        settled = Interval(one.start, min(one.end, self.clock.now() - LONGEST_CALL))
        if settled.seconds > 0:
            self.store.backfills.add(self.order.name, settled)
        progress.done += one.seconds
        self.on_progress(progress)

    def _hold(self, facts: dict[str, Any], own: float) -> Hold | None:
        """Return how a new call is suppressed; polling still announces calls within its window."""
        if self.order.posting is PostMode.ALL:
            return None
        over = facts["ended_at"] or facts["started_at"] + (
            0.0 if facts["stage"] == Stage.ENDED else LONGEST_CALL
        )
        return Hold.LATE if over >= own else Hold.QUIET

    def _finish(self, whole: Interval, began: float) -> None:
        if self.order.posting is PostMode.SUMMARY:
            post_backfill_summary(whole, began=began, store=self.store, router=self.router)
        self.store.backfills.finish(self.order.name)

    def _result(
        self, whole: Interval, known: int, progress: Progress, left_out: dict[Interval, ApiError]
    ) -> BackfillResult:
        count = self.store.calls.count_between
        total = count(whole.start, whole.end)
        return BackfillResult(
            until=whole.end,
            taken_in=sum(count(one.start, one.end) for one in missing(whole, left_out)),
            new=max(0, total - known),
            unreadable=len(progress.unreadable),
            left_out=left_out,
        )


def post_backfill_summary(whole: Interval, *, began: float, store: Store, router: Router) -> None:
    """Enqueue a message to each channel with the number of its calls in a period.

    Only once for a backfill that `began` (unix seconds) at the same time, even after a restart.
    """
    calls = store.calls.all_between(whole.start, whole.end)
    for channel, counts in _count_by_channel(calls, router).items():
        notice_id = f"{BACKFILL} {whole.start:.0f} {began:.0f} {channel}"
        detail = {"since": whole.start, "until": whole.end, "counts": counts}
        store.notices.add(Notice(notice_id, BACKFILL, detail), [channel], now=whole.end)


def _count_by_channel(calls: Iterable[Call], router: Router) -> dict[str, Counter[str]]:
    by_channel: dict[str, Counter[str]] = {}
    for call in calls:
        for channel in router.channels_for(call):
            counts = by_channel.setdefault(channel, Counter())
            counts[call.direction or KINDS[-1]] += 1
            counts["missed"] += call.needs_a_call_back
    return by_channel
