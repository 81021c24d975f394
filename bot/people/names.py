"""Names for phone numbers and Slack users."""

from dataclasses import replace

from bot.models.calls import Call
from bot.models.contacts import Contact
from bot.models.templates import TITLES
from bot.models.texts import Text
from bot.people.addressing import name_to_address, name_to_sign
from bot.phone_numbers import is_whole
from bot.store import Store
from bot.ui.mrkdwn import name_of, shorten

# Short enough that "or 2 others" isn't cut off.
MAX_BEFORE_OTHERS = 60
# A name with this many digits is a number with a note.
FEWEST_DIGITS_OF_NUMBER = 5


def without_title(typed: str) -> str:
    """Return `Lopez` for `Mr. Lopez`; empty if there is no title before a name."""
    first, _, rest = typed.strip().partition(" ")
    return rest.strip() if first.casefold().strip(".,") in TITLES else ""


def contacts_of(number: str | None, store: Store, *, meant: int | None = None) -> list[Contact]:
    """Return the contacts with a number: the chosen one first, then the oldest.

    Only the one with the ID `meant`, if it has the number.
    """
    if not number or not is_whole(number):
        return []
    contacts = store.contacts.with_number(number)
    if named := [contact for contact in contacts if contact.contact_id == meant]:
        return named
    if len(contacts) > 1:
        chosen = store.contact_choices.chosen(number)
        contacts.sort(key=lambda contact: contact.contact_id != chosen)
    return contacts


def is_chosen(contact: Contact, number: str, store: Store) -> bool:
    """Return whether someone chose this contact for a number."""
    return store.contact_choices.chosen(number) == contact.contact_id


def with_contact_name(call: Call, store: Store) -> Call:
    """Return the call with the contact's name for the other party, if a contact has the number.

    If several contacts share it and none is chosen, the first is named, "or N others".
    """
    name = contact_name(call.remote_number, store)
    return replace(call, remote_name=name) if name else call


def contact_name(number: str | None, store: Store, *, meant: int | None = None) -> str | None:
    """Return the name of the contact with a number (E.164); see `with_contact_name`."""
    contacts = contacts_of(number, store, meant=meant)
    if not number or not contacts or not contacts[0].name or not name_of(contacts[0].name):
        return None
    name = name_of(contacts[0].name)
    others = len(contacts) - 1
    if others and not is_chosen(contacts[0], number, store):
        more = "1 other" if others == 1 else f"{others} others"
        name = f"{shorten(name, MAX_BEFORE_OTHERS)} or {more}"
    return name


def person_name(number: str | None, store: Store, *, meant: int | None = None) -> str | None:
    """Return the name to address the person with a number (E.164) by, or None.

    A customer reads it, so it's never a company, an email address, a number, or a guess between
    several people, and has no notes. `Lopez, Maria` is Maria Lopez. `meant` is the ID of the
    contact that was named, if any.
    """
    contacts = contacts_of(number, store, meant=meant)
    if number and contacts and is_chosen(contacts[0], number, store):
        contacts = contacts[:1]
    names = {_name_of_person(contact) for contact in contacts}
    return names.pop() if len(names) == 1 else None


def _name_of_person(contact: Contact) -> str | None:
    name = name_of(contact.name or "")
    is_person = name.casefold() != name_of(contact.company or "").casefold() and "@" not in name
    has_digits = sum(char.isdigit() for char in name) >= FEWEST_DIGITS_OF_NUMBER
    has_letters = any(char.isalpha() for char in name)
    if not (is_person and has_letters) or has_digits:
        return None
    return name_to_address(name)


def resolve_number(handle: str, store: Store) -> str | None:
    """Return the number (E.164) in a button's value, which is a number or the ID of a text."""
    if is_whole(handle):
        return handle
    text = store.texts.find(handle)
    return text.number if text else None


def resolve_recipient(handle: str, store: Store) -> tuple[str | None, int | None]:
    """Return the number (E.164) in a button's value, and the contact that is meant, if any."""
    number, _, contact_id = handle.partition(" ")
    if is_whole(number):
        return number, int(contact_id) if contact_id.isdecimal() else None
    return resolve_number(handle, store), None


def slack_name(slack_user: str | None, store: Store) -> str | None:
    """Return the name of a Slack user, if known."""
    found = store.slack_people.find(slack_user) if slack_user else None
    return found.name if found else None


def signature(slack_user: str | None, store: Store) -> str | None:
    """Return the name that a Slack user signs with for customers: without notes."""
    name = slack_name(slack_user, store)
    return name_to_sign(name) or None if name else None


def name_of_writer(text: Text, store: Store) -> str | None:
    """Return the name of a text's writer, if known."""
    return slack_name(text.reply.slack_user, store) if text.reply else None
