"""Text in and out of Slack's markup: escaping, cleaning, and blocks as plain text."""

import re
from collections.abc import Iterator
from typing import Any

_MOMENT = re.compile(r"<!date\^[^|>]*\|([^>]*)>")

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def words_of(block: dict[str, Any]) -> list[str]:
    """Return the text of a block, line by line."""
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


# Invisible characters, those that change the reading direction, and lone surrogates, which can be
# neither stored nor sent.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)

_MARKUP_SIGNS = re.compile(r"[*_~`<>&:@#|\n]")

MOST_NAME = 80


def clean(text: str) -> str:
    """Drop control and invisible characters."""
    return _UNSEEN.sub("", text)


def shorten(text: str, most: int) -> str:
    """Cut to at most `most` characters, at a word where possible, and end with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rsplit(None, 1)[0] if " " in cut[most // 2 :] else cut
    return at_word.rstrip(" ,;:.-") + "…"


def escape(text: str) -> str:
    """Escape the three characters that start markup in Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def may_have_markup(text: str) -> bool:
    """Return whether Slack could read any part of the text as markup, a link, or an emoji."""
    return bool(_MARKUP_SIGNS.search(text))


def name_of(text: str) -> str:
    """Return a name on one line, cleaned and shortened."""
    return shorten(" ".join(clean(text).split()), MOST_NAME)


# Signs that Slack reads as markup or emoji, each with one that looks alike and means nothing.
_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", ":": "∶"})


def literal(text: str) -> str:
    """Escape outside text for mrkdwn so that it gets no formatting, mention, link, or emoji.

    Use it only where plain text can't be, such as for a name in bold.
    """
    return escape(clean(text).translate(_LOOKALIKES))
