"""The text after a slash command, split into tokens."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

# With `should_escape` Slack sends mentions and links as <…>, and escapes three characters.
_TOKEN = re.compile(
    r"""
    <(?P<mark>[^<>]*)>               # a mention, a channel, or a link that Slack recognized
    | ["“”„«»](?P<quoted>[^"“”„«»]*)(?:["“”„«»]|$)
    | (?P<word>[^\s<>"“”„«»]+)
    | [<>]
    """,
    re.VERBOSE,
)

_MARK = re.compile(r"<([^<>]*)>")

MOST_TYPED = 500


@dataclass(frozen=True)
class Token:
    """A word, a quoted phrase, or a mention (`text` is then a Slack user ID).

    `end` is its end in the typed text; `label` is the name that Slack sent with a mention.
    """

    text: str
    is_quoted: bool = False
    is_mention: bool = False
    end: int = field(default=0, compare=False)
    label: str = field(default="", compare=False)

    @property
    def shown(self) -> str:
        """The token as people may read it; a mention shows a name, never an ID."""
        if not self.is_mention:
            return self.text
        return f"@{self.label}" if self.label else "a mention"


def tokenize(typed: str) -> list[Token]:
    """Split typed text into tokens; anything after 500 characters is dropped."""
    tokens = ((_token(match), match.end()) for match in _TOKEN.finditer(typed[:MOST_TYPED]))
    return [replace(token, end=end) for token, end in tokens if token is not None]


def read_words(typed: str) -> str:
    """Return typed text as an SMS: with its line breaks, and links and mentions as plain text."""
    return html.unescape(_MARK.sub(lambda found: _seen(found[1]), typed)).strip()


def _seen(mark: str) -> str:
    """Return `@ana` for `<@U1|ana>`, and the full address of a link."""
    target, _, label = mark.partition("|")
    if target.startswith(("http://", "https://")):
        return target
    sign = target[:1].replace("!", "@") if target[:1] in ("@", "#", "!") else ""
    words = label or re.sub(r"^(tel:|mailto:|[#!@])", "", target)
    return words if words.startswith(sign) else f"{sign}{words}"


def _token(match: re.Match[str]) -> Token | None:
    if match["mark"] is not None:
        return _read_mark(match["mark"])
    if match["quoted"] is not None:
        phrase = _plain(match["quoted"])
        return Token(phrase, is_quoted=True) if phrase else None
    return Token(_plain(match["word"])) if match["word"] else None


def _read_mark(mark: str) -> Token | None:
    """Parse `<@U1|ana>`, `<tel:+1212…|(212) …>`, `<mailto:a@b.c|a@b.c>`, and similar marks."""
    target, _, label = mark.partition("|")
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return Token(target[1:], is_mention=True, label=_plain(label).removeprefix("@"))
    text = _plain(label or re.sub(r"^(tel:|mailto:|https?://|[#!@])", "", target))
    return Token(text) if text else None


def _plain(text: str) -> str:
    return html.unescape(text).strip()


@dataclass(frozen=True)
class CommandText:
    """A slash command with its first word removed; `rest` holds the other tokens."""

    ack: Callable[..., Any]
    respond: Callable[..., Any]
    command: dict[str, Any]
    rest: list[Token]

    @property
    def asker(self) -> str:
        """The Slack user who typed it."""
        return str(self.command["user_id"])

    @property
    def channel(self) -> str:
        """The channel in which it was typed."""
        return str(self.command["channel_id"])

    @property
    def trigger_id(self) -> str:
        """The ID that opens one modal, within three seconds."""
        return str(self.command["trigger_id"])

    @property
    def words(self) -> list[str]:
        """The words after the first one, fit to be quoted back to people."""
        return [token.shown for token in self.rest]
