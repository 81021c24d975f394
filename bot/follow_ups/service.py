"""Service for follow-ups: set, change, finish, snooze, delete, and list them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.calls.modals import render_missing_modal
from bot.clock import Clock
from bot.errors import NotUnderstood, StepFailed
from bot.follow_ups.form import (
    KEEP,
    OWNER,
    TIME,
    USUAL,
    EnteredFollowUp,
    FollowUpForm,
    fingerprint,
    parse_follow_up_form,
)
from bot.follow_ups.home_section import DELETE, DONE, UNTIL_TOMORROW
from bot.follow_ups.messages import SNOOZES, TOMORROW
from bot.follow_ups.modals import (
    GONE,
    render_follow_up_conflict,
    render_follow_up_set,
)
from bot.follow_ups.presenter import caller_of, present_follow_up_form, present_follow_up_list
from bot.missed_calls.modals import NOT_A_MEMBER
from bot.models.customers.follow_ups import Closing, FollowUp, Topic
from bot.people.lookup import locale_for_user
from bot.people.names import resolve_number, slack_name
from bot.people.permissions import AdminAction, Permissions
from bot.phone_numbers import is_whole
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.formatting import Locale, time_of, weekday_date
from bot.ui.future_times import parse_future
from bot.ui.lists import ERASED_SINCE, changed_by_someone
from bot.ui.mrkdwn import name_of

Json = dict[str, Any]
CONTACT_DELETED = "This contact was deleted. Nothing was changed."


@dataclass(frozen=True)
class SavedFollowUp:
    """The result of a form: `errors` by field, or a confirmation, or neither."""

    errors: Mapping[str, str] = field(default_factory=dict)
    view: Json | None = None


@dataclass(frozen=True)
class FollowUpService:
    """Changes to follow-ups; `wake` starts posting what is due.

    The owner, the person who set it, and admins may change one; methods raise NotAllowed for
    others. Those that answer a click return a modal that explains the conflict if a colleague was
    faster, and None otherwise.
    """

    store: Store
    permissions: Permissions
    clock: Clock
    locale: Locale
    wake: Callable[[], None]

    def form_for_call(self, call_id: str, *, by: str) -> Json:
        """Return the form for a call."""
        call = self.store.calls.find(call_id)
        if call is None:
            return render_missing_modal()
        number = call.remote_number if is_whole(call.remote_number or "") else None
        return self._new_form(Topic(call_id, number=number), by)

    def form_for_contact(self, contact_id: int, *, by: str) -> Json:
        """Return the form for a contact."""
        contact = self.store.contacts.find(contact_id)
        if contact is None:
            return render_follow_up_conflict(CONTACT_DELETED)
        number = next(filter(is_whole, contact.numbers), None)
        return self._new_form(Topic(contact_id=contact_id, number=number), by)

    def form_for_thread(self, handle: str, *, by: str) -> Json:
        """Return the form for a conversation; `handle` is a button's value."""
        number = resolve_number(handle, self.store)
        if number is None:
            return render_missing_modal()
        return self._new_form(Topic(number=number), by)

    def edit_form(self, follow_up_id: int, *, by: str) -> Json:
        """Return the form with a follow-up, or why it can't be changed."""
        one = self._find(follow_up_id, by)
        if one is None or not one.is_open:
            return render_follow_up_conflict(self._describe(one, by))
        form = FollowUpForm(make_token(), one.topic, one.follow_up_id, one.version)
        entered = EnteredFollowUp(
            replace(form, seen=fingerprint(one)),
            one.owner,
            KEEP,
            note=one.note,
            ends_with_talk=one.ends_with_talk,
        )
        # A time that has passed can't be kept; the form then suggests the usual one.
        is_ahead = one.due_at > self.clock.now()
        due = self._in_words(one.due_at, one.owner) if is_ahead else ""
        return present_follow_up_form(entered, due=due, store=self.store, locale=self.locale)

    def reset_menu(self, follow_up_id: int) -> None:
        """Have the snooze menus of a follow-up's messages shown without a choice."""
        self.store.follow_ups.reset_menu(follow_up_id)
        self.wake()

    def submit(self, view: Json, *, by: str) -> SavedFollowUp:
        """Validate a form and save the follow-up, once for each time it is opened."""
        entered = parse_follow_up_form(view)
        if self.store.submissions.knows(entered.form.token):
            return SavedFollowUp()
        seen = None
        if entered.form.follow_up_id is not None:
            seen = self._find(entered.form.follow_up_id, by)
            if seen is None or not seen.is_open:
                return SavedFollowUp({TIME: self._describe(seen, by)})
            is_other = entered.form.seen not in {"", fingerprint(seen)}
            if is_other or seen.version != entered.form.version:
                return SavedFollowUp({TIME: changed_by_someone("this follow-up")})
        elif problem := self._find_problem(entered.form):
            return SavedFollowUp({TIME: problem})
        due_at, errors = self._due(entered, seen)
        # People can remind themselves before a sync has found them.
        if entered.owner != by and self.store.slack_people.find(entered.owner) is None:
            errors = {OWNER: NOT_A_MEMBER, **errors}
        if errors:
            return SavedFollowUp(errors)
        return self._save(entered, seen, due_at, by)

    def add(self, new: FollowUp, *, typed: str, token: str) -> float:
        """Add a follow-up about a caller, once for each token; return when it is due.

        `typed` is the time as someone types it, in the time zone of the owner; it replaces that of
        `new`. Raises NotUnderstood, or StepFailed if the owner is no member.
        """
        if new.owner != new.created_by and self.store.slack_people.find(new.owner) is None:
            raise StepFailed(NOT_A_MEMBER)
        zone = locale_for_user(new.owner, store=self.store, locale=self.locale).zone
        now = self.clock.now()
        due_at = parse_future(typed, now=now, zone=zone, region=self.locale.region)
        self.store.follow_ups.add(replace(new, due_at=due_at), token=token, now=now)
        self.wake()
        return due_at

    def finish(self, follow_up_id: int, *, by: str) -> Json | None:
        """Mark a follow-up as done."""
        return self._close(follow_up_id, Closing.DONE, by)

    def delete(self, follow_up_id: int, *, by: str) -> Json | None:
        """Delete a follow-up."""
        return self._close(follow_up_id, Closing.DELETED, by)

    def snooze(self, follow_up_id: int, version: int, choice: str, *, by: str) -> Json | None:
        """Move a follow-up to a later time, counted in the time zone of its owner."""
        one = self._find(follow_up_id, by)
        if one is None or not one.is_open:
            return self._conflict(one, by)
        if one.version == version:
            zone = locale_for_user(one.owner, store=self.store, locale=self.locale).zone
            now = self.clock.now()
            until = parse_future(SNOOZES.get(choice, SNOOZES[TOMORROW]), now=now, zone=zone)
            if self.store.follow_ups.snooze(one, until, by=by, now=now):
                self.wake()
                return None
        return self._conflict(self.store.follow_ups.find(follow_up_id), by)

    def choose(self, what: str, follow_up_id: int, version: int, *, by: str) -> Json | None:
        """Do what was chosen in the menu of a row, except what opens a modal."""
        if what == DONE:
            return self.finish(follow_up_id, by=by)
        if what == DELETE:
            return self.delete(follow_up_id, by=by)
        if what == UNTIL_TOMORROW:
            return self.snooze(follow_up_id, version, TOMORROW, by=by)
        return None

    def topic_of(self, follow_up_id: int, *, by: str) -> Topic | None:
        """Return what a follow-up is about; None if it was deleted."""
        one = self._find(follow_up_id, by)
        return one.topic if one else None

    def list_view(self, viewer: str, *, of: str = "", page: int = 1, notice: str = "") -> Json:
        """Return a page of the follow-ups that a person has or set; the nearest if out of range.

        Admins may see those `of` someone else; raises NotAllowed for others.
        """
        slack_user = of or viewer
        if slack_user != viewer:
            self.permissions.need_admin(viewer, AdminAction.SEE_FOLLOW_UPS, slack_user)
        return present_follow_up_list(
            slack_user,
            viewer=viewer,
            page=page,
            notice=notice,
            now=self.clock.now(),
            store=self.store,
            locale=self.locale,
        )

    def _new_form(self, topic: Topic, by: str) -> Json:
        form = FollowUpForm(make_token(), topic, opened_at=self.clock.now())
        entered = EnteredFollowUp(form, by, USUAL)
        return present_follow_up_form(entered, due="", store=self.store, locale=self.locale)

    def _find_problem(self, form: FollowUpForm) -> str | None:
        """Return why there can't be a new follow-up about the topic any more."""
        topic, erasures = form.topic, self.store.erasures
        if erasures.erased_since(topic.number, form.opened_at, call_id=topic.call_id):
            return ERASED_SINCE
        if topic.contact_id is not None and self.store.contacts.find(topic.contact_id) is None:
            return CONTACT_DELETED
        return None

    def _due(
        self, entered: EnteredFollowUp, seen: FollowUp | None
    ) -> tuple[float, Mapping[str, str]]:
        """Return when it is due, in the time zone of its owner, and the errors by field."""
        if seen and not entered.typed and entered.when == KEEP:
            return seen.due_at, {}
        owner = locale_for_user(entered.owner, store=self.store, locale=self.locale)
        try:
            due_at = parse_future(
                entered.typed or entered.when,
                now=self.clock.now(),
                zone=owner.zone,
                region=self.locale.region,
            )
        except NotUnderstood as error:
            return 0.0, {TIME: f"{error.reason} For example: {error.example}."}
        return due_at, {}

    def _save(
        self, entered: EnteredFollowUp, seen: FollowUp | None, due_at: float, by: str
    ) -> SavedFollowUp:
        now, token = self.clock.now(), entered.form.token
        if seen is None:
            new = FollowUp(
                0,
                entered.owner,
                by,
                due_at,
                now,
                entered.form.topic,
                entered.note,
                ends_with_talk=entered.ends_with_talk,
            )
            self.store.follow_ups.add(new, token=token, now=now)
        else:
            new = replace(
                seen,
                owner=entered.owner,
                due_at=due_at,
                note=entered.note,
                ends_with_talk=entered.ends_with_talk,
            )
            if not self.store.follow_ups.change(seen, new, by=by, token=token, now=now):
                return SavedFollowUp({TIME: changed_by_someone("this follow-up")})
        self.wake()
        return SavedFollowUp(view=self._confirmation(new, by))

    def _confirmation(self, new: FollowUp, by: str) -> Json:
        """Return what says when the reminder comes."""
        channel = self.store.preferences.of(new.owner).channel
        is_quiet = bool(channel) and self.store.channels.of(channel or "").is_quiet(new.due_at)
        name = slack_name(new.owner, self.store) or "your colleague"
        person = "you" if new.owner == by else name_of(name)
        about = caller_of(new.topic, self.store, self.locale)
        when = self._in_words(new.due_at, new.owner)
        words = f"Vocatech will remind {person} about {about} on {when}."
        if is_quiet:
            words += " That's in quiet hours, so the message arrives when they end."
        return render_follow_up_set(words)

    def _in_words(self, moment: float, owner: str) -> str:
        zone = locale_for_user(owner, store=self.store, locale=self.locale).zone
        at = datetime.fromtimestamp(moment, zone)
        return f"{weekday_date(at)}, {at.year} at {time_of(at)} {at:%Z}"

    def _close(self, follow_up_id: int, how: Closing, by: str) -> Json | None:
        one = self._find(follow_up_id, by)
        if one is None:
            return self._conflict(one, by)
        if self.store.follow_ups.close(follow_up_id, how, by=by, now=self.clock.now()):
            self.wake()
            return None
        return self._conflict(self.store.follow_ups.find(follow_up_id), by)

    def _find(self, follow_up_id: int, by: str) -> FollowUp | None:
        """Return a follow-up that a person may change; raises NotAllowed."""
        one = self.store.follow_ups.find(follow_up_id)
        if one and not one.concerns(by):
            detail = f"{follow_up_id} of {one.owner}"
            self.permissions.need_admin(by, AdminAction.CHANGE_FOLLOW_UPS, detail)
        return one

    def _conflict(self, one: FollowUp | None, by: str) -> Json | None:
        """Return a modal with the current state; None for a second click of the same person."""
        self.wake()
        last = one and (one.changed_by if one.is_open else one.closed_by)
        if last == by:
            return None
        return render_follow_up_conflict(self._describe(one, by))

    def _describe(self, one: FollowUp | None, by: str) -> str:
        """Return the current state of a follow-up, for someone who was too late."""
        if one is None or one.closing is Closing.ERASED:
            return GONE
        last = one.changed_by if one.is_open else one.closed_by
        who = "You" if last == by else name_of(slack_name(last, self.store) or "A colleague")
        if one.is_open:
            return f"{who} moved this follow-up to {self._in_words(one.due_at, one.owner)}."
        if one.closing is Closing.TALK:
            return "This follow-up was closed after a call with the caller."
        done = "marked this follow-up as done" if one.closing is Closing.DONE else "deleted it"
        return f"{who} already {done}."
