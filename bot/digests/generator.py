"""Generation of digests: count the calls, and queue each digest once."""

import itertools
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from bot.calls.catch_up import unread_since
from bot.calls.gap_fill import find_gaps
from bot.calls.words import other_number, other_party
from bot.errors import NotLinked
from bot.intervals import Interval
from bot.missed_calls.callback_times import CallbackMeter
from bot.models.callback_times import CallbackReport, CallbackTimes
from bot.models.calls import Call, Outcome
from bot.models.digest_schedule import (
    Cadence,
    DigestPlan,
    Due,
    Period,
    cadence_of,
    comparable,
    count_between,
    due_for,
    last_due,
    last_whole,
    name_of_digest,
    next_run,
    runs_after,
    weeks_until,
)
from bot.models.digests import Digest, Missed, PersonTotals, TopContact, Totals, sum_totals
from bot.models.missed_calls import Waiting
from bot.models.outcomes import OutcomeCount
from bot.people.lookup import locale_for_user
from bot.people.names import with_contact_name
from bot.store import Store
from bot.ui.formatting import Locale

log = structlog.get_logger()

# At most one run ahead can be posted early.
MOST_EARLY = 2
MOST_MISSED, MOST_PEOPLE, MOST_CONTACTS, MOST_OUTCOMES = 6, 15, 5, 10
# In a personal digest, callbacks stay as long as in App Home.
SECONDS_TO_CALL_BACK = 7 * 86_400.0
# A digest from further in the future was made while the clock was ahead. Clocks are often set back
# by less, and a digest must not be posted twice then.
LARGEST_SET_BACK = 3_600.0

DigestCache = dict[tuple[object, ...], Digest]
"""Digests by everything they depend on, because many channels get the same one."""


