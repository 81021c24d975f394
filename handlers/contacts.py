"""Handlers for contacts: look up, show, choose, delete."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.calls.modals import render_missing_modal
from bot.contacts.messages import title_of
from bot.contacts.modals import (
    render_chooser,
    render_contact_list,
    render_delete_modal,
    render_no_contact,
    render_words_modal,
)
from bot.contacts.presenter import ContactPresenter, show_in_place
from bot.contacts.service import GONE, ContactService, is_first, show_outcome
from bot.errors import ApiError, NotAllowed, NotFound
from bot.models.contacts import Contact
from bot.people.names import contacts_of, is_chosen, resolve_number
from bot.people.permissions import Permissions
from bot.phone_numbers import is_whole, normalise
from bot.slack.client import SlackClient
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.command_text import tokenize
from bot.ui.commands import CONTACT, render_help_of
from bot.ui.error_messages import words_for

# Beyond these nobody counts how many more there are.
MOST_FOUND = 100

HAS_IT_NO_MORE = "This contact no longer has that number. Nothing was changed."

NOT_A_CONTACT = "I look for people outside, in the company's address book, not in Slack."

OpenForm = Callable[[Mapping[str, Any], str], None]

Json = dict[str, Any]


@dataclass(frozen=True)
class ContactHandlers:
    """Contacts: look up, show, choose, delete."""

    store: Store
    contact_presenter: ContactPresenter
    open_form: OpenForm
    slack: SlackClient
    contacts: ContactService
    permissions: Permissions

    def answer_contact_command(self, ack: Ack, command: Json) -> None:
        """Answer `/contact`: with the contact, with a list, with a form, or with its help."""
        tokens = tokenize(command.get("text", ""))
        typed = " ".join(token.text for token in tokens)
        if typed.lower() == "new":
            ack()
            self.open_form(command, "")
        elif any(token.is_mention for token in tokens):
            ack(render_help_of(CONTACT, f"{NOT_A_CONTACT} For example:"))
        elif typed and typed.lower() != "help":
            ack(_found(typed, command["user_id"], self.store, self.contact_presenter))
        else:
            ack(render_help_of(CONTACT))

    def show_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the contact whose button was pressed."""
        ack()
        contact = self.store.contacts.find(int(action["value"]))
        if contact is None:
            self.slack.show_modal(body, render_words_modal("Deleted meanwhile", GONE))
        else:
            self.slack.show_modal(
                body, self.contact_presenter.modal(contact, viewer=body["user"]["id"])
            )

    def open_contact_of_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the caller of a call: the contact, a choice of contacts, or a form for a new one."""
        ack()
        call = self.store.calls.find(action["value"])
        number = call.remote_number if call else None
        if number is None:
            words = "This call has no number that is known here, so no contact belongs to it."
            self.slack.show_modal(body, render_words_modal("No number", words))
        else:
            _open_who_has(
                number, body, self.store, self.contact_presenter, self.slack, self.open_form
            )

    def open_contact_of_number(self, ack: Ack, action: Json, body: Json) -> None:
        """Open whom texts with a number are with."""
        ack()
        number = resolve_number(action["value"], self.store)
        if number is None:
            self.slack.show_modal(body, render_missing_modal())
        else:
            _open_who_has(
                number, body, self.store, self.contact_presenter, self.slack, self.open_form
            )

    def offer_choice(self, ack: Ack, action: Json, body: Json) -> None:
        """Let somebody else be chosen for a number."""
        ack()
        number = json.loads(action["value"])["number"]
        contacts = contacts_of(number, self.store)
        if contacts:
            view = render_chooser(number, contacts, locale=self.contact_presenter.locale)
        else:
            view = render_words_modal("Deleted meanwhile", "No contact has this number any more.")
        show_in_place(self.slack, body, view)

    def choose_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Remember who is meant by a number, and show that contact."""
        ack()
        chosen = json.loads(action["value"])
        by = body["user"]["id"]
        contact = self.store.contacts.find(chosen["contact_id"])
        if contact is None:
            view = render_words_modal("Deleted meanwhile", GONE)
        elif self.contacts.choose(chosen["number"], contact.contact_id, by=by):
            said = "From now on the cards of this number show this name."
            view = self.contact_presenter.modal(contact, viewer=by, said=said)
        else:
            view = render_words_modal("Changed meanwhile", HAS_IT_NO_MORE)
        show_in_place(self.slack, body, view)

    def ask_about_deleting(self, ack: Ack, action: Json, body: Json) -> None:
        """Say what is lost with a contact, and ask an admin for the last word."""
        ack()
        contact_id = int(action["value"])
        contact = self.contacts.store.contacts.find(contact_id)
        try:
            self.permissions.need_admin(
                body["user"]["id"], "delete contacts", f"contact {contact_id}"
            )
            view = render_words_modal("Deleted meanwhile", GONE)
            if contact:
                view = render_delete_modal(contact, token=make_token())
        except NotAllowed as error:
            view = render_words_modal("Only admins", str(error))
        show_in_place(self.slack, body, view)

    def delete_contact(self, ack: Ack, body: Json, view: Json) -> None:
        """Delete a contact at Vocatech, and say what became of it."""
        state, by = json.loads(view["private_metadata"]), body["user"]["id"]
        contact = self.contacts.store.contacts.find(state["contact_id"])
        try:
            self.permissions.need_admin(by, "delete contacts", f"contact {state['contact_id']}")
        except NotAllowed as error:
            ack(response_action="update", view=render_words_modal("Only admins", str(error)))
            return
        if not is_first(ack, state["token"], doing="Deleting…", changes=self.contacts):
            return
        began = time.monotonic()
        title, words = "Deleted", f"{title_of(contact) if contact else 'The contact'} is deleted."
        try:
            self.contacts.delete(state["contact_id"], by=by)
        except NotFound:
            title, words = "Deleted meanwhile", GONE
        except ApiError as error:
            title, words = "That did not work", words_for(error)
        show_outcome(self.slack, body, render_words_modal(title, words), words, began=began)


def _found(typed: str, viewer: str, store: Store, views: ContactPresenter) -> Json:
    contacts = look_up(typed, store, views.locale.region)
    if not contacts:
        return render_no_contact(typed, holds_any=store.contacts.count() > 0)
    if len(contacts) == 1:
        return views.answer(contacts[0], viewer=viewer)
    return render_contact_list(
        typed, contacts, locale=views.locale, is_open_ended=len(contacts) == MOST_FOUND
    )


def look_up(typed: str, store: Store, region: str) -> list[Contact]:
    """Give whoever has exactly this number, else whoever is found by the words."""
    number = normalise(typed, region) or ""
    exactly = store.contacts.with_number(number) if is_whole(number) else []
    return exactly or store.contacts.search(typed, limit=MOST_FOUND)


def _open_who_has(
    number: str,
    body: Json,
    store: Store,
    views: ContactPresenter,
    slack: SlackClient,
    open_form: OpenForm,
) -> None:
    contacts = contacts_of(number, store)
    if not contacts:
        open_form(body, number)
    elif len(contacts) == 1 or is_chosen(contacts[0], number, store):
        slack.show_modal(body, views.modal(contacts[0], viewer=body["user"]["id"]))
    else:
        slack.show_modal(body, render_chooser(number, contacts, locale=views.locale))
