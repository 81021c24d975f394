"""What was typed after a slash command, in tokens."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

# With `should_escape` Slack sends mentions and links as <…>, and escapes three characters.
_TOKEN = re.compile(
    r"""
    <(?P<mark>[^<>]*)>               # a mention, a channel, a link that Slack recognised
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
    """A word, a quoted phrase, or somebody mentioned (`text` is then a Slack user id).

    `end` is where it ended in what was typed.
    """

    text: str
    is_quoted: bool = False
    is_mention: bool = False
    end: int = field(default=0, compare=False)


def tokenize(typed: str) -> list[Token]:
    """Split what was typed; what is longer than 500 characters is cut."""
    tokens = ((_token(match), match.end()) for match in _TOKEN.finditer(typed[:MOST_TYPED]))
    return [replace(token, end=end) for token, end in tokens if token is not None]


def read_words(typed: str) -> str:
    """Give what was typed as its reader outside is to see it: whole, with its lines and links."""
    return html.unescape(_MARK.sub(lambda found: _seen(found[1]), typed)).strip()


def _seen(mark: str) -> str:
    """Give `@ana` for `<@U1|ana>`, and the whole address of a link."""
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
    """Read `<@U1|ana>`, `<tel:+1212…|(212) …>`, `<mailto:a@b.c|a@b.c>` and the like."""
    target, _, label = mark.partition("|")
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return Token(target[1:], is_mention=True)
    text = _plain(label or re.sub(r"^(tel:|mailto:|https?://|[#!@])", "", target))
    return Token(text) if text else None


def _plain(text: str) -> str:
    return html.unescape(text).strip()


@dataclass(frozen=True)
class CommandText:
    """A command as it came; `rest` is what stands after its first word."""

    ack: Callable[..., Any]
    respond: Callable[..., Any]
    command: dict[str, Any]
    rest: list[Token]

    @property
    def asker(self) -> str:
        """Who typed it (a Slack user)?"""
        return str(self.command["user_id"])

    @property
    def channel(self) -> str:
        """In which channel was it typed?"""
        return str(self.command["channel_id"])

    @property
    def trigger_id(self) -> str:
        """Give what opens a modal once, within three seconds."""
        return str(self.command["trigger_id"])

    @property
    def words(self) -> list[str]:
        """Give what was typed after the first word."""
        return [token.text for token in self.rest]
