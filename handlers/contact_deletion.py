"""Contact deletion: asked twice, for admins alone, and done once."""

import json
import time
from collections.abc import Callable
from typing import Any

from bot.contacts.messages import title_of
from bot.contacts.modals import render_delete_modal, render_words_modal
from bot.contacts.presenter import show_in_place
from bot.contacts.service import GONE, ContactChanges
from bot.errors import ApiError, NotAllowed, NotFound
from bot.people.permissions import Rights
from bot.slack.client import SlackPoster
from bot.slack.modal_state import is_first, make_token, show_outcome
from bot.ui.error_messages import words_for

Ack = Callable[..., Any]
Json = dict[str, Any]


def ask_about_deleting(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    changes: ContactChanges,
    rights: Rights,
    slack: SlackPoster,
) -> None:
    """Say what is lost with a contact, and ask an admin for the last word."""
    ack()
    contact_id = int(action["value"])
    contact = changes.store.contacts.find(contact_id)
    try:
        rights.need_admin(body["user"]["id"], "delete contacts", f"contact {contact_id}")
        view = render_words_modal("Deleted meanwhile", GONE)
        if contact:
            view = render_delete_modal(contact, token=make_token())
    except NotAllowed as error:
        view = render_words_modal("Only admins", str(error))
    show_in_place(slack, body, view)


def delete_contact(
    ack: Ack,
    body: Json,
    view: Json,
    *,
    changes: ContactChanges,
    rights: Rights,
    slack: SlackPoster,
) -> None:
    """Delete a contact at Vocatech, and say what became of it."""
    state, by = json.loads(view["private_metadata"]), body["user"]["id"]
    contact = changes.store.contacts.find(state["contact_id"])
    try:
        rights.need_admin(by, "delete contacts", f"contact {state['contact_id']}")
    except NotAllowed as error:
        ack(response_action="update", view=render_words_modal("Only admins", str(error)))
        return
    if not is_first(ack, state["token"], doing="Deleting…", changes=changes):
        return
    began = time.monotonic()
    title, words = "Deleted", f"{title_of(contact) if contact else 'The contact'} is deleted."
    try:
        changes.delete(state["contact_id"], by=by)
    except NotFound:
        title, words = "Deleted meanwhile", GONE
    except ApiError as error:
        title, words = "That did not work", words_for(error)
    show_outcome(slack, body, render_words_modal(title, words), words, began=began)
