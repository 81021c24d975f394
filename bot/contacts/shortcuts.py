"""What shortcuts show: forms, and the customers that a message is about."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.calls.service import CallSearchService, PendingSearch
from bot.contacts.message_parsing import names_in, text_of_message
from bot.contacts.presenter import ContactPresenter, search_contacts
from bot.contacts.shortcut_form import (
    LOOK_UP,
    MAX_TARGETS,
    NOTE,
    Target,
    parse_target,
    recipient_options,
    render_choose_target,
    render_look_up,
    render_new_sms,
    render_nothing_found,
    render_unknown_number,
)
from bot.models.contacts import Contact
from bot.models.outbox import Subject
from bot.notes.service import NoteService
from bot.people.names import contact_name, contacts_of
from bot.phone_numbers import is_valid, is_whole, parse_number
from bot.phone_numbers.messages import numbers_in
from bot.store import Store
from bot.store.search.folding import cut_words
from bot.texts.modals import Recipient, render_recipients_modal
from bot.texts.service import TextService
from bot.ui.action_ids import CALLS_MODAL
from bot.ui.blocks import words_modal
from bot.ui.formatting import Locale

NO_NUMBER_FOUND = "No phone number or contact was found in this message."
MAX_NUMBERS, MAX_FOUND = 20, 5
MAX_BLOCKS = 90

Json = dict[str, Any]


@dataclass(frozen=True)
class ShortcutService:
    """Shortcuts; what they show is for one person (`viewer`, a Slack user ID)."""

    store: Store
    locale: Locale
    texts: TextService
    contacts: ContactPresenter
    calls: CallSearchService
    notes: NoteService

    def offer_recipients(self, typed: str) -> list[Json]:
        """Return the recipients that match: the typed number, and contacts with their numbers."""
        number = parse_number(typed, self.locale.region)
        found = []
        if number and is_whole(number):
            found.append(Recipient(number, contact_name(number, self.store)))
        for contact in self.store.contacts.search(typed, limit=MAX_TARGETS):
            found += [
                Recipient(one, contact.name or contact.company, contact.contact_id)
                for one in contact.numbers
                if is_whole(one) and one != number
            ]
        return recipient_options(found[:MAX_TARGETS], self.locale)

    def look_up(self, typed: str, *, viewer: str) -> Json:
        """Return the contact that was typed, or a list of several, or what is known of a number."""
        found = search_contacts(typed, self.store, self.locale.region)
        if len(found) == 1:
            return self.contacts.modal(found[0], viewer=viewer)
        number = parse_number(typed, self.locale.region)
        if not found and number and is_whole(number):
            return self._of_number(number, viewer)
        answer = self.contacts.search(typed, viewer=viewer)
        return words_modal("Look up", blocks=answer["blocks"][:MAX_BLOCKS])

    def search_calls(self, typed: str, *, viewer: str) -> tuple[Json, PendingSearch | None]:
        """Return the list of calls; if days must be fetched first, also what is pending."""
        answer, pending = self.calls.begin(viewer, typed)
        return calls_modal(answer), pending

    def finish_search(self, pending: PendingSearch) -> Json:
        """Fetch the missing days, and return the list."""
        return calls_modal(self.calls.finish(pending))

    def text_from(self, body: Mapping[str, Any]) -> Json:
        """Return the form for a message's number, or the choice between several."""
        viewer, targets = body["user"]["id"], self.targets_in(body)
        numbers = {one.number: one for one in targets if is_whole(one.number)}
        if not numbers:
            return render_new_sms(said=NO_NUMBER_FOUND)
        found = [Recipient(one.number, one.name, one.contact_id) for one in numbers.values()]
        if len(found) == 1:
            return self.texts.open_for_handle(found[0].value, viewer=viewer)
        return render_recipients_modal(found, typed="", body="", locale=self.locale)

    def look_up_from(self, body: Mapping[str, Any]) -> Json:
        """Return the contact in a message, or the choice between several.

        In a channel that hides what was said, the contact doesn't show it either.
        """
        targets, seen = self.targets_in(body), str((body.get("channel") or {}).get("id") or "")
        if not targets:
            return render_look_up(said=NO_NUMBER_FOUND)
        if len(targets) == 1:
            return self._of_target(targets[0], body["user"]["id"], seen)
        return render_choose_target(
            targets, kind=LOOK_UP, text="", locale=self.locale, seen_in=seen
        )

    def note_from(self, body: Mapping[str, Any]) -> Json:
        """Return the form for a note with a message's text, or the choice between several."""
        targets, text = self.targets_in(body), text_of_message(body["message"])
        if not targets:
            return render_nothing_found(kind=NOTE)
        if len(targets) == 1:
            return self.notes.new_form(targets[0].note_target, below={}, typed=text)
        return render_choose_target(targets, kind=NOTE, text=text, locale=self.locale)

    def chosen(self, view: Mapping[str, Any], value: str, *, viewer: str) -> Json:
        """Return what a choice between several customers opens."""
        known, target = json.loads(view["private_metadata"]), parse_target(value)
        if known["kind"] == NOTE:
            return self.notes.new_form(target.note_target, below={}, typed=known["text"])
        return self._of_target(target, viewer, known.get("seen_in", ""))

    def targets_in(self, body: Mapping[str, Any]) -> Sequence[Target]:
        """Return the customers that a message is about.

        That of the app's own message; else the numbers and the contacts in its text; else that of
        the thread it is in. If a number can't exist, it may be an order's: the thread comes first.
        """
        message, channel = body["message"], str(body["channel"]["id"])
        if own := self._of_post(channel, str(message.get("ts") or "")):
            return [own]
        text = text_of_message(message)
        found: dict[str, Target] = {}
        for number in numbers_in(text, self.locale.region, most=MAX_NUMBERS):
            found[number] = self._target(number)
        for contact in self._named_in(text):
            for number in contact.numbers:
                if number not in found:
                    found[number] = Target(number, contact.name, contact.contact_id)
        is_sure = any(one.name or is_valid(one.number) for one in found.values())
        if not is_sure and (thread := self._of_post(channel, str(message.get("thread_ts") or ""))):
            found = {thread.number: thread, **found}
        return [*found.values()][:MAX_TARGETS]

    def _of_post(self, channel: str, ts: str) -> Target | None:
        """Return the customer that a message of the app shows."""
        kind, subject = self.store.posts.subject_at(channel, ts) or ("", "")
        if kind == Subject.CALL:
            call = self.store.calls.find(subject)
            number = call.remote_number if call else None
            return self._target(number, call_id=subject) if number else None
        if kind == Subject.TEXT:
            text = self.store.texts.find(subject)
            return self._target(text.number) if text and text.number else None
        is_number = kind == Subject.CONVERSATION and is_whole(subject)
        return self._target(subject) if is_number else None

    def _target(self, number: str, *, call_id: str | None = None) -> Target:
        known = contacts_of(number, self.store)
        contact_id = known[0].contact_id if len(known) == 1 else None
        return Target(number, contact_name(number, self.store), contact_id, call_id)

    def _named_in(self, text: str) -> Iterator[Contact]:
        """Yield the contacts with a whole name in a text."""
        seen: set[int] = set()
        for name in names_in(text):
            words = sorted(cut_words(name))
            for contact in self.store.contacts.search_names(name, MAX_FOUND):
                names = [contact.name, contact.company]
                is_whole_name = any(one and sorted(cut_words(one)) == words for one in names)
                if is_whole_name and contact.contact_id not in seen:
                    seen.add(contact.contact_id)
                    yield contact

    def _of_target(self, target: Target, viewer: str, seen_in: str) -> Json:
        if target.contact_id is not None and (known := self.contacts.find(target.contact_id)):
            return self.contacts.modal(known, viewer=viewer, seen_in=seen_in)
        return self._of_number(target.number, viewer, seen_in)

    def _of_number(self, number: str, viewer: str, seen_in: str = "") -> Json:
        """Return the contact of a number, or a choice, or its latest calls."""
        if view := self.contacts.owner(number, viewer=viewer, seen_in=seen_in):
            return view
        answer = self.calls.page(viewer, number, 0)
        return render_unknown_number(number, answer["blocks"][:MAX_BLOCKS], locale=self.locale)


def calls_modal(answer: Mapping[str, Any]) -> Json:
    """Return an answer to /calls as a modal; calls opened from it show everything."""
    view = words_modal("Calls", blocks=answer["blocks"][:MAX_BLOCKS])
    known = {"callback_id": CALLS_MODAL, "private_metadata": json.dumps({"seen_in": ""})}
    return {**view, **known}
