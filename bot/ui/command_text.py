"""The text after a slash command, split into tokens."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.ui.emoji import show_emoji
from bot.ui.mrkdwn import clean

# What people type for a new contact or user.
NEW_WORDS = frozenset({"new", "create", "add"})

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

# A person may type `a < b` in a form, where Slack escapes nothing.
_MARK = re.compile(
    r"<(?:[@#][A-Z0-9]+|!(?:subteam|date)\^|https?://|mailto:|tel:)[^<>]*>|<[@#][UWCGD][A-Z0-9]+|<(?=@)"
)

_BROADCAST = re.compile(r"<!(here|channel|everyone)(?:\|[^<>]*)?>")

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

# What is shown for an ID without a name, by the ID's first letter.
_UNNAMED = {
    **dict.fromkeys(("@U", "@W"), "colleague"),
    **dict.fromkeys(("#C", "#G", "#D"), "channel"),
    "!s": "team",
}

# Typed as text, where Slack offered no link.
_PLACE = re.compile(r"#[a-z][\w-]*|@(?:here|channel|everyone)", re.IGNORECASE)

MOST_TYPED = 500


@dataclass(frozen=True)
class Token:
    """A word, a quoted phrase, or a mention (`text` is then a Slack user ID).

    `is_place` marks a channel, a team, or `@here`; `text` is then how people see it, never an ID.
    `end` is its end in the typed text; `label` is the name that Slack sent with a mention.
    """

    text: str
    is_quoted: bool = False
    is_mention: bool = False
    is_place: bool = False
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
    cut = typed[:MOST_TYPED]
    if len(typed) > MOST_TYPED:  # half a mention would show its ID
        cut = re.sub(r"<[@#!][^<>]*$", "", cut)
    tokens = ((_token(match), match.end()) for match in _TOKEN.finditer(cut))
    return [replace(token, end=end) for token, end in tokens if token is not None]


def _no_name(_: str) -> None:
    """Know no Slack user."""


def read_words(typed: str, name_of_user: Callable[[str], str | None] = _no_name) -> str:
    """Return a command's text as its writer saw it: emoji, links, and mentions in plain text.

    `name_of_user` returns the name for a Slack user ID, which no one outside Slack may see.
    """
    return read_field(_BROADCAST.sub(r"@\1", typed), name_of_user)


def read_field(typed: str, name_of_user: Callable[[str], str | None] = _no_name) -> str:
    """Return the text of a form's field as its writer saw it; `<!here>` is just text there."""
    seen = _MARK.sub(lambda found: _seen(found[0].strip("<>"), name_of_user), typed)
    for entity, sign in _ENTITIES:
        seen = seen.replace(entity, sign)
    return show_emoji(seen).strip()


def _seen(mark: str, name_of_user: Callable[[str], str | None]) -> str:
    """Return `@ana` for `@U1|ana`, and the full address of a link."""
    if not mark:
        return ""
    target, _, label = mark.partition("|")
    if target.startswith(("http://", "https://")):
        return _link(target, label)
    if target.startswith("!date^"):
        return label
    if target in {"!here", "!channel", "!everyone"}:
        return f"@{target[1:]}"
    if target.startswith(("tel:", "mailto:")):
        return label or target.partition(":")[2]
    sign = "#" if target.startswith("#") else "@"
    name = label or name_of_user(target[1:]) or _UNNAMED.get(target[:2], target[1:])
    return name if name.startswith(sign) else f"{sign}{name}"


def _link(address: str, label: str) -> str:
    """Return an address with its label, unless the label is only a part of it."""
    if not label or label in address:
        return address
    return f"{label} ({address})"


def _token(match: re.Match[str]) -> Token | None:
    if match["mark"] is not None:
        return _read_mark(match["mark"])
    if match["quoted"] is not None:
        phrase = _plain(match["quoted"])
        return Token(phrase, is_quoted=True) if phrase else None
    word = _plain(match["word"] or "")
    return Token(word, is_place=bool(_PLACE.fullmatch(word))) if word else None


def _read_mark(mark: str) -> Token | None:
    """Parse `<@U1|ana>`, `<tel:+1212…|(212) …>`, `<mailto:a@b.c|a@b.c>`, and similar marks."""
    target, _, label = mark.partition("|")
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return Token(target[1:], is_mention=True, label=_plain(label).removeprefix("@"))
    if target.startswith(("#", "!")):
        return Token(_seen(mark, _no_name) or "a mention", is_place=True)
    text = _plain(label or re.sub(r"^(tel:|mailto:|https?://|[#!@])", "", target))
    return Token(text) if text else None


def _plain(text: str) -> str:
    return clean(html.unescape(text)).strip()


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
