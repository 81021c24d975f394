"""Contacts in Slack: search results, cards, forms, and choices, each as one user sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.calls.modals import render_missing_modal
from bot.contacts.form import ContactFormOrigin, form_fields, render_contact_form
from bot.contacts.messages import render_contact_answer, render_contact_modal
from bot.contacts.modals import (
    MAX_FOUND,
    render_chooser,
    render_contact_list,
    render_no_contact,
    render_words_modal,
)
from bot.models.contacts import Contact, ContactField, with_derived_fields
from bot.notes.presenter import present_notes
from bot.people.names import contacts_of, is_chosen, resolve_number, without_title
from bot.people.permissions import Permissions
from bot.phone_numbers import EndUnclear, format_number, parse_number, split_number
from bot.slack.client import SlackClient
from bot.slack.modal_state import make_token
from bot.slack.views import is_in_modal
from bot.store import Store
from bot.store.search.contacts import FEWEST_DIGITS, read_digits
from bot.store.search.folding import cut_query
from bot.ui.formatting import Locale

LAST_CALLS, LAST_TEXTS, LAST_NOTES = 5, 3, 3
MAX_ALIKE = 5

NO_NUMBER = ("No phone number", "This call has no phone number, so it has no contact.")

NO_FIELDS = (
    "No contact fields",
    "Your company has no contact fields yet. Add some in the Vocatech portal.",
)

DELETED = ("Contact deleted", "This contact was deleted in Vocatech. Nothing was changed.")

NUMBER_REMOVED = (
    "Contact changed",
    "This contact no longer has this number. Nothing was changed.",
)

Json = dict[str, Any]


@dataclass(frozen=True)
class ContactPresenter:
    """Contacts as `viewer` (a Slack user ID) sees them."""

    store: Store
    permissions: Permissions
    locale: Locale

    def find(self, contact_id: int) -> Contact | None:
        """Return a contact; None if it was deleted."""
        return self.store.contacts.find(contact_id)

    def has_name(self, typed: str) -> bool:
        """Return whether a contact's name begins with these words, such as New York Bakery.

        `New Maria` isn't Maria Newman; the last word may be incomplete.
        """
        words = cut_query(typed)
        return len(words) > 1 and any(
            known[: len(words) - 1] == words[:-1] and known[len(words) - 1].startswith(words[-1])
            for contact in self.store.contacts.search_names(typed, MAX_FOUND)
            for known in (cut_query(contact.name or ""), cut_query(contact.company or ""))
            if len(known) >= len(words)
        )

    def search(self, typed: str, *, viewer: str) -> Json:
        """Return the answer to a search: one contact, a list, or none."""
        contacts = search_contacts(typed, self.store, self.locale.region)
        if not contacts:
            number = read_number(typed, self.locale.region)
            return render_no_contact(
                self.locale.number(number) if number else typed.removeprefix("@"),
                holds_any=self.store.contacts.count() > 0,
                alike=[] if number else self._alike(typed),
                is_person=typed.startswith("@"),
                locale=self.locale,
            )
        if len(contacts) == 1:
            return self.answer(contacts[0], viewer=viewer)
        return render_contact_list(typed, contacts, locale=self.locale)

    def _alike(self, typed: str) -> list[Contact]:
        """Return contacts with a similar name, or with the one after `Mr.`."""
        plain = without_title(typed)
        named = self.store.contacts.search_names(plain, MAX_ALIKE) if plain else []
        return named or self.store.contacts.search_alike(plain or typed, MAX_ALIKE)

    def answer(self, contact: Contact, *, viewer: str) -> Json:
        """Return the answer to a command that found one contact."""
        return render_contact_answer(
            contact,
            self.store.calls.latest_with(contact.numbers, limit=LAST_CALLS),
            self.store.texts.latest_with(contact.numbers, limit=LAST_TEXTS),
            self.store.contacts.fields(),
            locale=self.locale,
            is_admin=self.permissions.is_admin(viewer),
            notes=self._notes(contact),
            spam=self._spam(contact),
        )

    def modal(
        self,
        contact: Contact | None,
        *,
        viewer: str,
        said: str | None = None,
        seen_in: str = "",
    ) -> Json:
        """Return the modal of a contact; `said` is what was just done. None means deleted.

        `seen_in` is the channel with the message that it was opened from, which may hide what was
        said.
        """
        if contact is None:
            return render_words_modal(*DELETED)
        numbers = contact.numbers
        texts = self.store.texts.latest_with(numbers, limit=LAST_TEXTS)
        if seen_in and not self.store.channels.shown_in(seen_in).summary:
            texts = []
        shared = (one for one in numbers if len(contacts_of(one, self.store)) > 1)
        return render_contact_modal(
            contact,
            self.store.calls.latest_with(numbers, limit=LAST_CALLS),
            texts,
            self.store.contacts.fields(),
            locale=self.locale,
            is_admin=self.permissions.is_admin(viewer),
            said=said,
            shared_number=next(shared, None),
            notes=self._notes(contact, seen_in),
            spam=self._spam(contact),
            seen_in=seen_in,
        )

    def redraw(self, known: Json, viewer: str) -> Json | None:
        """Return the new content of a contact's modal, by its metadata."""
        if "contact_id" not in known:
            return None
        contact, seen = self.find(known["contact_id"]), str(known.get("seen_in") or "")
        return self.modal(contact, viewer=viewer, seen_in=seen)

    def _notes(self, contact: Contact, seen_in: str = "") -> list[Json]:
        """Return the latest notes on a contact and its numbers, as blocks.

        A channel that hides transcripts hides notes, too.
        """
        if seen_in and not self.store.channels.shown_in(seen_in).transcript:
            return []
        notes = self.store.notes.about(contact.numbers, contact.contact_id, limit=LAST_NOTES)
        return present_notes(notes, self.store, self.locale)

    def _spam(self, contact: Contact) -> list[str]:
        """Return the numbers of a contact that are marked as spam."""
        return [one for one in contact.numbers if self.store.screening.is_spam(one)]

    def number_of_call(self, call_id: str) -> str | None:
        """Return the number of the other party."""
        call = self.store.calls.find(call_id)
        return call.remote_number if call else None

    def number_of_thread(self, key: str) -> str | None:
        """Return the number behind a button of a thread of texts."""
        return resolve_number(key, self.store)

    def missing_call(self, call_id: str) -> Json:
        """Return the modal for a call that has no number, or is no longer stored."""
        if self.store.calls.find(call_id) is None:
            return render_missing_modal()
        return render_words_modal(*NO_NUMBER)

    def missing_thread(self) -> Json:
        """Return the modal for a thread that is no longer stored."""
        return render_missing_modal()

    def owner(self, number: str, *, viewer: str, seen_in: str = "") -> Json | None:
        """Return the contact of a number, or a choice of several; None if no contact has it.

        `seen_in` is the channel with the message that it was opened from.
        """
        contacts = contacts_of(number, self.store)
        if not contacts:
            return None
        if len(contacts) == 1 or is_chosen(contacts[0], number, self.store):
            return self.modal(contacts[0], viewer=viewer, seen_in=seen_in)
        return render_chooser(number, contacts, locale=self.locale, seen_in=seen_in)

    def choices(self, number: str, *, seen_in: str = "") -> Json:
        """Return the modal that asks which contact a number belongs to."""
        if contacts := contacts_of(number, self.store):
            return render_chooser(number, contacts, locale=self.locale, seen_in=seen_in)
        return render_words_modal("Contact deleted", "No contact has this number any more.")

    def new_form(
        self, fields: Sequence[ContactField], typed: str, opened: ContactFormOrigin
    ) -> Json:
        """Return the form for a new contact, filled in with a number, email, or name."""
        if not form_fields(fields):
            return render_words_modal(*NO_FIELDS)
        values = with_derived_fields(typed, fields, self.locale.region)
        return render_contact_form(fields, values, token=make_token(), opened=opened)

    def edit_form(
        self, fields: Sequence[ContactField], contact: Contact, opened: ContactFormOrigin
    ) -> Json:
        """Return the form for a contact."""
        if not form_fields(fields):
            return render_words_modal(*NO_FIELDS)
        return render_contact_form(
            fields, contact.fields, token=make_token(), contact=contact, opened=opened
        )


