"""Owns changes of contacts through us: at Vocatech first, then here, in the audit, on the cards."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotFound
from bot.models.contacts import Contact, ContactField, read_numbers
from bot.store import Store
from bot.ui.message import name_of
from bot.vocatech.client import VocatechClient

GONE = "This contact was deleted in Vocatech meanwhile. Nothing was changed."


@dataclass(frozen=True)
class ContactChanges:
    """What somebody (a Slack user id, `by`) does to contacts; every change raises ApiError."""

    store: Store
    vocatech: VocatechClient
    clock: Clock
    wake: Callable[[], None]

    def fields(self) -> list[ContactField]:
        """Give the company's own fields, asked for where no look has found them yet."""
        known = self.store.contacts.fields()
        if not known:
            known = self.vocatech.for_people.contacts.fields()
            self.store.contacts.set_fields(known)
        return known

    def create(self, row: Mapping[str, str], *, by: str) -> Contact | None:
        """Make a contact; None where Vocatech made it and did not give it back."""
        made = self.vocatech.for_people.contacts.save_one(row, self.fields())
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
            changed = self.vocatech.for_people.contacts.update(contact_id, row, fields)
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
            self.vocatech.for_people.contacts.delete(contact_id)
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
