"""App Home, loaded from the store, rendered, and published where it changed."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from math import inf
from typing import Any

from bot.calls.presenter import states_of
from bot.calls.summary_messages import render_calls_modal
from bot.channels.presenter import ChannelPresenter
from bot.clock import Clock
from bot.digests.generator import DigestGenerator
from bot.digests.home_section import ALL_DIGESTS
from bot.follow_ups.home_section import MAX_FOLLOW_UPS
from bot.follow_ups.presenter import listed_follow_up
from bot.health.surfaces import SlackSurfaces
from bot.home.admin_view import CALLBACKS
from bot.home.callbacks_section import MAX_FREE, MAX_MINE, MAX_WAITING, WAITING
from bot.home.modals import (
    MAX_ROWS,
    render_callback_times,
    render_callbacks_modal,
    render_digests_modal,
    render_problems_modal,
)
from bot.home.view import MAX_TODAY, render_guest_home, render_home, view_hash
from bot.intervals import Interval
from bot.missed_calls.callback_times import CallbackMeter
from bot.models.calls import Call
from bot.models.customers.follow_ups import ListedFollowUp
from bot.models.digest_schedule import DigestPlan, next_run
from bot.models.digests import PlannedDigest
from bot.models.health import Health
from bot.models.home import AdminPart, Home
from bot.models.missed_calls import MissedCall, OpenCalls, Waiting
from bot.models.rules import RulesInShort
from bot.models.screening import ScreenKind
from bot.models.send_times import ScheduledText
from bot.people.guests import Guests
from bot.people.lookup import locale_for_user
from bot.people.names import contact_name, slack_name, with_contact_name
from bot.people.permissions import Permissions
from bot.rules.validation import deleted_endpoints, deleted_outcomes, find_unreachable
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.store import Store
from bot.store.missed_calls import MOST_LOOKED_AT
from bot.store.sync import COVERED
from bot.texts.home_section import MAX_SHOWN as MAX_SCHEDULED
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient

Json = dict[str, Any]
DAY = 86_400.0
NOON = DAY / 2
DAYS_TO_CALL_BACK = 7
# Posts that were skipped longer ago don't make a channel count as unavailable.
DAYS_SKIPPED = 7
MAX_CALLS_OF_A_DAY = 100


@dataclass(frozen=True)
class HomePresenter:
    """Everyone's App Home; code that changes what a person sees there calls `show` for them."""

    store: Store
    slack: SlackClient
    vocatech: VocatechClient
    permissions: Permissions
    guests: Guests
    locale: Locale
    clock: Clock
    generator: DigestGenerator
    channel_presenter: ChannelPresenter
    meter: CallbackMeter
    surfaces: SlackSurfaces
    expects_webhooks: bool
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    def show(self, slack_user: str, *, is_shown: bool = True, tried: str = "") -> bool:
        """Publish a person's App Home if it changed; return whether it was published.

        `is_shown` is False where Slack reports that nothing was published yet. `tried` is a channel
        that is being tried again, or the name of an incident that is being checked. Raises the
        errors in `FAILURES`; the next opening then tries again.
        """
        # One at a time, or the older of two views could be published last and stay.
        with self._locks.setdefault(slack_user, threading.Lock()):
            reader = locale_for_user(slack_user, store=self.store, locale=self.locale)
            view = (
                render_guest_home()
                if self.guests.is_guest(slack_user)
                else render_home(self._gather(slack_user, tried), locale=reader)
            )
            shown = view_hash(view)
            if is_shown and self.store.home_pages.view_hash(slack_user) == shown:
                return False
            self.slack.publish_home(slack_user, view)
            self.store.home_pages.set_view_hash(slack_user, shown)
            return True

    def refresh(self, slack_user: str) -> None:
        """Publish what changed for a person; if Slack refuses, the next opening does."""
        with suppress(*FAILURES):
            self.show(slack_user)

    def callbacks_modal(self, slack_user: str, which: str) -> Json:
        """Return the full list of a group of missed calls."""
        since = self.clock.now() - DAYS_TO_CALL_BACK * DAY
        mine, free = self._open_calls(slack_user, since)
        person = self.store.links.person_of(slack_user)
        home = self._with_callbacks(Home(person=person), mine, free, MAX_ROWS, MAX_ROWS)
        if which == WAITING and person and person.extension:
            callers, waiting = self._waiting(person.extension, mine, since, MAX_ROWS)
            home = replace(home, callers=callers, waiting=waiting)
        reader = locale_for_user(slack_user, store=self.store, locale=self.locale)
        return render_callbacks_modal(which, home, locale=reader)

    def my_calls_modal(self, slack_user: str) -> Json:
        """Return the list of a person's calls of today."""
        reader = locale_for_user(slack_user, store=self.store, locale=self.locale)
        now = self.clock.now()
        today = datetime.fromtimestamp(now, reader.zone).date()
        person = self.store.links.person_of(slack_user)
        calls: tuple[Call, ...] = ()
        if person and person.extension:
            midnight = self._midnight(slack_user, now)
            calls = self.store.own_calls.since(
                person.extension, midnight, listed=MAX_CALLS_OF_A_DAY
            ).latest
        named = self._with_names(calls)
        states = states_of(named, self.store)
        return render_calls_modal(named, states, today=today, locale=reader)

    def admin_modal(self, which: str, *, tried: str = "") -> Json:
        """Return all digests, the callback times or, for any other value, all problems."""
        admin = self._admin_part(self.clock.now(), tried)
        if which == CALLBACKS:
            return render_callback_times(admin.callbacks)
        if which == ALL_DIGESTS:
            return render_digests_modal(admin.digests, locale=self.locale)
        return render_problems_modal(admin, locale=self.locale)

    def _gather(self, slack_user: str, tried: str) -> Home:
        now = self.clock.now()
        midnight = self._midnight(slack_user, now)
        person = self.store.links.person_of(slack_user)
        since = now - DAYS_TO_CALL_BACK * DAY
        mine, free = self._open_calls(slack_user, since)
        home = Home(
            person=person,
            name=slack_name(slack_user, self.store),
            today_at=midnight + NOON,
            follow_ups=self._follow_ups(slack_user, now),
            follow_up_count=self.store.follow_ups.count(slack_user),
            scheduled=self._scheduled(slack_user),
            scheduled_count=self.store.scheduled_texts.count_of(slack_user),
            admin=self._admin_part(now, tried) if self.permissions.is_admin(slack_user) else None,
        )
        if person and person.extension:
            home = self._with_own_calls(home, person.extension, slack_user, mine, now)
        # Each caller is listed once: in the group that concerns the reader most.
        shown = {one.call.remote_number for one in home.waiting}
        free = [one for one in free if one.number not in shown]
        return self._with_callbacks(home, mine, free, MAX_MINE, MAX_FREE)

    def _with_own_calls(
        self, home: Home, extension: str, slack_user: str, mine: Sequence[OpenCalls], now: float
    ) -> Home:
        """Return the Home with the calls of the person's extension."""
        midnight = self._midnight(slack_user, now)
        today = self.store.own_calls.since(extension, midnight, listed=MAX_TODAY)
        callers, waiting = self._waiting(
            extension, mine, now - DAYS_TO_CALL_BACK * DAY, MAX_WAITING
        )
        return replace(
            home,
            today=replace(today, latest=self._with_names(today.latest)),
            texts_sent=self._texts_sent(slack_user, midnight, now),
            callers=callers,
            waiting=waiting,
            digest=self._planned(self.generator.usual_plan(slack_user), now),
        )

    def _waiting(
        self, extension: str, mine: Sequence[OpenCalls], since: float, limit: int
    ) -> tuple[int, tuple[Waiting, ...]]:
        """Return how many callers of an extension aren't called back, and the latest of them.

        Callers among `mine` don't count.
        """
        callers, found = self.store.missed_calls.callers(
            Interval(since, inf), extension, listed=limit, most=MOST_LOOKED_AT
        )
        own_numbers = {one.number for one in mine}
        others = [one for one in found if one.call.remote_number not in own_numbers]
        return callers - (len(found) - len(others)), tuple(map(self._named_waiting, others))

    def _follow_ups(self, slack_user: str, now: float) -> tuple[ListedFollowUp, ...]:
        """Return the follow-ups that a person has or set, the ones due first."""
        found = self.store.follow_ups.listed(slack_user, limit=MAX_FOLLOW_UPS)
        return tuple(
            listed_follow_up(one, reader=slack_user, now=now, store=self.store, locale=self.locale)
            for one in found
        )

    def _named_waiting(self, one: Waiting) -> Waiting:
        owner = slack_name(one.owner, self.store) or (one.owner and "a colleague")
        return Waiting(with_contact_name(one.call, self.store), one.tries, owner)

    def _texts_sent(self, slack_user: str, midnight: float, now: float) -> int:
        sent = self.store.texts.written_between(midnight, now + 1.0)
        return sum(
            one.reply is not None and one.reply.slack_user == slack_user and not one.is_scheduled
            for one in sent
        )

    def _scheduled(self, slack_user: str) -> tuple[ScheduledText, ...]:
        found = self.store.scheduled_texts.of_writer(slack_user, limit=MAX_SCHEDULED)
        return tuple(replace(one, name=contact_name(one.number, self.store)) for one in found)

    def _open_calls(self, slack_user: str, since: float) -> tuple[list[OpenCalls], list[OpenCalls]]:
        """Return the callers that a person has claimed, and the unclaimed ones."""
        found = self.store.missed_calls.open_since(since)
        mine = [one for one in found if one.claim and one.claim.slack_user == slack_user]
        return mine, [one for one in found if not one.claim]

    def _with_callbacks(
        self,
        home: Home,
        mine: Sequence[OpenCalls],
        free: Sequence[OpenCalls],
        max_mine: int,
        max_free: int,
    ) -> Home:
        return replace(
            home,
            mine=self._read(mine[:max_mine]),
            mine_count=len(mine),
            free=self._read(free[:max_free]),
            free_count=len(free),
        )

    def _read(self, found: Sequence[OpenCalls]) -> tuple[MissedCall, ...]:
        """Return these callers with their calls and their contacts' names."""
        return tuple(
            replace(one, calls=(with_contact_name(one.calls[0], self.store), *one.calls[1:]))
            for one in self.store.missed_calls.read(found)
        )

    def _with_names(self, calls: Sequence[Call]) -> tuple[Call, ...]:
        return tuple(with_contact_name(call, self.store) for call in calls)

    def _midnight(self, slack_user: str, now: float) -> float:
        """Return when the person's day began, in their own time zone."""
        zone = locale_for_user(slack_user, store=self.store, locale=self.locale).zone
        today = datetime.fromtimestamp(now, zone).date()
        return datetime.combine(today, time(), zone).timestamp()

    def _admin_part(self, now: float, tried: str) -> AdminPart:
        broken = self.store.incidents.broken_channels(now - DAYS_SKIPPED * DAY)
        return AdminPart(
            health=self._health(),
            digests=tuple(
                self._planned(plan, now)
                for plan in self.store.digests.plans()
                if not plan.is_personal
            ),
            broken=tuple(replace(one, is_being_tried=one.channel == tried) for one in broken),
            unmatched=len(self.store.links.unmatched_in_slack()),
            opted_out=self.store.opt_outs.count(),
            rules=self._rules({one.channel for one in broken}),
            channels=self.channel_presenter.in_short(),
            tried=tried,
            outcomes=len(self.store.outcomes.all()),
            callbacks=self.meter.latest(
                Interval(now - DAYS_TO_CALL_BACK * DAY, now), self.locale.zone, now=now
            ),
            spam=self.store.screening.count(ScreenKind.SPAM),
            users=self.store.people.count(),
            endpoints=len(self.store.endpoints.all()),
        )

    def _rules(self, broken: set[str]) -> RulesInShort:
        rules = self.store.rules.book().rules
        failing = sum(one.is_on and one.channel in broken for one in rules)
        stale = deleted_outcomes(rules, self.store.outcomes.all())
        unheard = deleted_endpoints(rules, self.store.endpoints.names())
        idle = find_unreachable(rules)
        return RulesInShort(len(rules), len(idle), failing, len(stale), len(unheard))

    def _planned(self, plan: DigestPlan, now: float) -> PlannedDigest:
        try:
            return PlannedDigest(plan, next_run(plan, now) if plan.is_on else None)
        except (LookupError, ValueError, OSError):  # the machine no longer knows this time zone
            return PlannedDigest(plan)

    def _health(self) -> Health:
        store = self.store
        last = store.calls.last_webhook()
        return Health(
            expects_webhooks=self.expects_webhooks,
            last_webhook=last[0] if last else None,
            last_poll=store.key_values.moment(COVERED),
            posts_waiting=store.posts.waiting(),
            quota_left=self.vocatech.quota_left(),
            has_subscription=bool(store.subscriptions.all()),
            free_bytes=store.database.free_bytes(),
            incidents=tuple(store.incidents.open()),
            surfaces=self.surfaces.all(),
        )