def search_contacts(typed: str, store: Store, region: str) -> list[Contact]:
    """Return the contacts with the number that is typed, else those that match the words."""
    number = read_number(typed, region)
    if exact := store.contacts.with_number(number) if number else []:
        return exact
    found = store.contacts.search(typed, limit=MAX_FOUND)
    digits = read_digits(typed)
    if len(digits) < FEWEST_DIGITS or typed.startswith("+"):
        return found
    # `123` isn't in (231) 555-0161, though its international form begins with +1 231.
    return [one for one in found if _shows_digits(one, digits.lstrip("0"), region)]


def _shows_digits(contact: Contact, digits: str, region: str) -> bool:
    numbers = (format_number(number, region) or number for number in contact.numbers)
    return any(digits in read_digits(text) for text in (*numbers, *contact.fields.values()))


def read_number(typed: str, region: str) -> str | None:
    """Return the number (E.164) that a text is or begins with, or None."""
    if number := parse_number(typed, region):
        return number
    try:
        leading = split_number(typed, region)
    except EndUnclear:
        return None
    return leading.number if leading else None


def show_in_place(slack: SlackClient, body: Mapping[str, Any], view: Json) -> str:
    """Show a modal in place of the open one, or open it; return its ID."""
    if not is_in_modal(body):
        return slack.open_modal(body["trigger_id"], view)[0]
    # In place, because Slack stacks only three modals.
    slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])
    return str(body["view"]["id"])
