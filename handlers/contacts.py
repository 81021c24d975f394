"""Contact command: looks up a contact, and shows the one that a card or a list names."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.calls.modals import render_missing_modal
from bot.contacts.modals import (
    render_chooser,
    render_contact_list,
    render_no_contact,
    render_words_modal,
)
from bot.contacts.presenter import ContactViews, show_in_place
from bot.contacts.service import GONE, ContactChanges
from bot.models.contacts import Contact
from bot.people.names import contacts_of, is_chosen, number_of
from bot.phone_numbers import is_whole, normalise
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.command_text import read_tokens
from bot.ui.commands import CONTACT
from bot.ui.help import render_help_of

# Beyond these nobody counts how many more there are.
MOST_FOUND = 100
HAS_IT_NO_MORE = "This contact no longer has that number. Nothing was changed."
NOT_A_CONTACT = "I look for people outside, in the company's address book, not in Slack."
Ack = Callable[..., Any]
OpenForm = Callable[[Mapping[str, Any], str], None]
Json = dict[str, Any]


def answer_contact_command(
    ack: Ack, command: Json, *, store: Store, views: ContactViews, open_form: OpenForm
) -> None:
    """Answer `/contact`: with the contact, with a list, with a form, or with its help."""
    tokens = read_tokens(command.get("text", ""))
    typed = " ".join(token.text for token in tokens)
    if typed.lower() == "new":
        ack()
        open_form(command, "")
    elif any(token.is_mention for token in tokens):
        ack(render_help_of(CONTACT, f"{NOT_A_CONTACT} For example:"))
    elif typed:
        ack(_found(typed, command["user_id"], store, views))
    else:
        ack(render_help_of(CONTACT))


def _found(typed: str, viewer: str, store: Store, views: ContactViews) -> Json:
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


def show_contact(
    ack: Ack, action: Json, body: Json, *, store: Store, views: ContactViews, slack: SlackPoster
) -> None:
    """Open the contact whose button was pressed."""
    ack()
    contact = store.contacts.find(int(action["value"]))
    if contact is None:
        slack.show_modal(body, render_words_modal("Deleted meanwhile", GONE))
    else:
        slack.show_modal(body, views.modal(contact, viewer=body["user"]["id"]))


def open_contact_of_call(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    views: ContactViews,
    slack: SlackPoster,
    open_form: OpenForm,
) -> None:
    """Open who is on the other side of a call: the contact, a choice, or a form for a new one."""
    ack()
    call = store.calls.find(action["value"])
    number = call.remote_number if call else None
    if number is None:
        words = "This call has no number that is known here, so no contact belongs to it."
        slack.show_modal(body, render_words_modal("No number", words))
    else:
        _open_who_has(number, body, store, views, slack, open_form)


def open_contact_of_number(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    views: ContactViews,
    slack: SlackPoster,
    open_form: OpenForm,
) -> None:
    """Open whom texts with a number are with."""
    ack()
    number = number_of(action["value"], store)
    if number is None:
        slack.show_modal(body, render_missing_modal())
    else:
        _open_who_has(number, body, store, views, slack, open_form)


def _open_who_has(
    number: str,
    body: Json,
    store: Store,
    views: ContactViews,
    slack: SlackPoster,
    open_form: OpenForm,
) -> None:
    contacts = contacts_of(number, store)
    if not contacts:
        open_form(body, number)
    elif len(contacts) == 1 or is_chosen(contacts[0], number, store):
        slack.show_modal(body, views.modal(contacts[0], viewer=body["user"]["id"]))
    else:
        slack.show_modal(body, render_chooser(number, contacts, locale=views.locale))


def offer_choice(
    ack: Ack, action: Json, body: Json, *, store: Store, views: ContactViews, slack: SlackPoster
) -> None:
    """Let somebody else be chosen for a number."""
    ack()
    number = json.loads(action["value"])["number"]
    contacts = contacts_of(number, store)
    if contacts:
        view = render_chooser(number, contacts, locale=views.locale)
    else:
        view = render_words_modal("Deleted meanwhile", "No contact has this number any more.")
    show_in_place(slack, body, view)


def choose_contact(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    views: ContactViews,
    slack: SlackPoster,
    changes: ContactChanges,
) -> None:
    """Remember who is meant by a number, and show that contact."""
    ack()
    chosen = json.loads(action["value"])
    by = body["user"]["id"]
    contact = store.contacts.find(chosen["contact_id"])
    if contact is None:
        view = render_words_modal("Deleted meanwhile", GONE)
    elif changes.choose(chosen["number"], contact.contact_id, by=by):
        said = "From now on the cards of this number show this name."
        view = views.modal(contact, viewer=by, said=said)
    else:
        view = render_words_modal("Changed meanwhile", HAS_IT_NO_MORE)
    show_in_place(slack, body, view)
