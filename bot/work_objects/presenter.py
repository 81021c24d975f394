"""Calls and contacts as Work Objects: loaded from the store, for a message or for one person."""

from dataclasses import dataclass, replace

from bot.calls.presenter import callback_of, card_context, is_misplaced, shown_of_call
from bot.contacts.messages import title_of
from bot.models.calls import Call
from bot.models.channels import Visibility
from bot.models.contacts import Contact
from bot.models.customers.notes import CALL as CALL_TARGET
from bot.models.customers.notes import CONTACT as CONTACT_TARGET
from bot.models.customers.notes import NoteTarget
from bot.models.outbox import Post, Subject
from bot.notes.presenter import writer_of
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, is_chosen, with_contact_name
from bot.store import Store
from bot.timeline.modals import CallShown, NoteShown, Shown
from bot.timeline.presenter import TimelinePresenter
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.work_objects.card import reference_of, render_call_entity, render_contact_entity
from bot.work_objects.references import CALL, Reference
from bot.work_objects.view import (
    CallDetails,
    ContactDetails,
    PaneNotes,
    render_call_details,
    render_contact_details,
)

MAX_NOTES, MAX_HISTORY = 3, 10


@dataclass(frozen=True)
class Viewer:
    """A person who opened the side pane from a message in a channel, or from none ("").

    Guests and people from other companies are `is_limited`: they see what the channel shows.
    """

    slack_user: str
    channel: str = ""
    message_ts: str = ""
    is_limited: bool = False


def with_entity(message: Message, post: Post, *, store: Store, locale: Locale) -> Message:
    """Return a message with the entity of its call or contact, if it shows one."""
    if post.kind is Subject.CALL:
        call = store.calls.find(post.subject)
        if call is None or call.is_erased or is_misplaced(post.subject, post.channel, store):
            return message
        call = with_contact_name(call, store)
        callback = callback_of(call, store, counts_others=False)
        made = render_call_entity(call, callback, locale)
    elif post.kind is Subject.CONVERSATION and (contact := _only_contact(post.subject, store)):
        made = render_contact_entity(contact)
    else:
        return message
    return replace(message, entities=(made,))


@dataclass(frozen=True)
class WorkObjectPresenter:
    """The details of calls and contacts as one person sees them."""

    store: Store
    locale: Locale
    timelines: TimelinePresenter

    def is_shown_to(self, about: Reference, viewer: Viewer) -> bool:
        """Return whether a person may see anything: limited ones only what is in the channel."""
        if not viewer.is_limited:
            return True
        if not viewer.channel.startswith(("C", "G")):
            return False
        if about.kind == CALL:
            is_there = self.store.posts.is_shown(about.key, viewer.channel)
            return is_there and not is_misplaced(about.key, viewer.channel, self.store)
        found = self.store.posts.subject_at(viewer.channel, viewer.message_ts)
        contact = self.store.contacts.find(int(about.key))
        is_head = found is not None and found[0] == Subject.CONVERSATION
        return is_head and contact is not None and found is not None and found[1] in contact.numbers

    def details(self, about: Reference, viewer: Viewer) -> Json | None:
        """Return the details; None if it was erased, deleted, or never known."""
        locale = locale_for_user(viewer.slack_user, store=self.store, locale=self.locale)
        if about.kind != CALL:
            contact = self.store.contacts.find(int(about.key))
            return self._contact(contact, viewer, locale) if contact else None
        call = self.store.calls.find(about.key)
        if call is None or call.is_erased:
            return None
        return self._call(with_contact_name(call, self.store), viewer, locale)

    def shows_notes(self, about: Reference, viewer: Viewer) -> bool:
        """Return whether a person sees the notes on something."""
        return not viewer.is_limited and self._shown(about, viewer).transcript

    def _call(self, call: Call, viewer: Viewer, locale: Locale) -> Json:
        about = Reference(CALL, call.call_id)
        shown = self._shown(about, viewer)
        claim = self.store.claims.of(call.call_id)
        # The pane doesn't show how many calls wait, which takes longest to count.
        context = card_context(call, self.store, locale, shown, counts_others=False)
        details = CallDetails(
            shown.of(call),
            context,
            owner=claim.slack_user if claim and context.callback.owner else None,
            is_card_only=viewer.is_limited,
            masks_numbers=viewer.is_limited and not shown.whole_numbers,
        )
        if not viewer.is_limited:
            target = NoteTarget(CALL_TARGET, call.call_id)
            details = replace(
                details,
                contact=_only_contact(call.remote_number, self.store),
                notes=self._notes(target) if shown.transcript else None,
                history=self._history(call, target, shown),
            )
        return render_call_details(details, locale=locale)

    def _contact(self, contact: Contact, viewer: Viewer, locale: Locale) -> Json:
        about = reference_of(contact)
        shown = self._shown(about, viewer)
        details = ContactDetails(
            contact,
            is_card_only=viewer.is_limited,
            masks_numbers=viewer.is_limited and not shown.whole_numbers,
        )
        if not viewer.is_limited:
            target = NoteTarget(CONTACT_TARGET, str(contact.contact_id))
            details = replace(
                details,
                fields=tuple(self.store.contacts.fields()),
                notes=self._notes(target) if shown.transcript else None,
                history=self.timelines.latest(target, shown, limit=MAX_HISTORY),
            )
        return render_contact_details(details, locale=locale)

    def _history(self, call: Call, target: NoteTarget, shown: Visibility) -> list[Shown]:
        """Return what else happened; the call itself is what the pane shows."""
        found = self.timelines.latest(target, shown, limit=MAX_HISTORY + 1)
        others = [
            one
            for one in found
            if not isinstance(one, CallShown) or one.call.call_id != call.call_id
        ]
        return others[:MAX_HISTORY]

    def _shown(self, about: Reference, viewer: Viewer) -> Visibility:
        if about.kind == CALL:
            return shown_of_call(about.key, viewer.channel, self.store)
        return self.store.channels.shown_in(viewer.channel)

    def _notes(self, target: NoteTarget) -> PaneNotes:
        count = self.store.notes.count_of(target)
        latest = self.store.notes.page_of(target, limit=MAX_NOTES)
        shown = [NoteShown(one, writer_of(one, self.store)) for one in latest]
        return PaneNotes(count, shown, latest[0].at if latest else None)


def _only_contact(number: str | None, store: Store) -> Contact | None:
    """Return the contact of a number if there is one, or the one that someone chose."""
    contacts = contacts_of(number, store)
    is_clear = len(contacts) == 1 or (
        number is not None and bool(contacts) and is_chosen(contacts[0], number, store)
    )
    return contacts[0] if is_clear and title_of(contacts[0]) else None
