"""Masking of phone numbers in messages for channels that don't show them in full."""

import re
from dataclasses import replace
from typing import Any

from bot.models.channels import Visibility
from bot.ui.message import Message

DIGITS_LEFT = 4
# Seven digits or more, with separators. Dates such as 2026-01-31 are no numbers.
_NUMBER = re.compile(
    r"(?P<day>(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))"
    r"|\+?\d(?:(?:[\s().\-/\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]*|[·•_*])\d){6,}"
)
_COUNTRY = re.compile(r"\+\d{1,3}(?=\D)")
# Slack's markup: dates, mentions and links.
_MARKUP = re.compile(r"(<[^<>]*>)")
# Keys with IDs or links, not text.
_NO_TEXT = {
    *("type", "block_id", "action_id", "value", "url", "image_url"),
    *("user_id", "channel_id", "usergroup_id"),
}


def fit(message: Message, shown: Visibility) -> Message:
    """Return the message as a channel may show it, with phone numbers masked if needed.

    The finished message is masked, so that no message type can forget it and no number remains in
    a name, a summary or a file title.
    """
    if shown.whole_numbers:
        return message
    file = message.file
    return replace(
        message,
        text=_in_markup(message.text),
        blocks=_in(message.blocks),
        plain_blocks=_in(message.plain_blocks),
        stand_ins=_in(message.stand_ins),
        file=replace(file, title=mask(file.title)) if file else None,
    )


def fit_blocks(shown_blocks: dict[str, Any], shown: Visibility) -> dict[str, Any]:
    """Return an answer or a view as a channel may show it; its metadata stays as it is."""
    if shown.whole_numbers:
        return shown_blocks
    masked = {**shown_blocks, "blocks": _in(shown_blocks.get("blocks", []))}
    return {**masked, "text": _in_markup(masked["text"])} if "text" in masked else masked


def mask(text: str) -> str:
    """Replace digits of phone numbers with dots, except for the last four and the country code."""
    return _NUMBER.sub(_dots, text)


def _dots(found: re.Match[str]) -> str:
    if found["day"]:
        return found[0]
    country = _COUNTRY.match(found[0])
    start = country.end() if country else 0
    digits = [at for at, sign in enumerate(found[0]) if sign.isdigit() and at >= start]
    hidden = set(digits[:-DIGITS_LEFT])
    return "".join("•" if at in hidden else sign for at, sign in enumerate(found[0]))


def _in_markup(text: str) -> str:
    parts = _MARKUP.split(text)
    return "".join(part if at % 2 else mask(part) for at, part in enumerate(parts))


def _in(value: Any) -> Any:
    """Mask blocks and everything in them."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_in(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ("mrkdwn", "markdown"):
        return {**value, "text": _in_markup(value["text"])}
    return {name: one if name in _NO_TEXT else _in(one) for name, one in value.items()}
