"""The text of a Slack message: its words, and the names that may be in it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.ui.command_text import read_words
from bot.ui.mrkdwn import clean

MAX_TEXT = 20_000
MAX_WORDS_IN_NAME = 3
# Each costs a search in the contacts.
MAX_NAMES = 40
FEWEST_LETTERS = 3
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")


def text_of_message(message: Mapping[str, Any]) -> str:
    """Return the text of a message as people see it; of one without a text, that of its blocks."""
    text = str(message.get("text") or "")
    if not text:
        text = "\n".join(_texts([message.get("blocks"), message.get("attachments")]))
    return clean(read_words(text))[:MAX_TEXT].strip()


def names_in(text: str) -> list[str]:
    """Return what may be names in a text: runs of capitalized words, the longest first.

    In scripts without capital letters, every word may be one.
    """
    found: dict[str, None] = {}
    for run in _runs(text):
        for length in range(min(len(run), MAX_WORDS_IN_NAME), 0, -1):
            for at in range(len(run) - length + 1):
                name = " ".join(run[at : at + length]).rstrip(".")
                if len(name) >= FEWEST_LETTERS or not name.isascii():
                    found[name] = None
    return sorted(found, key=lambda name: -len(name.split()))[:MAX_NAMES]


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the words of each run of words that may be names."""
    for part in re.split(r"[,;:!?()\[\]\n\"“”]|\.\s", text):
        run: list[str] = []
        for word in [*_WORD.findall(part), ""]:
            if word and not word[0].islower():
                run.append(word.removesuffix("'s").removesuffix("’s"))
            elif run:
                yield run
                run = []


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in blocks, but no labels of buttons."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        if value.get("type") in {"actions", "input"}:
            return
        text = value.get("text")
        if isinstance(text, str):
            yield text
        for name, one in value.items():
            if name != "accessory":
                yield from _texts(one)
