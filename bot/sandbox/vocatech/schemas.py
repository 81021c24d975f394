"""JSON Schemas of the fake API's requests and responses."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.sandbox.vocatech.carrier import REASON
from bot.sandbox.vocatech.contact_store import LONGEST_VALUE, PHONES
from bot.sandbox.vocatech.contacts import MOST_ROWS
from bot.sandbox.vocatech.messages import LONGEST_NAME, LONGEST_TEXT, PLATFORMS
from bot.sandbox.vocatech.request_validation import PHONE
from bot.sandbox.vocatech.subscriptions import ADDRESS, EVENTS
from bot.sandbox.vocatech.subscriptions import LONGEST_NAME as LONGEST_WEBHOOK_NAME
from bot.sandbox.vocatech.users import EMAIL, EXTENSION
from bot.sandbox.vocatech.users import LONGEST_NAME as LONGEST_USER_NAME

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
FLAG: Final[Schema] = {"type": "boolean"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
PAGE: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 1_000_000}


def words(*allowed: str) -> Schema:
    """Return the schema of an enum."""
    return {"type": "string", "enum": list(allowed)}


def like(pattern: str) -> Schema:
    """Return the schema of text that matches a pattern."""
    return {"type": "string", "pattern": pattern}


def said(most: int) -> Schema:
    """Return the schema of text that is not blank."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": r"\S"}


def rows(items: Schema, **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **more}


def thing(needed: Mapping[str, Schema], others: Mapping[str, Schema] | None = None) -> Schema:
    """Return the schema of an object with only these fields."""
    return {
        "type": "object",
        "properties": {**needed, **(others or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def either(*schemas: Schema) -> Schema:
    """Return the schema of a union."""
    return {"anyOf": list(schemas)}


def paged(name: str, item: Schema, query: Mapping[str, Schema]) -> Schema:
    """Return the schema of one page of a list."""
    counts = dict.fromkeys(("page", "limit", "total_pages", f"total_{name}"), COUNT)
    return thing({"query": thing(query), name: rows(item), "meta": thing(counts)})


SEGMENT: Final = thing(
    {"order": COUNT, "type": words("group", "extension", "voicemail"), "start_time": MOMENT},
    dict.fromkeys(("extension", "extension_name", "summary", "transcription"), TEXT)
    | {"end_time": MOMENT, "duration": COUNT, "recording_url": TEXT},
)
CALL: Final = thing(
    {
        "call_id": TEXT,
        "direction": words("incoming", "outgoing", "internal"),
        "remote_number": TEXT,
        "start_time": MOMENT,
        "journey": rows(SEGMENT),
    },
    dict.fromkeys(("extension", "extension_name", "remote_name", "group_number"), TEXT)
    | {"status": words("answered", "missed"), "end_time": MOMENT, "duration": COUNT}
    | {"sentiment": {"type": ["string", "number"]}},
)
MESSAGE: Final = thing(
    {
        "message_id": TEXT,
        "direction": words("incoming", "outgoing"),
        "status": words("sent", "delivered", "read", "failed"),
        "remote_number": TEXT,
        "sent_time": MOMENT,
        "channel": words(*PLATFORMS),
        "body": TEXT,
    },
    {
        "remote_name": TEXT,
        "group_number": TEXT,
        "type": TEXT,
        REASON: TEXT,
        "attachments": rows(
            thing({"id": TEXT, "content_type": TEXT}, {"filename": TEXT, "size": COUNT})
        ),
    },
)
CONTACT: Final = thing(
    {
        "id": {"type": "integer", "minimum": 1},
        # The company's own fields, see `GET /contacts/fields`.
        "fields": {"type": "object", "additionalProperties": TEXT},
    }
)
CONTACT_FIELD: Final = thing(
    {"id": COUNT, "name": TEXT, "order": COUNT}
    | dict.fromkeys(("is_phone", "is_match", "reports_enabled"), FLAG)
    | dict.fromkeys(("hide_no_data", "show_in_fields", "is_integration"), FLAG)
)
# Rows are checked one by one, so that an invalid row does not affect the others.
ROW: Final = thing({"fields": {"type": "object"}})
IMPORT: Final = thing({"contacts": rows(ROW, minItems=1, maxItems=MOST_ROWS)})
IMPORTED: Final = thing(
    {
        "summary": thing(dict.fromkeys(("total", "created", "updated", "errors"), COUNT)),
        "contacts": rows(thing({"contact": CONTACT, "action": words("created", "updated")})),
        "errors": rows(thing({"index": COUNT, "message": TEXT})),
    }
)
SUBSCRIPTION: Final[Mapping[str, Schema]] = {
    "name": said(LONGEST_WEBHOOK_NAME),
    "url": like(ADDRESS),
    "event_filters": rows(words(*EVENTS), minItems=1, uniqueItems=True),
}
SUBSCRIBED: Final = thing({"id": TEXT, **SUBSCRIPTION})
TOLD: Final = either(
    *(thing({"id": TEXT, **SUBSCRIPTION, name: TEXT}) for name in ("secret", "signing_secret"))
)
TESTED: Final = thing(
    {
        "success": FLAG,
        "status_code": {"type": ["integer", "null"]},
        "error": {"type": ["string", "null"]},
    }
)
ADDRESSED: Final = thing({"url": {"type": "string", "format": "uri"}, "expires_at": MOMENT})
ERROR: Final = thing({"error": thing({"code": TEXT, "message": TEXT})})
SETTINGS: Final = either(
    thing({"company_name": TEXT, "time_zone": TEXT, "phone_numbers": rows(like(PHONE))}),
    thing({"name": TEXT, "timezone": TEXT, "numbers": rows(like(PHONE))}),
)
NAMES: Final = dict.fromkeys(("first_name", "last_name"), said(LONGEST_USER_NAME))
LINE: Final = {"extension": like(EXTENSION)}


def user_settings(caller_id: Schema) -> dict[str, Schema]:
    """Return the optional fields of a user."""
    return {"email": like(EMAIL), "voicemail_enabled": FLAG, "caller_id": caller_id}


CLEARABLE_EMAIL: Final = either(like(EMAIL), {"type": "null"})
USER: Final = either(
    thing({"id": TEXT, **LINE, **NAMES}, user_settings(TEXT)),
    thing({"user_id": TEXT, "name": TEXT, **LINE}, user_settings(TEXT)),
)


def sending(numbers: Sequence[str]) -> tuple[Schema, Schema]:
    """Return the schemas of sending a message and of its response."""
    text = {"from": words(*numbers), "to": like(PHONE), "message": said(LONGEST_TEXT)}
    text["platform"] = words(*PLATFORMS)
    name = {"name": said(LONGEST_NAME)}
    sent = thing({"status": words("created"), "message": thing(text, name)})
    return thing(text, name | {"test": FLAG}), sent


def writing(fields: Sequence[Mapping[str, Any]]) -> Schema:
    """Return the schema of writing a contact."""
    value = {"type": "string", "maxLength": LONGEST_VALUE}
    kinds = {one["name"]: value | like(PHONES) if one["is_phone"] else value for one in fields}
    return thing({"fields": thing({}, kinds)})
