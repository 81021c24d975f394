"""Changes of people's accounts in Slack, and what happens to the work of those who leave."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.clock import Clock
from bot.missed_calls.presenter import CHANNEL
from bot.models.people import SlackPerson
from bot.models.texts import WRITER_IS_GUEST, WRITER_LEFT
from bot.people.guests import Guests, is_guest_account
from bot.people.lookup import admins_to_notify
from bot.people.messages import PERSON_LEFT
from bot.people.slack_sync import is_member, read_person
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, classify
from bot.slack.events import is_late
from bot.slack.membership import person_in_time
from bot.store import Store
from bot.store.outbox.notices import Notice

log = structlog.get_logger()
SLACK = "Slack"  # who changed it, in the audit log
MOST_TRIES = 3
# Slack reports changes as events while the app runs.
FRESH_SECONDS = 600.0


@dataclass(frozen=True)
class Departures:
    """Keeps people current between two syncs, and frees what deactivated people owned.

    `admins` are the Slack user IDs in the settings; see `admins_to_notify`. `wake` starts posting
    what is due.
    """

    store: Store
    slack: SlackClient
    guests: Guests
    clock: Clock
    admins: list[str]
    wake: Callable[[], None]
    _fresh_until: dict[str, float] = field(default_factory=dict)
    _noted: dict[str, float] = field(default_factory=dict)

    def note_event(self, member: Mapping[str, Any], at: float) -> None:
        """Update a person from an event of a time (unix seconds, 0 if unknown).

        One that is late may be older than what is known, so it must bring no one back who left.
        Raises `FAILURES`.
        """
        slack_user = str(member["id"])
        if at and at < self._noted.get(slack_user, 0.0):
            return
        self._noted[slack_user] = at
        if is_late(at, self.clock.now()):
            self.slack.forget_person(slack_user)
            try:
                member = person_in_time(self.slack, slack_user) or member
            except FAILURES as error:
                log.warning("person_not_checked", reason=classify(error).reason)
        self.note_change(member)

    def note_change(self, member: Mapping[str, Any]) -> None:
        """Update a person from a Slack user object that Slack sent. Raises `FAILURES`."""
        slack_user, person = str(member["id"]), read_person(member)
        self.guests.forget(slack_user)
        if is_member(member, self.slack):
            if self.store.slack_people.find(slack_user) != person:
                self.store.slack_people.keep(person)
                self.store.links.match_by_email(now=self.clock.now())
            return
        self.store.slack_people.remove(slack_user)
        if member.get("deleted"):
            self.free_work_of(person)
        elif self._is_guest(member):
            self.free_work_of_guest(person)

    def check(self, slack_users: Iterable[str]) -> None:
        """Ask Slack about people, before something is sent to them or for them.

        Their account may have changed while the app was off, after the last sync. If Slack doesn't
        answer in time, they count as members: a reminder and a text must leave on time.
        """
        for slack_user in sorted(slack_users):
            if self.clock.monotonic() < self._fresh_until.get(slack_user, 0.0):
                continue
            try:
                member = person_in_time(self.slack, slack_user)
            except FAILURES as error:
                log.warning("person_not_checked", reason=classify(error).reason)
                continue
            if member is None:  # Slack is slow; each of the others would wait as long
                return
            if member.get("deleted") or self._is_guest(member):
                self.note_change(member)
            self._fresh_until[slack_user] = self.clock.monotonic() + FRESH_SECONDS

    def free_work_of_guests(self, guests: Mapping[str, SlackPerson]) -> None:
        """Free the work of the guests who have any from before; they're given by Slack user."""
        owners = {
            *self.store.follow_ups.owners(),
            *self.store.scheduled_texts.writers(),
            *self.store.links.linked_people().values(),
            *(rule.slack_user for rule in self.store.rules.book().rules if rule.slack_user),
        }
        for slack_user in sorted((owners & guests.keys()) - self.guests.admins):
            self.free_work_of_guest(guests[slack_user])

    def free_work_of_guest(self, person: SlackPerson) -> None:
        """Hand back the follow-ups of a member who is a guest now, and stop their texts and rules.

        Guests may send texts only if the settings let them. Claimed calls stay theirs.
        """
        slack_user, now = person.slack_user, self.clock.now()
        scheduled = 0
        if not self.guests.can_text:
            scheduled = self.store.scheduled_texts.refuse_all_of(slack_user, WRITER_IS_GUEST)
        self._unlink(slack_user)
        follow_ups = 0
        if slack_user in self.store.follow_ups.owners():
            follow_ups = self._hand_back(slack_user, self._admins_but(slack_user), now)
        rules, _ = self._drop_rules(slack_user, now, with_mentions=False)
        if scheduled or follow_ups or rules:
            log.info("member_became_guest", slack_user=slack_user, follow_ups=follow_ups)
            detail = {"follow_ups": follow_ups, "scheduled": scheduled, "rules": rules}
            self._tell_admins(person, {**detail, "is_guest": True}, now)

    def free_work_of_all(self, gone: Mapping[str, SlackPerson]) -> None:
        """Free the work of the deactivated people who have any; they're given by Slack user."""
        rules = self.store.rules.book().rules
        owners = {
            *self.store.claims.owners(),
            *self.store.follow_ups.owners(),
            *self.store.scheduled_texts.writers(),
            *self.store.links.linked_people().values(),
            *(user for rule in rules for user in (rule.slack_user, rule.mention) if user),
            *(plan.channel for plan in self.store.digests.plans()),
        }
        for slack_user in sorted(owners & gone.keys()):
            self.free_work_of(gone[slack_user])

    def free_work_of(self, person: SlackPerson) -> None:
        """Reopen a person's calls, remind the channels, drop their rules; tell the admins.

        Their scheduled texts aren't sent; a colleague can send them again in their threads.
        """
        slack_user, now = person.slack_user, self.clock.now()
        calls = self._reopen_calls(slack_user, now)
        rules, mentions = self._drop_rules(slack_user, now)
        has_digest = self._stop_digest(slack_user)
        scheduled = self.store.scheduled_texts.refuse_all_of(slack_user, WRITER_LEFT)
        self._unlink(slack_user)
        follow_ups = self._hand_back(slack_user, self._admins_but(slack_user), now)
        if calls or rules or mentions or has_digest or follow_ups or scheduled:
            log.info("person_left", slack_user=slack_user, calls=calls, rules=len(rules))
            detail = {
                "calls": calls,
                "rules": rules,
                "mentions": mentions,
                "has_digest": has_digest,
                "follow_ups": follow_ups,
                "scheduled": scheduled,
            }
            self._tell_admins(person, detail, now)

    def _tell_admins(self, person: SlackPerson, detail: dict[str, Any], now: float) -> None:
        notice_id = f"{PERSON_LEFT} {person.slack_user} {now:.0f}"
        notice = Notice(notice_id, PERSON_LEFT, {"name": person.name, **detail})
        self.store.notices.add(notice, self._admins_but(person.slack_user), now=now)
        self.wake()

    def _reopen_calls(self, slack_user: str, now: float) -> int:
        """Release the open calls of a person, and return the number of callers."""
        count = 0
        for call_id in self.store.claims.claimed_by(slack_user):
            if not self.store.claims.release(call_id, slack_user, by=SLACK, now=now):
                continue
            count += 1
            places = self.store.reminders.places(call_id)
            detail = {"call_id": call_id, "owner": None}
            # A reminder from before the claim doesn't count.
            for stage in (CHANNEL, f"{CHANNEL} {slack_user}"):
                notice = Notice(f"{stage} {call_id} {now}", CHANNEL, detail)
                if places and self.store.reminders.remind(
                    call_id, stage, notice, places, owner=None, now=now
                ):
                    break
        return count

    def _admins_but(self, slack_user: str) -> list[str]:
        told = admins_to_notify(self.admins, self.store, self.slack)
        return [one for one in told if one != slack_user]

    def _hand_back(self, slack_user: str, admins: list[str], now: float) -> int:
        """Give follow-ups to those who set them, or the person's own to an admin; count them."""
        to = next(iter(admins), None)
        return self.store.follow_ups.hand_back(slack_user, to=to, by=SLACK, now=now)

    def _is_guest(self, member: Mapping[str, Any]) -> bool:
        """Return whether a Slack user object is a guest's; admins in the settings are no guests."""
        return is_guest_account(member) and str(member["id"]) not in self.guests.admins

    def _drop_rules(
        self, slack_user: str, now: float, *, with_mentions: bool = True
    ) -> tuple[list[str], list[str]]:
        """Drop a person's own rules and mentions; return the names of both kinds of rules."""
        for _ in range(MOST_TRIES):
            book = self.store.rules.book()
            own = [one.name for one in book.rules if one.slack_user == slack_user]
            kept = [one for one in book.rules if one.slack_user != slack_user]
            mentions = [one.name for one in kept if one.mention == slack_user and with_mentions]
            if not own and not mentions:
                break
            rules = [replace(one, mention=None) if one.name in mentions else one for one in kept]
            if self.store.rules.replace(book, rules, by=SLACK, now=now):
                what = "rules of a person who left" if with_mentions else "rules of a new guest"
                self.store.audit.note(SLACK, what, slack_user, now=now)
                return own, mentions
        return [], []

    def _stop_digest(self, slack_user: str) -> bool:
        plan = self.store.digests.plan(slack_user)
        if plan is None or not plan.is_on:
            return False
        self.store.digests.set_plan(replace(plan, is_on=False))
        return True

    def _unlink(self, slack_user: str) -> None:
        self.store.links.remove(slack_user)
        preference = self.store.preferences.of(slack_user)
        if preference.direct:
            self.store.preferences.set(slack_user, replace(preference, direct=None))
