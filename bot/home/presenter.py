"""Owns the showing of App Homes: gathered from the store, and published where they changed."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from math import inf

from bot.channels.presenter import ChannelPresenter
from bot.clock import Clock
from bot.digests.generator import DigestGenerator
from bot.home.view import MOST_TODAY, MOST_WAITING, look_of, render_home
from bot.intervals import Interval
from bot.missed_calls.home_section import MOST_MINE
from bot.models.digest_schedule import DigestPlan, next_run
from bot.models.digests import PlannedDigest
from bot.models.health import Health
from bot.models.home import AdminPart, Home
from bot.models.missed_calls import MissedCall, Waiting
from bot.models.rules import RulesInShort
from bot.people.lookup import locale_for_user
from bot.people.names import slack_name, with_contact_name
from bot.people.permissions import Permissions
from bot.rules.validation import never
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.store import Store
from bot.store.missed_calls import MOST_LOOKED_AT
from bot.store.sync import COVERED
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient

DAY = 86_400.0
DAYS_TO_CALL_BACK = 7
# What was put aside longer ago is nobody's trouble any more.
DAYS_PUT_ASIDE = 7


@dataclass(frozen=True)
class HomePresenter:
    """Everybody's App Home; whatever changes what somebody sees there calls `show` for them."""

    store: Store
    slack: SlackClient
    vocatech: VocatechClient
    rights: Permissions
    locale: Locale
    clock: Clock
    maker: DigestGenerator
    channel_views: ChannelPresenter
    expects_webhooks: bool
    _turns: dict[str, threading.Lock] = field(default_factory=dict)

    def show(self, slack_user: str, *, is_shown: bool = True, tried: str = "") -> bool:
        """Publish somebody's App Home if it changed; say whether it was published.

        `is_shown` is False where Slack says that there is nothing to be seen yet, `tried` a channel
        that is being tried again, or the name of a trouble that is being looked at. Raises what
        `FAILURES` names; the next opening then tries again.
        """
        # One after the other, or the older page of two could be published last, and stay.
        with self._turns.setdefault(slack_user, threading.Lock()):
            view = render_home(self._gather(slack_user, tried), locale=self.locale)
            look = look_of(view)
            if is_shown and self.store.homes.look(slack_user) == look:
                return False
            self.slack.publish_home(slack_user, view)
            self.store.homes.set_look(slack_user, look)
            return True

    def refresh(self, slack_user: str) -> None:
        """Show what has changed for somebody, if Slack will; else the next opening does."""
        with suppress(*FAILURES):
            self.show(slack_user)

    def _gather(self, slack_user: str, tried: str) -> Home:
        now = self.clock.now()
        person = self.store.links.person_of(slack_user)
        admin = self._admin_part(now, tried) if self.rights.is_admin(slack_user) else None
        since = now - DAYS_TO_CALL_BACK * DAY
        mine, free = self._callbacks(slack_user, since)
        if person is None or person.extension is None:
            return Home(person=person, mine=mine, free=free, admin=admin)
        midnight = self._midnight(slack_user, now)
        today = self.store.own_calls.since(person.extension, midnight, listed=MOST_TODAY)
        callers, waiting = self.store.open_calls.callers(
            Interval(since, inf), person.extension, listed=MOST_WAITING, most=MOST_LOOKED_AT
        )
        # Nobody stands there twice: what is one's own to do stands first.
        own_numbers = {one.calls[0].remote_number for one in mine}
        others = [one for one in waiting if one.call.remote_number not in own_numbers]
        shown = {one.call.remote_number for one in others}
        return Home(
            person=person,
            today=replace(
                today, latest=tuple(with_contact_name(call, self.store) for call in today.latest)
            ),
            callers=callers - (len(waiting) - len(others)),
            waiting=tuple(map(self._named_waiting, others)),
            mine=mine,
            free=tuple(one for one in free if one.calls[0].remote_number not in shown),
            digest=self._planned(self.maker.usual_plan(slack_user), now),
            admin=admin,
        )

    def _named_waiting(self, one: Waiting) -> Waiting:
        owner = slack_name(one.owner, self.store)
        return Waiting(with_contact_name(one.call, self.store), one.tries, owner)

    def _callbacks(
        self, slack_user: str, since: float
    ) -> tuple[tuple[MissedCall, ...], tuple[MissedCall, ...]]:
        """Give whom somebody is to call back, and whom nobody has taken yet."""
        found = self.store.open_calls.all_since(since)
        mine = [one for one in found if one.claim and one.claim.slack_user == slack_user]
        return self._named(mine), self._named([one for one in found if not one.claim])

    def _named(self, found: list[MissedCall]) -> tuple[MissedCall, ...]:
        """Give them with the names of those who are shown."""
        named = [
            replace(one, calls=(with_contact_name(one.calls[0], self.store), *one.calls[1:]))
            for one in found[:MOST_MINE]
        ]
        return (*named, *found[MOST_MINE:])

    def _midnight(self, slack_user: str, now: float) -> float:
        """Give the moment at which the day of somebody began, where they are."""
        zone = locale_for_user(slack_user, store=self.store, locale=self.locale).zone
        today = datetime.fromtimestamp(now, zone).date()
        return datetime.combine(today, time(), zone).timestamp()

    def _admin_part(self, now: float, tried: str) -> AdminPart:
        broken = self.store.troubles.broken_channels(now - DAYS_PUT_ASIDE * DAY)
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
            channels=self.channel_views.in_short(),
            tried=tried,
        )

    def _rules(self, broken: set[str]) -> RulesInShort:
        rules = self.store.rules.book().rules
        unwell = sum(one.is_on and one.channel in broken for one in rules)
        return RulesInShort(len(rules), len(never(rules)), unwell)

    def _planned(self, plan: DigestPlan, now: float) -> PlannedDigest:
        try:
            return PlannedDigest(plan, next_run(plan, now) if plan.is_on else None)
        except (LookupError, ValueError, OSError):  # a zone that this machine no longer knows
            return PlannedDigest(plan)

    def _health(self) -> Health:
        store = self.store
        last = store.calls.last_webhook()
        return Health(
            expects_webhooks=self.expects_webhooks,
            last_webhook=last[0] if last else None,
            last_poll=store.notes.moment(COVERED),
            posts_waiting=store.posts.waiting(),
            quota_left=self.vocatech.quota_left(),
            has_subscription=bool(store.subscriptions.all()),
            incidents=tuple(store.troubles.open()),
        )
