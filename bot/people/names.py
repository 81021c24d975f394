"""Owns who is meant by a number: the contact, and the name that cards and lists show."""

from dataclasses import replace

from bot.models.calls import Call
from bot.models.contacts import Contact
from bot.models.texts import Text
from bot.phone_numbers import is_whole
from bot.store import Store
from bot.ui.mrkdwn import name_of, shorten

# So that what follows the name is not cut off with it.
MOST_BEFORE_OTHERS = 60


def contacts_of(number: str | None, store: Store) -> list[Contact]:
    """Give the contacts with a number, whom somebody chose first, then the one known longest."""
    if not number or not is_whole(number):
        return []
    contacts = store.contacts.with_number(number)
    if len(contacts) > 1:
        chosen = store.choices.chosen(number)
        contacts.sort(key=lambda contact: contact.contact_id != chosen)
    return contacts


def is_chosen(contact: Contact, number: str, store: Store) -> bool:
    """Say whether somebody chose this contact for a number."""
    return store.choices.chosen(number) == contact.contact_id


def with_contact_name(call: Call, store: Store) -> Call:
    """Give the call with the contact's name for the other party, where a contact has the number.

    Where several share it and nobody chose, the first is named, "or N others".
    """
    name = contact_name(call.remote_number, store)
    return replace(call, remote_name=name) if name else call


def contact_name(number: str | None, store: Store) -> str | None:
    """Return the name of the contact with a number (E.164); see `with_contact_name`."""
    contacts = contacts_of(number, store)
    if not number or not contacts or not contacts[0].name or not name_of(contacts[0].name):
        return None
    name = name_of(contacts[0].name)
    others = len(contacts) - 1
    if others and not is_chosen(contacts[0], number, store):
        more = "1 other" if others == 1 else f"{others} others"
        name = f"{shorten(name, MOST_BEFORE_OTHERS)} or {more}"
    return name


def resolve_number(handle: str, store: Store) -> str | None:
    """Give the number (E.164) that a button means: it names that, or a text with it."""
    if is_whole(handle):
        return handle
    text = store.texts.find(handle)
    return text.number if text else None


def slack_name(slack_user: str | None, store: Store) -> str | None:
    """Give the name of somebody in Slack, where it is known."""
    found = store.slack_people.find(slack_user) if slack_user else None
    return found.name if found else None


def name_of_writer(text: Text, store: Store) -> str | None:
    """Give the name of our person who wrote a text, where it is known."""
    return slack_name(text.reply.slack_user, store) if text.reply else None