@dataclass(frozen=True)
class DigestGenerator:
    """Generate digests from the stored calls; without a `meter`, they have no callback times."""

    store: Store
    locale: Locale
    meter: CallbackMeter | None = None

    def usual_plan(self, channel: str) -> DigestPlan:
        """Return the schedule of a channel or a person; the default one, switched off, if none."""
        if plan := self.store.digests.plan(channel):
            return plan
        plan = DigestPlan(channel, self._company_zone(), is_on=False)
        if not plan.is_personal:
            return plan
        company = replace(self.locale, zone=ZoneInfo(plan.zone))
        return replace(
            plan, zone=locale_for_user(channel, store=self.store, locale=company).zone.key
        )

    def decide(self, plan: DigestPlan, now: float, cache: DigestCache) -> bool:
        """Queue a digest if one is due; return whether one was queued.

        Of overdue digests only the last is posted, with the number of skipped ones.
        """
        plan = self._without_future(plan, now)
        due = last_due(plan, now)
        if not plan.is_on or due.at <= plan.since or self._is_decided(plan, due):
            return False
        if plan.is_personal and self._extension(plan) is None:
            return False  # the person was unlinked; digests resume with a new link
        last = self.store.digests.last_due(plan.channel, due.at) or 0.0
        skipped = count_between(plan, max(plan.since, last), due.at)
        return self._add(plan, due, now, cache, skipped)

    def _without_future(self, plan: DigestPlan, now: float) -> DigestPlan:
        """Undo what was decided while the clock was ahead, so that the next digest comes."""
        if gone := self.store.digests.forget_made_after(plan.channel, now + LARGEST_SET_BACK):
            log.warning("early_digests_forgotten", channel=plan.channel, count=gone)
        if plan.since > now + LARGEST_SET_BACK:
            plan = replace(plan, since=now)
            self.store.digests.set_plan(plan)
        return plan

    def post_now(self, plan: DigestPlan, now: float) -> tuple[Period, bool]:
        """Queue the digest for the last complete period; return the period.

        Also return whether it is new: the same digest is never posted twice.
        """
        due = last_whole(plan, now)
        is_new = not self._is_decided(plan, due) and self._add(plan, due, now, {}, 0)
        return due.period, is_new

    def preview(self, plan: DigestPlan, now: float, period: Period | None = None) -> Digest:
        """Return the digest for the last complete period, or another one, without posting it."""
        if period is None:
            digest = self.make(plan, last_whole(plan, now), now)
        else:
            shown = replace(plan, cadence=cadence_of(period))
            digest = self.make(shown, due_for(shown, period), now)
        return replace(digest, next_run=self.next_run(plan, now) if plan.is_on else None)

    def next_run(self, plan: DigestPlan, now: float) -> float:
        """Return when the next digest is posted: one that was posted early doesn't come again."""
        runs = itertools.islice(runs_after(plan, now), MOST_EARLY + 1)
        return next(
            (due.at for due in runs if not self._is_decided(plan, due)), next_run(plan, now)
        )

    def make(
        self, plan: DigestPlan, due: Due, now: float, cache: DigestCache | None = None
    ) -> Digest:
        """Return a digest; raises NotLinked for a personal one without an extension."""
        cache = {} if cache is None else cache
        extension = self._extension(plan)
        if plan.is_personal and extension is None:
            raise NotLinked(None, has_no_extension=self._has_link(plan.channel))
        key = (plan.cadence, due.period, plan.zone, plan.per_person, extension)
        if key not in cache:
            cache[key] = self._count(plan, due.period, extension, now)
        return replace(
            cache[key],
            digest_id=name_of_digest(plan, due),
            next_run=next_run(plan, max(now, due.at)) if plan.is_on else None,
        )

    def _is_decided(self, plan: DigestPlan, due: Due) -> bool:
        return self.store.digests.is_decided(name_of_digest(plan, due))

    def _add(
        self, plan: DigestPlan, due: Due, now: float, cache: DigestCache, skipped: int
    ) -> bool:
        digest = replace(self.make(plan, due, now, cache), skipped=skipped)
        return self.store.digests.add(digest, plan.channel, due_at=due.at, now=now)

    def _count(self, plan: DigestPlan, period: Period, extension: str | None, now: float) -> Digest:
        zone, counts = ZoneInfo(plan.zone), self.store.call_statistics
        span = period.span(zone)
        # What isn't stored can't be compared with.
        before, week_before = (
            None if one is None or self._has_gaps(one.span(zone), now) else one
            for one in comparable(plan.cadence, period)
        )
        open_since = min(span.start, now - SECONDS_TO_CALL_BACK) if plan.is_personal else span.start
        callers, missed = self.store.missed_calls.callers(
            Interval(open_since, now if plan.is_personal else span.end),
            extension,
            listed=MOST_MISSED,
        )
        contacts = counts.top_numbers(span, extension, most=MOST_CONTACTS)
        return Digest(
            digest_id="",
            cadence=plan.cadence,
            period=period,
            zone=plan.zone,
            totals=sum_totals(counts.by_hour(span, zone, extension)),
            before=self._compared(before, zone, extension),
            week_before=self._compared(week_before, zone, extension),
            callers=callers,
            missed=tuple(map(self._missed, missed)),
            people=self._people(span) if self._shows_people(plan) else (),
            contacts=tuple(TopContact(self._name(call), calls) for call, calls in contacts),
            trend=self._trend(plan, period, extension),
            per_person=plan.per_person,
            is_personal=plan.is_personal,
            callbacks=self._callbacks(span, zone, now, extension),
            callbacks_before=self._callbacks_before(before, zone, now, extension),
            spam_calls=self.store.screening.spam_calls(span, extension),
            outcomes=self._outcomes(span, before.span(zone) if before else None, extension),
            has_gaps=self._has_gaps(span, now),
        )

    def _has_gaps(self, span: Interval, now: float) -> bool:
        is_unread = unread_since(span.end, self.store.key_values, now=now) is not None
        return is_unread or bool(find_gaps(self.store, span.start, span.end, now=now))

    def _shows_people(self, plan: DigestPlan) -> bool:
        return not plan.is_personal and (self.meter is None or self.meter.shows_people)

    def _callbacks(
        self, span: Interval, zone: ZoneInfo, now: float, extension: str | None
    ) -> CallbackReport | None:
        if self.meter is None:
            return None
        return self.meter.report(span, zone, now=now, extension=extension)

    def _callbacks_before(
        self, before: Period | None, zone: ZoneInfo, now: float, extension: str | None
    ) -> CallbackTimes | None:
        found = self._callbacks(before.span(zone), zone, now, extension) if before else None
        return found.times if found else None

    def _outcomes(
        self, span: Interval, before: Interval | None, extension: str | None
    ) -> tuple[OutcomeCount, ...]:
        """Return the most frequent outcomes that people set, with those of the period before."""
        now = self.store.outcomes.counted(span, extension)
        then = self.store.outcomes.counted(before, extension) if before else None
        names = dict.fromkeys([*now, *(then or {})])
        return tuple(
            OutcomeCount(name, now.get(name, 0), then.get(name, 0) if then is not None else None)
            for name in names
        )[:MOST_OUTCOMES]

    def _compared(
        self, period: Period | None, zone: ZoneInfo, extension: str | None
    ) -> Totals | None:
        if period is None:
            return None
        span = period.span(zone)
        return sum_totals([(0, self.store.call_statistics.counted_in_short(span, extension))])

    def _trend(
        self, plan: DigestPlan, period: Period, extension: str | None
    ) -> tuple[tuple[date, int, int], ...]:
        if plan.cadence is Cadence.DAILY:
            return ()
        zone, counts = ZoneInfo(plan.zone), self.store.call_statistics
        weeks = weeks_until(period.last)
        found = counts.calls_and_missed([week.span(zone) for week in weeks], extension)
        return tuple((week.first, *one) for week, one in zip(weeks, found, strict=True))

    def _people(self, span: Interval) -> tuple[PersonTotals, ...]:
        found = self.store.call_statistics.by_person(span, most=MOST_PEOPLE)
        return tuple(replace(one, name=self._person(one.name)) for one in found)

    def _person(self, extension: str) -> str:
        known = self.store.people.by_extension(extension)
        return (known.name if known else None) or f"ext. {extension}"

    def _missed(self, waiting: Waiting) -> Missed:
        call = waiting.call
        who, number = self._name(call), other_number(call, self.locale)
        return Missed(
            call_id=call.call_id,
            who=who,
            number=number if number != who else None,
            at=call.started_at,
            has_voicemail=call.outcome is Outcome.VOICEMAIL,
            tries=waiting.tries,
        )

    def _name(self, call: Call) -> str:
        return other_party(with_contact_name(call, self.store), self.locale)

    def _extension(self, plan: DigestPlan) -> str | None:
        """Return the extension of a personal digest; None for a channel's."""
        person = self.store.links.person_of(plan.channel) if plan.is_personal else None
        return person.extension if person else None

    def _has_link(self, slack_user: str) -> bool:
        return self.store.links.person_of(slack_user) is not None

    def _company_zone(self) -> str:
        company = self.store.people.company()
        named = company.time_zone if company else None
        try:
            return ZoneInfo(named).key if named else self.locale.zone.key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self.locale.zone.key
