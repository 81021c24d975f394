"""Owns what a Web API method is to the stand-in: what it does, its scopes and its limit."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.sandbox.slack.state import Json, MethodError

MethodFunction: TypeAlias = Callable[[Json], Json]

# How often a minute a method may be called, by Slack's names for it.
TIER_2: Final = 20
TIER_3: Final = 50
TIER_4: Final = 100

_ENCODED: Final = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "files": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
}


@dataclass(frozen=True)
class ApiMethod:
    """One method; a scope such as `{kind}:history` depends on the channel that is asked for."""

    act: MethodFunction
    scopes: tuple[str, ...] = ()
    per_minute: int | None = TIER_3
    token: str = "bot"


def decoded(params: Mapping[str, Any]) -> Json:
    """Give the parameters with those that were sent as JSON in a form decoded."""
    result = dict(params)
    for name, error in _ENCODED.items():
        if isinstance(result.get(name), str):
            try:
                result[name] = json.loads(result[name]) if result[name] else None
            except ValueError:
                raise MethodError(error) from None
    return result


def is_true(params: Json, name: str) -> bool:
    """Say whether a parameter is true, as JSON or as a form has it."""
    return str(params.get(name, "")).lower() in {"1", "true"}


def whole(params: Json, name: str, default: int, *, most: int) -> int:
    """Give a whole number between 1 and `most`."""
    try:
        value = int(params.get(name) or default)
    except ValueError:
        raise MethodError(f"invalid_{name}") from None
    if value < 1:
        raise MethodError(f"invalid_{name}")
    return min(value, most)


def needed(params: Json, name: str) -> str:
    """Give a parameter that must be there."""
    value = params.get(name)
    if value in (None, ""):
        words = [f"[ERROR] missing required field: {name}"]
        raise MethodError("invalid_arguments", response_metadata={"messages": words})
    return str(value)


def page_of(params: Json, items: Sequence[Json], *, default: int) -> tuple[list[Json], str]:
    """Give the items of the page that was asked for, and the cursor of the next."""
    start = int(cursor_value(params, "offset") or 0)
    end = start + whole(params, "limit", default, most=1000)
    return list(items[start:end]), make_cursor("offset", str(end)) if end < len(items) else ""


def make_cursor(kind: str, value: str) -> str:
    """Give an opaque cursor."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def cursor_value(params: Json, kind: str) -> str | None:
    """Give what `make_cursor` hid, or None when no cursor was sent."""
    cursor = params.get("cursor")
    if not cursor:
        return None
    try:
        found, _, value = base64.b64decode(str(cursor), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise MethodError("invalid_cursor") from None
    if found != kind or not value.replace(".", "").isdecimal():
        raise MethodError("invalid_cursor")
    return value
