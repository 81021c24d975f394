"""What is wrong with the values of a contact form, as far as it shows without Vocatech."""

from collections.abc import Mapping, Sequence

from bot.contacts.messages import title_of
from bot.models.contacts import Contact, ContactField, find_invalid_number, read_numbers
from bot.store.contacts import Contacts
from bot.ui.mrkdwn import name_of


def validate_contact(
    values: Mapping[str, str],
    changed: set[str],
    fields: Sequence[ContactField],
    store: Contacts,
    region: str,
    *,
    is_new: bool,
) -> dict[str, str]:
    """Return the errors that can be found without Vocatech, by the name of the field."""
    errors: dict[str, str] = {}
    for one in fields:
        is_to_send = is_new or one.name in changed
        if (
            one.is_phone
            and is_to_send
            and (part := find_invalid_number(values.get(one.name, ""), region))
        ):
            errors[one.name] = (
                f"“{name_of(part)}” isn't a complete phone number. Include the area code, such as"
                " (212) 555-0123, or + and the country code. Separate several with semicolons."
            )
    if errors or not is_new:
        return errors
    matched = [one.name for one in fields if one.is_match and one.name in values]
    if not any(values.values()):
        return {next(iter(values), ""): "Fill in at least one field."}
    if matched and not any(values[name] for name in matched):
        return {matched[0]: "Fill in this field. Vocatech uses it to tell contacts apart."}
    if owner := _owner_of(values, fields, store, region):
        name, contact = owner
        return {
            name: f"{title_of(contact)} already has this. Vocatech would change that contact"
            " instead of creating another. Find it with /contact and edit it."
        }
    return {}


def _owner_of(
    row: Mapping[str, str], fields: Sequence[ContactField], store: Contacts, region: str
) -> tuple[str, Contact] | None:
    """Return the contact that already has the value of a match field, and that field.

    Vocatech would change that contact instead of creating another.
    """
    for one in fields:
        value = row.get(one.name, "") if one.is_match else ""
        if not value:
            continue
        for contact in _candidates(one, value, store, region):
            if _parts(one, value, region) & _parts(one, contact.fields.get(one.name, ""), region):
                return one.name, contact
    return None


def _candidates(one: ContactField, value: str, store: Contacts, region: str) -> list[Contact]:
    if not one.is_phone:
        return store.search(value)
    numbers = read_numbers({"": value}, [""], region)
    return [contact for number in numbers for contact in store.with_number(number)]


def _parts(one: ContactField, value: str, region: str) -> set[str]:
    if one.is_phone:
        return set(read_numbers({"": value}, [""], region))
    return {value.strip().casefold()} - {""}
