"""How quickly missed callers are called back: in all, per person, and per company number."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.business_hours import BusinessHours
from bot.intervals import Interval
from bot.models.callback_times import (
    HOUR,
    CallbackGroup,
    CallbackReport,
    CallbackWait,
    summarize,
)
from bot.people.names import slack_name
from bot.store import Store
from bot.store.customers.callback_times import MOST_MISSED
from bot.store.missed_calls import MOST_LOOKED_AT
from bot.ui.formatting import Locale

MOST_PEOPLE, MOST_LINES = 15, 10
# App Home is drawn often; these numbers needn't be newer.
SECONDS_KEPT = 60.0

Timed = tuple[CallbackWait, float | None]
"""A caller, and the seconds of business hours until the callback; None without one."""


@dataclass(frozen=True)
class CallbackMeter:
    """Callback times in business hours; with `shows_people` also those of each person."""

    store: Store
    business_hours: BusinessHours
    locale: Locale
    shows_people: bool = True
    _kept: dict[Hashable, tuple[float, CallbackReport]] = field(default_factory=dict)

    def report(
        self,
        span: Interval,
        zone: ZoneInfo,
        *,
        now: float,
        extension: str | None = None,
        most: int = MOST_MISSED,
    ) -> CallbackReport:
        """Return the callbacks for callers who were missed in a span, and open follow-ups.

        With an `extension`, only for calls that it missed, and without people and follow-ups.
        """
        waits = self.store.callback_log.between(span, extension, most=most)
        timed = list(self._timed(waits, zone, now))
        times = summarize([seconds for _, seconds in timed])
        if extension is not None:
            return CallbackReport(times)
        open_now = self.store.follow_ups.open_by_owner(now=now)
        return CallbackReport(
            times=times,
            follow_ups=sum(count for count, _ in open_now.values()),
            overdue=sum(overdue for _, overdue in open_now.values()),
            people=self._people(timed, open_now) if self.shows_people else (),
            lines=self._lines(timed),
        )

    def latest(self, span: Interval, zone: ZoneInfo, *, now: float) -> CallbackReport:
        """Return a report that may be a minute old, from the newest missed calls."""
        key = (zone.key, round(span.seconds))
        made_at, known = self._kept.get(key, (0.0, CallbackReport()))
        if not 0 <= now - made_at < SECONDS_KEPT:
            known = self.report(span, zone, now=now, most=MOST_LOOKED_AT)
            self._kept[key] = now, known
        return known

    def _timed(self, waits: Iterable[CallbackWait], zone: ZoneInfo, now: float) -> Iterable[Timed]:
        for one in waits:
            end = now if one.until is None else one.until
            seconds = self.business_hours.seconds_between(one.since, end, zone)
            if one.until is not None:
                yield one, seconds
            elif seconds > HOUR:  # before, the caller may still be called back in time
                yield one, None

    def _people(
        self, timed: Iterable[Timed], open_now: dict[str, tuple[int, int]]
    ) -> tuple[CallbackGroup, ...]:
        by_name = _grouped(timed, self._caller_back)
        follow_ups: dict[str, tuple[int, int]] = {}
        for slack_user, (count, overdue) in open_now.items():
            name = self._colleague(slack_user)
            before = follow_ups.get(name, (0, 0))
            follow_ups[name] = before[0] + count, before[1] + overdue
        groups = [
            CallbackGroup(name, summarize(by_name.get(name, [])), *follow_ups.get(name, (0, 0)))
            for name in dict.fromkeys([*by_name, *follow_ups])
        ]
        groups.sort(key=lambda one: (-one.times.called_back, -one.follow_ups, one.name))
        return tuple(groups[:MOST_PEOPLE])

    def _lines(self, timed: Iterable[Timed]) -> tuple[CallbackGroup, ...]:
        by_line = _grouped(timed, lambda one: self.locale.number(one.line) or None)
        groups = [CallbackGroup(line, summarize(seconds)) for line, seconds in by_line.items()]
        groups.sort(key=lambda one: (-one.times.callers, one.name))
        return tuple(groups[:MOST_LINES]) if len(groups) > 1 else ()

    def _caller_back(self, one: CallbackWait) -> str | None:
        """Return the name of the person who called back."""
        if one.slack_user:
            return self._colleague(one.slack_user)
        if one.extension is None:
            return None
        person = self.store.people.by_extension(one.extension)
        return (person and person.name) or f"ext. {one.extension}"

    def _colleague(self, slack_user: str) -> str:
        person = self.store.links.person_of(slack_user)
        return (person and person.name) or slack_name(slack_user, self.store) or "A colleague"


def _grouped(
    timed: Iterable[Timed], name_of_wait: Callable[[CallbackWait], str | None]
) -> dict[str, list[float | None]]:
    """Return the seconds by name, without what has no name."""
    found: dict[str, list[float | None]] = defaultdict(list)
    for one, seconds in timed:
        if name := name_of_wait(one):
            found[name].append(seconds)
    return found
