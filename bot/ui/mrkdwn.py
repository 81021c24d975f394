"""Owns how blocks read in a terminal: their words, without Slack's markup."""

import re
from collections.abc import Iterator
from typing import Any

from bot.ui.message import clean

_MOMENT = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def words_of(block: dict[str, Any]) -> list[str]:
    """Give the words of a block line by line."""
    if block["type"] == "rich_text":
        return [line for part in block["elements"] for line in _rich(part)]
    found = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    return [_plain(one) for one in found if isinstance(one, dict) and "text" in one]


def _rich(part: dict[str, Any]) -> Iterator[str]:
    if part["type"] == "rich_text_list":
        yield from (f"- {''.join(_words(item))}" for item in part["elements"])
    else:
        yield "".join(_words(part))


def _words(part: dict[str, Any]) -> Iterator[str]:
    for one in part["elements"]:
        yield clean(str(one.get("text") or one.get("fallback") or ""))


def _plain(text: dict[str, Any]) -> str:
    words = clean(str(text["text"]))
    if text.get("type") != "mrkdwn":
        return words
    words = (
        _MOMENT.sub(r"\1", words)
        .replace("*", "")
        .replace("`", "")
        .replace("\n", ": ", 1)
        .replace("\n", ", ")
    )
    for entity, sign in _ENTITIES:
        words = words.replace(entity, sign)
    return words
