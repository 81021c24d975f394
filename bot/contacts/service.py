"""Contacts: validated, created, changed, deleted at Vocatech; slow forms."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.contacts.messages import title_of
from bot.contacts.modals import render_words_modal
from bot.errors import ApiError, NotFound, RequestRefused
from bot.models.contacts import Contact, ContactField, read_numbers, wrong_number
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.slack.modal_state import Json
from bot.store import Store
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, name_of
from bot.vocatech.client import VocatechClient

GONE = "This contact was deleted in Vocatech meanwhile. Nothing was changed."


@dataclass(frozen=True)
class ContactService:
    """What somebody (a Slack user id, `by`) does to contacts; every change raises ApiError."""

    store: Store
    vocatech: VocatechClient
    clock: Clock
    wake: Callable[[], None]

    def fields(self) -> list[ContactField]:
        """Give the company's own fields, asked for where no look has found them yet."""
        known = self.store.contacts.fields()
        if not known:
            known = self.vocatech.interactive.contacts.fields()
            self.store.contacts.set_fields(known)
        return known

    def create(self, row: Mapping[str, str], *, by: str) -> Contact | None:
        """Make a contact; None where Vocatech made it and did not give it back."""
        made = self.vocatech.interactive.contacts.save_one(row, self.fields())
        if made is None:
            self._note(by, "contact created", "contact without a known id")
            return None
        before = self.store.contacts.find(made.contact_id)
        what = "contact changed" if before else "contact created"
        self._note(by, what, f"contact {made.contact_id}")
        self._keep(made, before)
        return made

    def change(self, contact_id: int, row: Mapping[str, str], *, by: str) -> Contact:
        """Change these fields and no others; an empty one is emptied. Raises NotFound too."""
        fields = self.fields()
        before = self.store.contacts.find(contact_id)
        try:
            changed = self.vocatech.interactive.contacts.update(contact_id, row, fields)
        except NotFound:
            self._drop(contact_id)
            raise
        if changed is None:
            whole = {**(before.fields if before else {}), **row}
            kept = {name: value for name, value in whole.items() if value}
            phones = [one.name for one in fields if one.is_phone]
            numbers = read_numbers(kept, phones, self.vocatech.region)
            changed = Contact(contact_id, kept, numbers)
        names = ", ".join(name_of(name) for name in row)
        self._note(by, "contact changed", f"contact {contact_id}: {names}")
        self._keep(changed, before)
        return changed

    def delete(self, contact_id: int, *, by: str) -> None:
        """Delete a contact; raises NotFound where somebody else has done so."""
        try:
            self.vocatech.interactive.contacts.delete(contact_id)
        except NotFound:
            self._drop(contact_id)
            raise
        self._note(by, "contact deleted", f"contact {contact_id}")
        self._drop(contact_id)

    def choose(self, number: str, contact_id: int, *, by: str) -> bool:
        """Remember who is meant by a number; False when that contact has it no more."""
        if not self.store.choices.choose(number, contact_id):
            return False
        self._note(by, "contact chosen", f"contact {contact_id} for a number ending {number[-4:]}")
        self._show_again([number])
        return True

    def owner_of(
        self, row: Mapping[str, str], fields: list[ContactField]
    ) -> tuple[str, Contact] | None:
        """Give who has one of these match fields already, and which field that is.

        Vocatech would change that contact instead of making another.
        """
        for one in fields:
            value = row.get(one.name, "") if one.is_match else ""
            if not value:
                continue
            for contact in self._perhaps(value, is_phone=one.is_phone):
                if _parts(one, value, self.vocatech.region) & _parts(
                    one, contact.fields.get(one.name, ""), self.vocatech.region
                ):
                    return one.name, contact
        return None

    def _perhaps(self, value: str, *, is_phone: bool) -> list[Contact]:
        if not is_phone:
            return self.store.contacts.search(value)
        numbers = read_numbers({"": value}, [""], self.vocatech.region)
        return [one for number in numbers for one in self.store.contacts.with_number(number)]

    def _keep(self, contact: Contact, before: Contact | None) -> None:
        self.store.contacts.save(contact, now=self.clock.now())
        numbers = {*contact.numbers, *(before.numbers if before else ())}
        self._show_again(numbers)

    def _drop(self, contact_id: int) -> None:
        gone = self.store.contacts.find(contact_id)
        if gone and self.store.contacts.drop(contact_id):
            self._show_again(gone.numbers)

    def _show_again(self, numbers: Collection[str]) -> None:
        if self.store.calls.show_again(numbers, now=self.clock.now()):
            self.wake()

    def _note(self, by: str, what: str, detail: str) -> None:
        self.store.audit.note(by, what, detail, now=self.clock.now())


