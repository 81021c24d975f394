"""Owns what of a message is kept back from outsiders: phone numbers, wherever in it they stand."""

import re
from dataclasses import replace
from typing import Any

from bot.models.channels import Visibility
from bot.ui.message import Message

DIGITS_LEFT = 4
# Seven digits or more, with what people write between them. Days written 2026-01-31 are none.
_NUMBER = re.compile(
    r"(?P<day>(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))"
    r"|\+?\d(?:(?:[\s().\-/\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]*|[·•_*])\d){6,}"
)
_COUNTRY = re.compile(r"\+\d{1,3}(?=\D)")
# What Slack reads itself: moments, mentions and links.
_MARKUP = re.compile(r"(<[^<>]*>)")
# These name something to a program, and are never read.
_NOT_READ = {
    *("type", "block_id", "action_id", "value", "url", "image_url"),
    *("user_id", "channel_id", "usergroup_id"),
}


def fit(message: Message, shown: Visibility) -> Message:
    """Give the message as a channel shows it: where numbers are masked, without a whole one.

    It is done to the finished message, so that no kind of message can forget it, and no name,
    summary or file title that holds a number gives it away.
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


def mask(text: str) -> str:
    """Put dots for the digits of phone numbers, but for the last four and the country code."""
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
    """Mask in blocks, and in whatever they are made of."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_in(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ("mrkdwn", "markdown"):
        return {**value, "text": _in_markup(value["text"])}
    return {name: one if name in _NOT_READ else _in(one) for name, one in value.items()}
