"""Parsing of users, contacts, company settings, and webhook subscriptions.

As tolerant as for calls: every known field name is accepted, unknown fields are ignored, and
invalid values are read as unknown. A row without an ID is skipped.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from bot.clock import zone_names
from bot.models.contacts import Contact, ContactField, read_numbers
from bot.models.people import Company, Person
from bot.phone_numbers import normalise
from bot.vocatech.fields import Seconds, Shape, Text, named, read_text

MOST_FIELDS = 200
LONGEST_VALUE = 2_000
# What fits into an SQLite integer.
_ID = re.compile("[0-9]{1,18}")


@dataclass(frozen=True)
class Subscription:
    """A webhook subscription; the secret is only known right after it was created."""

    subscription_id: str
    url: str
    name: str | None = None
    kinds: tuple[str, ...] = ()
    secret: str | None = field(default=None, repr=False)


def _is_true(value: Any) -> bool:
    return value in (True, 1, "1", "true")


Flag = Annotated[bool, BeforeValidator(_is_true)]


class _Field(Shape):
    unread: ClassVar = ("id", "reports_enabled", "hide_no_data", "is_integration")

    name: Text = None
    order: Seconds = None
    is_phone: Flag = False
    is_match: Flag = False
    show_in_fields: Flag = True


class _User(Shape):
    user_id: Text = named("id", "user_id")
    extension: Text = None
    name: Text = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None


class _Company(Shape):
    name: Text = named("name", "company_name")
    time_zone: Text = named("timezone", "time_zone")
    numbers: Any = named("numbers", "phone_numbers")


class _Subscription(Shape):
    subscription_id: Text = named("id", "webhook_id")
    name: Text = None
    url: Text = None
    event_filters: Any = named("event_filters", "events")
    secret: Text = named("secret", "signing_secret")


USER_FIELDS = _User.spellings()
CONTACT_FIELD_FIELDS = _Field.spellings()
SUBSCRIPTION_FIELDS = _Subscription.spellings()
COMPANY_FIELDS = _Company.spellings()


def read_contact_field(row: Any) -> ContactField | None:
    """Parse one contact field (observed)."""
    if not isinstance(row, dict):
        return None
    read = _Field.model_validate(row)
    if read.name is None:
        return None
    return ContactField(
        name=read.name,
        order=read.order or 0,
        is_phone=read.is_phone,
        is_match=read.is_match,
        is_shown=read.show_in_fields,
    )


def read_contact(row: Any, *, phone_fields: Collection[str], region: str) -> Contact | None:
    """Parse one contact: `{id, fields: {name: value}}` with an integer ID (observed)."""
    if not isinstance(row, dict):
        return None
    given, found = row.get("fields"), read_text(row.get("id"))
    if found is None or not _ID.fullmatch(found) or not isinstance(given, dict):
        return None
    values = {
        name: text[:LONGEST_VALUE]
        for name, value in list(given.items())[:MOST_FIELDS]
        if (text := read_text(value)) is not None
    }
    return Contact(int(found), values, read_numbers(values, phone_fields, region))


def read_row_errors(rows: Any) -> dict[int, str]:
    """Parse the failed rows of a batch: `[{index, message}]` (observed)."""
    errors: dict[int, str] = {}
    for row in rows if isinstance(rows, list) else []:
        error = row if isinstance(row, dict) else {"message": row}
        index = error.get("index")
        place = index if isinstance(index, int) else len(errors)
        errors[place] = (read_text(error.get("message")) or "rejected without a reason")[:500]
    return errors


def read_person(row: Any) -> Person | None:
    """Parse one user (assumed): an ID, and the name, extension, and email if present."""
    if not isinstance(row, dict):
        return None
    inner = row.get("user")
    read = _User.model_validate(inner if isinstance(inner, dict) else row)
    if read.user_id is None:
        return None
    parts = [part for part in (read.first_name, read.last_name) if part]
    return Person(read.user_id, read.name or " ".join(parts) or None, read.extension, read.email)


def read_company(answer: Any, *, region: str) -> Company:
    """Parse the company's settings (assumed); an unrecognized time zone is read as None."""
    if not isinstance(answer, dict):
        return Company()
    inner = answer.get("settings")
    read = _Company.model_validate(inner if isinstance(inner, dict) else answer)
    given = read.numbers if isinstance(read.numbers, list) else []
    numbers = (normalise(_number(one), region) for one in given)
    return Company(
        read.name,
        read.time_zone if read.time_zone in zone_names() else None,
        tuple(dict.fromkeys(number for number in numbers if number)),
    )


def read_subscription(row: Any) -> Subscription | None:
    """Parse a webhook subscription (observed; its secret and a wrapping object are assumed)."""
    if not isinstance(row, dict):
        return None
    inner = row.get("webhook")
    read = _Subscription.model_validate({**row, **inner} if isinstance(inner, dict) else row)
    if read.subscription_id is None or read.url is None:
        return None
    kinds = read.event_filters if isinstance(read.event_filters, list) else []
    texts = (read_text(kind) for kind in kinds)
    return Subscription(
        read.subscription_id,
        read.url,
        read.name,
        tuple(kind for kind in texts if kind),
        read.secret,
    )


def _number(given: Any) -> str | None:
    """Return a phone number, bare or in an object under `number` (assumed)."""
    return read_text(given.get("number") if isinstance(given, dict) else given)