def _parts(one: ContactField, value: str, region: str) -> set[str]:
    if one.is_phone:
        return set(read_numbers({"": value}, [""], region))
    return {value.strip().casefold()} - {""}


def validate_contact(
    values: Mapping[str, str],
    changed: set[str],
    fields: list[ContactField],
    changes: ContactService,
    *,
    is_new: bool,
) -> dict[str, str]:
    """Give what can be told to be wrong without Vocatech, by the name of the field."""
    region = changes.vocatech.region
    wrong: dict[str, str] = {}
    for one in fields:
        is_to_send = is_new or one.name in changed
        if one.is_phone and is_to_send and (part := wrong_number(values.get(one.name, ""), region)):
            wrong[one.name] = (
                f"“{name_of(part)}” is no whole phone number. Write it with its area code, such as"
                " (212) 555-0123, or with + and the country code; put ; between several."
            )
    if wrong or not is_new:
        return wrong
    matched = [one.name for one in fields if one.is_match and one.name in values]
    if not any(values.values()):
        return {next(iter(values), ""): "Please fill in at least one field."}
    if matched and not any(values[name] for name in matched):
        return {matched[0]: "Please fill this in: Vocatech tells contacts apart by it."}
    if owner := changes.owner_of(values, fields):
        name, contact = owner
        return {
            name: f"{title_of(contact)} has this already, and Vocatech would change that contact"
            " instead of making another. Look it up with /contact and edit it."
        }
    return {}


def field_named(error: ApiError, fields: Sequence[ContactField]) -> str | None:
    """Give the field that a refusal names, or else the first; None for what is of no field."""
    if not isinstance(error, RequestRefused) or not fields:
        return None
    named = [one.name for one in fields if one.name and one.name.lower() in str(error).lower()]
    return max(named, key=len, default=fields[0].name)


# Slack must have taken our answer by then, or "Saving…" would come after the outcome and stay.
SECONDS_FOR_SLACK = 0.4

PATIENCE = "This may take a few seconds. Should it stay, /contact shows whether it was done."

AGAIN = "This was sent already, and is done once. /contact shows how it stands."


def is_first(ack: Callable[..., Any], token: str, *, doing: str, changes: ContactService) -> bool:
    """Answer a submission before the work begins; say whether the form was not sent before."""
    is_new = changes.store.submissions.take(token, now=changes.clock.now())
    shown = render_words_modal(doing, PATIENCE) if is_new else render_words_modal("Sent", AGAIN)
    ack(response_action="update", view=shown)
    return is_new


def show_outcome(
    slack: SlackClient, body: Mapping[str, Any], outcome: Json, words: str, *, began: float
) -> None:
    """Show what became of it in the modal, or say it in a message to whoever closed that.

    `began` is the `time.monotonic()` moment at which the submission was answered.
    """
    time.sleep(max(0.0, began + SECONDS_FOR_SLACK - time.monotonic()))
    try:
        slack.update_modal(body["view"]["id"], outcome, seen_hash=None)
    except FAILURES:
        said = f"About the contact that you sent me: {words}"
        block = {"type": "section", "text": {"type": "plain_text", "text": said, "emoji": False}}
        slack.post(body["user"]["id"], Message(escape(said), [block], [block]))
