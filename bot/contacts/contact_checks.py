"""Owns what is wrong with a form for a contact, and at which of its fields that is said."""

from collections.abc import Mapping, Sequence

from bot.contacts.messages import title_of
from bot.contacts.service import ContactChanges
from bot.errors import ApiError, RequestRefused
from bot.models.contacts import ContactField, wrong_number
from bot.ui.message import name_of


def what_is_wrong(
    values: Mapping[str, str],
    changed: set[str],
    fields: list[ContactField],
    changes: ContactChanges,
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
