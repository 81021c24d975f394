"""Contact forms: a new contact or an edited one, checked, and sent to Vocatech once."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt import Ack

from bot.contacts.form import FieldProblem, block_in, form_fields, read_form, render_contact_form
from bot.contacts.modals import render_words_modal
from bot.contacts.presenter import ContactPresenter, show_in_place
from bot.contacts.service import (
    GONE,
    ContactService,
    field_named,
    is_first,
    show_outcome,
    validate_contact,
)
from bot.errors import ApiError, NotFound
from bot.models.contacts import Contact, ContactField, with_derived_fields
from bot.slack.client import SlackClient
from bot.slack.modal_state import make_token
from bot.ui.error_messages import words_for

SAVED_UNSEEN = "Saved. It shows here after the next look through the address book, tonight."

NO_FIELDS = (
    "No fields",
    "Your company shows no fields for contacts yet; make some in Vocatech's portal.",
)

Json = dict[str, Any]


@dataclass(frozen=True)
class ContactFormHandlers:
    """The form for a new or an edited contact."""

    contacts: ContactService
    slack: SlackClient
    region: str
    contact_presenter: ContactPresenter

    def open_form(self, body: Mapping[str, Any], typed: str) -> None:
        """Open the form for a new contact, with what was typed filled in: a number or a name."""

        def make(fields: Sequence[ContactField]) -> Json:
            return render_contact_form(
                fields, with_derived_fields(typed, fields, self.region), token=make_token()
            )

        _show_form(body, make, self.contacts, self.slack, self.slack.show_modal)

    def create_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a new contact with the words that found nobody."""
        ack()
        self.open_form(body, action["value"])

    def edit_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form with a contact in it."""
        ack()
        contact = self.contacts.store.contacts.find(int(action["value"]))
        if contact is None:
            show_in_place(self.slack, body, render_words_modal("Deleted meanwhile", GONE))
            return
        found = contact

        def make(fields: Sequence[ContactField]) -> Json:
            return render_contact_form(fields, found.fields, token=make_token(), contact=found)

        _show_form(body, make, self.contacts, self.slack, partial(show_in_place, self.slack))

    def save_contact(self, ack: Ack, body: Json, view: Json) -> None:
        """Check what was filled in, save it at Vocatech, and show the contact, or what is wrong."""
        state, by = json.loads(view["private_metadata"]), body["user"]["id"]
        fields = self.contacts.store.contacts.fields()
        values, changed = read_form(view, fields)
        contact_id = state["contact_id"]
        wrong = validate_contact(values, changed, fields, self.contacts, is_new=contact_id is None)
        if wrong and not self.contacts.store.submissions.knows(state["token"]):
            places = {block_in(view, name): reason for name, reason in wrong.items()}
            ack(response_action="errors", errors=places)
            return
        if not is_first(ack, state["token"], doing="Saving…", changes=self.contacts):
            return
        began = time.monotonic()
        row = {name: values[name] for name in values if name in changed or contact_id is None}
        outcome, words = render_words_modal("Saved", SAVED_UNSEEN), "Saved."
        try:
            if saved := _save(contact_id, row, by, self.contacts):
                outcome = self.contact_presenter.modal(saved, viewer=by, said=words)
        except NotFound:
            outcome, words = render_words_modal("Deleted meanwhile", GONE), GONE
        except ApiError as error:
            outcome, words = (
                _form_again(error, contact_id, values, changed, self.contacts),
                words_for(error),
            )
        show_outcome(self.slack, body, outcome, words, began=began)


def _show_form(
    body: Mapping[str, Any],
    make: Callable[[Sequence[ContactField]], Json],
    changes: ContactService,
    slack: SlackClient,
    show: Callable[[Mapping[str, Any], Json], Any],
) -> None:
    """Show a form at once, or words until Vocatech has told the fields: a trigger lives 3 s."""
    if fields := changes.store.contacts.fields():
        show(body, make(fields) if form_fields(fields) else render_words_modal(*NO_FIELDS))
        return
    words = render_words_modal("One moment…", "I ask Vocatech which fields your contacts have.")
    view_id = show_in_place(slack, body, words)
    try:
        fields = changes.fields()
        view = make(fields) if form_fields(fields) else render_words_modal(*NO_FIELDS)
    except ApiError as error:
        view = render_words_modal("That did not work", words_for(error))
    slack.update_modal(view_id, view, seen_hash=None)


def _form_again(
    error: ApiError,
    contact_id: int | None,
    values: Mapping[str, str],
    changed: set[str],
    changes: ContactService,
) -> Json:
    """Give the form as it was sent, with the reason why it was not saved."""
    fields = changes.store.contacts.fields()
    kept = changes.store.contacts.find(contact_id) if contact_id is not None else None
    if kept is None and contact_id is not None:
        kept = Contact(contact_id)
    return render_contact_form(
        fields,
        values,
        token=make_token(),
        contact=kept,
        typed=changed,
        trouble=FieldProblem(words_for(error), field_named(error, form_fields(fields, kept))),
    )


def _save(
    contact_id: int | None, row: Mapping[str, str], by: str, changes: ContactService
) -> Contact | None:
    if contact_id is None:
        return changes.create({name: value for name, value in row.items() if value}, by=by)
    if row:
        return changes.change(contact_id, row, by=by)
    kept = changes.store.contacts.find(contact_id)
    if kept is None:
        raise NotFound(GONE)
    return kept
