"""Owns showing contacts to somebody: with their calls, and with the buttons that they may press."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.contacts.messages import render_contact_answer, render_contact_modal
from bot.models.contacts import Contact
from bot.people.names import contacts_of
from bot.people.permissions import Permissions
from bot.slack.client import SlackClient
from bot.slack.views import is_in_modal
from bot.store import Store
from bot.ui.formatting import Locale

LAST_CALLS, LAST_TEXTS = 5, 3
Json = dict[str, Any]


@dataclass(frozen=True)
class ContactPresenter:
    """Cards of contacts, as `viewer` (a Slack user id) may see them."""

    store: Store
    rights: Permissions
    locale: Locale

    def answer(self, contact: Contact, *, viewer: str) -> Json:
        """Give the answer to a command."""
        return render_contact_answer(
            contact,
            self.store.calls.latest_with(contact.numbers, limit=LAST_CALLS),
            self.store.texts.latest_with(contact.numbers, limit=LAST_TEXTS),
            self.store.contacts.fields(),
            locale=self.locale,
            is_admin=self.rights.is_admin(viewer),
        )

    def modal(self, contact: Contact, *, viewer: str, said: str | None = None) -> Json:
        """Give the modal; `said` is what has just been done."""
        numbers = contact.numbers
        shared = (one for one in numbers if len(contacts_of(one, self.store)) > 1)
        return render_contact_modal(
            contact,
            self.store.calls.latest_with(numbers, limit=LAST_CALLS),
            self.store.texts.latest_with(numbers, limit=LAST_TEXTS),
            self.store.contacts.fields(),
            locale=self.locale,
            is_admin=self.rights.is_admin(viewer),
            said=said,
            shared_number=next(shared, None),
        )


def show_in_place(slack: SlackClient, body: Mapping[str, Any], view: Json) -> str:
    """Show a modal to whoever clicked, in place of the one that is open; give its id."""
    if not is_in_modal(body):
        return slack.open_modal(body["trigger_id"], view)[0]
    # However deep somebody has clicked: Slack puts only three modals on top of each other.
    slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])
    return str(body["view"]["id"])
