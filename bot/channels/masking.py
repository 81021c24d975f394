"""Masking of phone numbers in messages for channels that don't show them in full."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

from bot.models.channels import Visibility
from bot.ui.message import Message

DIGITS_LEFT = 4
FEWEST_DIGITS = 7
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
# Digits that are no phone number: days, times after a year, spans of time, grouped thousands.
_OTHER = re.compile(rf"(?:19|20)\d\d,? {_TIME}|{_TIME} ?- ?{_TIME}|[1-9]\d{{0,2}}(?:,\d{{3}}){{2}}")
# Seven digits or more, with anything between two of them that a person may have written there;
# then groups with signs between spaces, which also stand between two whole numbers.
_NUMBER = re.compile(
    r"(?P<day>(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))"
    r"|\+?\d(?:(?:[\s().\-/]*|[^\w\s]{1,2}|_)\d){6,}"
)
_SPACED = re.compile(
    r"\+?\d{1,4}\)?(?:\s+[^\w\s]\s+\(?\d{1,4}\)?)+(?!\d)|\d{3}([,;:] )\d{3}\1\d{4}"
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
    if sum(map(str.isnumeric, text)) < FEWEST_DIGITS:
        return text
    plain, places = _plain(text)
    found = [one.span() for one in _NUMBER.finditer(plain) if not one["day"]]
    found += [one.span() for one in _SPACED.finditer(plain) if not _overlaps(one.span(), found)]
    hidden = {places[at] for start, end in found for at in _hidden(plain[start:end], start)}
    return "".join("•" if at in hidden else sign for at, sign in enumerate(text))


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text without invisible characters, with plain digits, and each one's place."""
    plain, places = [], []
    for place, sign in enumerate(text):
        kind = unicodedata.category(sign)
        if kind in ("Cf", "Mn", "Me"):
            continue
        digit = unicodedata.digit(sign, None)
        folded = unicodedata.normalize("NFKC", sign)
        one = folded if len(folded) == 1 else sign
        plain.append("-" if kind == "Pd" or sign in "−⁃" else one if digit is None else str(digit))
        places.append(place)
    return "".join(plain), places


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _hidden(number: str, start: int) -> list[int]:
    """Return the places of the digits to hide in a number that begins at `start`."""
    country = _COUNTRY.match(number)
    digits = [at for at, sign in enumerate(number) if sign.isdigit()]
    if len(digits) < FEWEST_DIGITS or _OTHER.fullmatch(number):
        return []
    national = [at for at in digits if not country or at >= country.end()]
    return [start + at for at in national[:-DIGITS_LEFT]]


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
