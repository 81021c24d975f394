"""Changes to contacts: who may, what is checked, and what is saved at Vocatech."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from bot.clock import Clock
from bot.contacts.form import (
    ContactFormOrigin,
    FieldProblem,
    block_in,
    conflicts_in,
    contact_in,
    field_named,
    form_fields,
    parse_form,
    render_contact_form,
    typed_in_removed,
)
from bot.contacts.messages import title_of
from bot.contacts.modals import render_delete_modal, render_words_modal
from bot.contacts.presenter import DELETED, NUMBER_REMOVED, ContactPresenter
from bot.contacts.validation import validate_contact
from bot.errors import ApiError, NotAllowed, NotFound
from bot.models.contacts import Contact, ContactField, read_numbers
from bot.people.permissions import AdminAction, Permissions
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.error_messages import words_for
from bot.ui.lists import ERASED_SINCE
from bot.ui.mrkdwn import name_of
from bot.vocatech.client import VocatechClient

NOT_SHOWN = "Saved. The contact appears here after tonight's sync."
FAILED = "Something went wrong"
ADMINS_ONLY = "Only admins"
Json = dict[str, Any]
MakeForm = Callable[[Sequence[ContactField]], Json]


@dataclass(frozen=True)
class ContactService:
    """What a user (`by`, a Slack user ID) does to contacts; every change raises ApiError."""

    store: Store
    vocatech: VocatechClient
    permissions: Permissions
    presenter: ContactPresenter
    clock: Clock
    wake: Callable[[], None]
    # Vocatech may take seconds to save a contact, and a colleague may send the same form meanwhile.
    _saving: Lock = field(default_factory=Lock, init=False)

    def form_now(self, make_form: MakeForm) -> Json | None:
        """Return a form; None if the contact fields must be fetched from Vocatech first."""
        fields = self.store.contacts.fields()
        return make_form(fields) if fields else None

    def form_after_fetch(self, make_form: MakeForm) -> Json:
        """Fetch the contact fields, and return a form or the reason why there is none."""
        try:
            return make_form(self.fields())
        except ApiError as error:
            return render_words_modal(FAILED, words_for(error))

    def validate(self, view: Json) -> dict[str, str]:
        """Return errors of a submitted form by block."""
        fields = self.store.contacts.fields()
        values, changed = parse_form(view, fields)
        if lost := typed_in_removed(view, fields):
            return lost
        errors = self._erased_since(values, fields, ContactFormOrigin.of(view))
        errors = errors or self._find_problems(view, values, changed)
        return {block_in(view, name): reason for name, reason in errors.items()}

    def _find_problems(
        self, view: Json, values: Mapping[str, str], changed: set[str]
    ) -> dict[str, str]:
        """Return errors of a form by field: what is wrong, and what a colleague changed since."""
        contact_id, fields = contact_in(view), self.store.contacts.fields()
        stored = self.store.contacts.find(contact_id or 0)
        return conflicts_in(view, stored, values, changed) or validate_contact(
            values,
            changed,
            fields,
            self.store.contacts,
            self.vocatech.region,
            is_new=contact_id is None,
        )

    def _erased_since(
        self, values: Mapping[str, str], fields: Sequence[ContactField], opened: ContactFormOrigin
    ) -> dict[str, str]:
        """Return an error if everything about a number was erased after the form was opened."""
        erasures, region = self.store.erasures, self.vocatech.region
        for one in fields:
            numbers = read_numbers(values, [one.name], region) if one.is_phone else ()
            for number in numbers:
                if erasures.erased_since(number, opened.opened_at, call_id=None):
                    return {one.name: ERASED_SINCE}
        return {}

    def save(self, view: Json, *, by: str) -> tuple[Json, str]:
        """Save a submitted form at Vocatech; return the view to show and its text."""
        contact_id, opened = contact_in(view), ContactFormOrigin.of(view)
        fields = self.store.contacts.fields()
        values, changed = parse_form(view, fields)
        row = {name: values[name] for name in values if name in changed or contact_id is None}
        again = partial(self._form_again, contact_id, values, changed, opened)
        try:
            with self._saving:
                if errors := self._find_problems(view, values, changed):
                    name, reason = next(iter(errors.items()))
                    return again(FieldProblem(reason, name)), reason
                saved = self._create_or_change(contact_id, row, by)
        except NotFound:
            return render_words_modal(*DELETED), DELETED[1]
        except ApiError as error:
            asked = form_fields(fields, self.store.contacts.find(contact_id or 0))
            problem = FieldProblem(words_for(error), field_named(error, asked))
            return again(problem), problem.reason
        if saved is None:
            return render_words_modal("Contact saved", NOT_SHOWN), "Saved."
        shown = self.presenter.modal(saved, viewer=by, said="Saved.", seen_in=opened.seen_in)
        return shown, "Saved."

    def ask_about_deleting(self, contact_id: int, *, by: str) -> Json:
        """Return the modal that asks an admin to confirm, or why it can't be deleted."""
        if refusal := self.refuse_deleting(contact_id, by=by):
            return refusal
        contact = self.store.contacts.find(contact_id)
        if contact is None:
            return render_words_modal(*DELETED)
        return render_delete_modal(contact, token=make_token())

    def refuse_deleting(self, contact_id: int, *, by: str) -> Json | None:
        """Return a modal for users who may not delete contacts."""
        try:
            self.permissions.need_admin(by, AdminAction.DELETE_CONTACTS, f"contact {contact_id}")
        except NotAllowed as error:
            return render_words_modal(ADMINS_ONLY, str(error))
        return None

    def delete_and_explain(self, contact_id: int, *, by: str) -> tuple[Json, str]:
        """Delete a contact; return the view to show and its text."""
        contact = self.store.contacts.find(contact_id)
        name = title_of(contact) if contact else "The contact"
        title, words = "Contact deleted", f"{name} was deleted."
        try:
            self.delete(contact_id, by=by)
        except NotFound:
            title, words = DELETED
        except ApiError as error:
            title, words = FAILED, words_for(error)
        return render_words_modal(title, words), words

    def choose_and_show(self, number: str, contact_id: int, *, by: str, seen_in: str = "") -> Json:
        """Choose the contact of a number; return the view to show."""
        contact = self.store.contacts.find(contact_id)
        if contact is None:
            return render_words_modal(*DELETED)
        if not self.choose(number, contact_id, by=by):
            return render_words_modal(*NUMBER_REMOVED)
        said = "Cards of this number now show this contact."
        return self.presenter.modal(contact, viewer=by, said=said, seen_in=seen_in)

    def fields(self) -> list[ContactField]:
        """Return the company's contact fields, fetched from Vocatech if none are stored."""
        known = self.store.contacts.fields()
        if not known:
            known = self.vocatech.interactive.contacts.fields()
            self.store.contacts.set_fields(known)
        return known

    def create(self, row: Mapping[str, str], *, by: str) -> Contact | None:
        """Create a contact; None if Vocatech created it but didn't return it."""
        created = self.vocatech.interactive.contacts.save_one(row, self.fields())
        if created is None:
            self._note(by, "contact created", "contact without a known ID")
            return None
        before = self.store.contacts.find(created.contact_id)
        what = "contact changed" if before else "contact created"
        self._note(by, what, f"contact {created.contact_id}")
        self._save(created, before)
        return created

    def change(self, contact_id: int, row: Mapping[str, str], *, by: str) -> Contact:
        """Change these fields only; an empty value clears a field. Raises NotFound, too."""
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
        self._save(changed, before)
        return changed

    def delete(self, contact_id: int, *, by: str) -> None:
        """Delete a contact; raises NotAllowed, or NotFound if it was already deleted."""
        self.permissions.need_admin(by, AdminAction.DELETE_CONTACTS, f"contact {contact_id}")
        try:
            self.vocatech.interactive.contacts.delete(contact_id)
        except NotFound:
            self._drop(contact_id)
            raise
        self._note(by, "contact deleted", f"contact {contact_id}")
        self._drop(contact_id)

    def choose(self, number: str, contact_id: int, *, by: str) -> bool:
        """Remember the contact of a shared number; False if the contact no longer has it."""
        if not self.store.contact_choices.choose(number, contact_id):
            return False
        self._note(by, "contact chosen", f"contact {contact_id} for a number ending {number[-4:]}")
        self._show_again([number])
        return True

    def _create_or_change(
        self, contact_id: int | None, row: Mapping[str, str], by: str
    ) -> Contact | None:
        if contact_id is None:
            return self.create({name: value for name, value in row.items() if value}, by=by)
        if row:
            return self.change(contact_id, row, by=by)
        unchanged = self.store.contacts.find(contact_id)
        if unchanged is None:
            raise NotFound(DELETED[1])
        return unchanged

    def _form_again(
        self,
        contact_id: int | None,
        values: Mapping[str, str],
        changed: set[str],
        opened: ContactFormOrigin,
        problem: FieldProblem,
    ) -> Json:
        """Return the form as it was sent, with the reason why it wasn't saved."""
        fields = self.store.contacts.fields()
        contact = self.store.contacts.find(contact_id) if contact_id is not None else None
        if contact is None and contact_id is not None:
            contact = Contact(contact_id)
        return render_contact_form(
            fields,
            values,
            token=make_token(),
            contact=contact,
            typed=changed,
            problem=problem,
            opened=opened,
        )

    def _save(self, contact: Contact, before: Contact | None) -> None:
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
