"""The checks of Work Objects: required keys, types, and limits.

The real Slack drops metadata with a mistake without saying so. The fake one does, too, and keeps
the errors in `dropped_entities` for tests.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from bot.sandbox.slack.state import Json

ITEM: Final = "slack#/entities/item"
_TYPES: Final = (
    ITEM,
    *(f"slack#/entities/{name}" for name in ("task", "file", "incident", "content_item")),
)
_ENTITY: Final = (
    *("entity_type", "entity_payload", "external_ref", "url"),
    *("app_unfurl_url", "entity_comments"),
)
_PAYLOAD: Final = (
    "attributes",
    "fields",
    "custom_fields",
    "slack_file",
    "display_order",
    "actions",
)
_ATTRIBUTES: Final = (
    *("title", "display_type", "display_id", "product_icon", "product_name"),
    *("locale", "full_size_preview", "metadata_last_modified"),
)
_FIELD: Final = (
    *("key", "label", "type", "value", "link", "icon", "long", "format", "image_url"),
    *("slack_file", "alt_text", "tag_color", "edit", "item_type", "user", "entity_ref", "boolean"),
)
_ACTION: Final = (
    *("text", "action_id", "value", "style", "url"),
    *("accessibility_label", "processing_state"),
)
_COMMENT: Final = (
    *("id", "sender", "timestamp", "comment", "url", "cursor", "last_edit_ts", "can_edit"),
    *("can_delete", "can_reply", "reply_count", "reply_users", "latest_reply_ts"),
    "thread_root_id",
)
_VALUES: Final[Mapping[str, type]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "slack#/types/date": str,
    "slack#/types/timestamp": int,
    "slack#/types/channel_id": str,
    "slack#/types/link": str,
    "slack#/types/email": str,
}
_WITHOUT_VALUE: Final = {
    "slack#/types/image": "image_url",
    "slack#/types/user": "user",
    "slack#/types/entity_ref": "entity_ref",
}
_COLORS: Final = ("red", "yellow", "green", "gray", "blue")
_STATUSES: Final = (
    *("restricted", "internal_error", "not_found", "custom", "custom_partial_view"),
    *("timeout", "edit_error"),
)
_LIMITS: Final = {"action_id": 255, "value": 2_000, "url": 3_000, "accessibility_label": 75}


def entity_errors(entity: object) -> list[str]:
    """Return what is wrong with an entity."""
    if not isinstance(entity, dict):
        return ["an entity must be an object"]
    return list(_entity(entity))


def comment_errors(comment: object) -> list[str]:
    """Return what is wrong with a comment."""
    if not isinstance(comment, dict):
        return ["a comment must be an object"]
    return list(_comment(comment))


def error_errors(error: object) -> list[str]:
    """Return what is wrong with the error that an app shows instead."""
    if not isinstance(error, dict) or error.get("status") not in _STATUSES:
        return ["error: unknown status"]
    if error["status"].startswith("custom") and not error.get("custom_message"):
        return ["error: custom_message is missing"]
    return []


def _entity(entity: Json) -> Iterator[str]:
    yield from _unknown(entity, _ENTITY, "entity")
    if entity.get("entity_type") not in _TYPES:
        yield "entity_type is missing or unknown"
    if not _is_address(entity.get("url")):
        yield "url is missing or invalid"
    yield from _reference(entity.get("external_ref"))
    payload = entity.get("entity_payload")
    if not isinstance(payload, dict):
        yield "entity_payload is missing"
        return
    yield from _payload(payload)
    if entity.get("entity_type") == ITEM and "fields" in payload:
        yield "an item has only custom_fields"
    if "entity_comments" in entity and not _is_count(entity["entity_comments"]):
        yield "entity_comments must have a count"


def _payload(payload: Json) -> Iterator[str]:
    yield from _unknown(payload, _PAYLOAD, "entity_payload")
    attributes = payload.get("attributes")
    if not isinstance(attributes, dict):
        yield "attributes are missing"
    else:
        yield from _unknown(attributes, _ATTRIBUTES, "attributes")
        title = attributes.get("title")
        if not isinstance(title, dict) or not _is_text(title.get("text")):
            yield "title.text is missing"
        if not isinstance(attributes.get("metadata_last_modified", 0), int):
            yield "metadata_last_modified must be in unix seconds"
    fields = payload.get("custom_fields", [])
    keys = [one.get("key") for one in fields]
    if len({*keys}) < len(keys):
        yield "two fields have the same key"
    for field in fields:
        yield from _field(field)
    if missing := {*payload.get("display_order", [])} - {*keys, *payload.get("fields", {})}:
        yield f"display_order names no field: {sorted(missing)}"
    yield from _actions(payload.get("actions", {}))


def _field(field: Json) -> Iterator[str]:
    name, kind = f"field {field.get('key')}", str(field.get("type"))
    yield from _unknown(field, _FIELD, name)
    if not all(_is_text(field.get(one)) for one in ("key", "label", "type")):
        yield f"{name}: key, label, and type are required"
    if kind in _WITHOUT_VALUE:
        if not field.get(_WITHOUT_VALUE[kind]):
            yield f"{name}: {_WITHOUT_VALUE[kind]} is missing"
    elif kind not in _VALUES:
        yield f"{name}: unknown type"
    elif not isinstance(field.get("value"), _VALUES[kind]) or field["value"] == "":
        yield f"{name}: value is missing or of another type"
    yield from _shape(field, name)


def _shape(field: Json, name: str) -> Iterator[str]:
    if field.get("tag_color", "red") not in _COLORS or ("tag_color" in field and "icon" in field):
        yield f"{name}: invalid tag_color"
    if "format" in field and (field["format"] != "markdown" or {"icon", "link"} & {*field}):
        yield f"{name}: invalid format"
    if "user" in field and len({"user_id", "text"} & {*field["user"]}) != 1:
        yield f"{name}: a user has either a user_id or a text"
    if link := field.get("entity_ref"):
        yield from _reference(link.get("external_ref"))
        if not _is_address(link.get("entity_url")) or "?" in link["entity_url"]:
            yield f"{name}: invalid entity_url"
        if not _is_text(link.get("title")):
            yield f"{name}: the title is missing"


def _actions(actions: Json) -> Iterator[str]:
    for name, most in (("primary_actions", 2), ("overflow_actions", 5)):
        listed = actions.get(name, [])
        if len(listed) > most:
            yield f"{name}: more than {most}"
        for action in listed:
            yield from _unknown(action, _ACTION, name)
            if not (_is_text(action.get("text")) and _is_text(action.get("action_id"))):
                yield f"{name}: text and action_id are required"
            if action.get("style", "primary") not in ("primary", "danger"):
                yield f"{name}: unknown style"
            yield from (
                f"{name}: {key} is too long"
                for key, limit in _LIMITS.items()
                if len(str(action.get(key, ""))) > limit
            )


def _comment(comment: Json) -> Iterator[str]:
    yield from _unknown(comment, _COMMENT, "comment")
    said = comment.get("comment")
    if not _is_text(comment.get("id")) or not isinstance(comment.get("timestamp"), int):
        yield "comment: id and timestamp are required"
    sender = comment.get("sender")
    if not isinstance(sender, dict) or len({"user_id", "text"} & {*sender}) != 1:
        yield "comment: sender has either a user_id or a text"
    if not isinstance(said, dict) or not (_is_text(said.get("value")) or said.get("blocks")):
        yield "comment: a value or blocks are required"


def _reference(reference: object) -> Iterator[str]:
    if not isinstance(reference, dict) or not _is_text(reference.get("id")):
        yield "external_ref.id is missing"


def _unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> Iterator[str]:
    if more := sorted({*given} - {*known}):
        yield f"{where}: unknown keys {more}"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: object) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def _is_count(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("count"), int) and value["count"] >= 0
