"""One Web API method, and helpers for parameters and cursors."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.sandbox.slack.state import Json, MethodError

MethodFunction: TypeAlias = Callable[[Json], Json]

# Slack's rate limit tiers, in calls per minute.
TIER_2: Final = 20
TIER_3: Final = 50
TIER_4: Final = 100

_ENCODED: Final = {
    "attachments": "invalid_attachments",
    "blocks": "invalid_blocks_format",
    "files": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "outputs": "invalid_arguments",
    "view": "invalid_arguments",
}


@dataclass(frozen=True)
class ApiMethod:
    """One method; a scope such as `{kind}:history` depends on the requested channel."""

    act: MethodFunction
    scopes: tuple[str, ...] = ()
    per_minute: int | None = TIER_3
    token: str = "bot"


def decoded(params: Mapping[str, Any]) -> Json:
    """Return the parameters, with JSON inside a form decoded."""
    result = dict(params)
    for name, error in _ENCODED.items():
        if isinstance(result.get(name), str):
            try:
                result[name] = json.loads(result[name]) if result[name] else None
            except ValueError:
                raise MethodError(error) from None
    return result


def is_true(params: Json, name: str) -> bool:
    """Return whether a parameter is true, in JSON or in a form."""
    return str(params.get(name, "")).lower() in {"1", "true"}


def whole(params: Json, name: str, default: int, *, most: int) -> int:
    """Return an integer from 1, capped at `most`."""
    try:
        value = int(params.get(name) or default)
    except ValueError:
        raise MethodError(f"invalid_{name}") from None
    if value < 1:
        raise MethodError(f"invalid_{name}")
    return min(value, most)


def needed(params: Json, name: str) -> str:
    """Return a required parameter."""
    value = params.get(name)
    if value in (None, ""):
        words = [f"[ERROR] missing required field: {name}"]
        raise MethodError("invalid_arguments", response_metadata={"messages": words})
    return str(value)


def page_of(params: Json, items: Sequence[Json], *, default: int) -> tuple[list[Json], str]:
    """Return the items of the requested page and the cursor of the next."""
    start = int(cursor_value(params, "offset") or 0)
    end = start + whole(params, "limit", default, most=1000)
    return list(items[start:end]), make_cursor("offset", str(end)) if end < len(items) else ""


def make_cursor(kind: str, value: str) -> str:
    """Return an opaque cursor."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def cursor_value(params: Json, kind: str) -> str | None:
    """Return the value in a cursor, or None without a cursor."""
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
