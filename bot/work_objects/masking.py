"""Masking of phone numbers in the metadata of Work Objects."""

from typing import Any

from bot.channels.masking import mask
from bot.ui.blocks import Json

# Keys with IDs or addresses. The value of a field is text, but that of a button is an ID.
_NO_TEXT = frozenset(
    {
        *("url", "entity_url", "external_ref", "entity_type", "type", "key", "item_type"),
        *("action_id", "user_id", "style", "tag_color", "display_order", "comments"),
    }
)


def mask_entity(entity: Json) -> Json:
    """Return an entity with the phone numbers in all its fields masked."""
    masked: Json = _in(entity)
    return masked


def _in(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_in(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = _NO_TEXT | ({"value"} if "action_id" in value else frozenset())
    return {name: one if name in kept else _in(one) for name, one in value.items()}
