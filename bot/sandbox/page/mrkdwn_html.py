"""Slack's mrkdwn as HTML, with all outside text escaped."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, Protocol

from markupsafe import Markup, escape

from bot.sandbox.page.emoji import with_glyphs

_SAFE_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f]+", re.IGNORECASE)
_FENCE: Final = re.compile(r"```\n?(.*?)```", re.DOTALL)
_INLINE: Final = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<b>(?=\S)(?:<[^<>\n]*>|[^*\n])+(?<=\S))\*(?![\w*])"
    r"|(?<!\w)_(?P<i>(?=\S)(?:<[^<>\n]*>|[^_\n]|(?<=\w)_(?=\w))+(?<=\S))_(?!\w)"
    r"|(?<![\w~])~(?P<s>(?=\S)(?:<[^<>\n]*>|[^~\n])+(?<=\S))~(?![\w~])"
)
_EMPHASIS: Final = {
    "b": Markup("<b>{}</b>"),
    "i": Markup("<i>{}</i>"),
    "s": Markup("<s>{}</s>"),
}
_PLAIN_RUN: Final = Markup("{}")
_QUOTE: Final = Markup("<blockquote>{}</blockquote>")
_BROADCASTS: Final = ("here", "channel", "everyone")


class NameDirectory(Protocol):
    """Names of users and channels by ID."""

    def users(self) -> Mapping[str, str]:
        """Return the names of users by ID."""

    def channels(self) -> Mapping[str, str]:
        """Return the names of channels by ID."""


def decode(text: str) -> str:
    """Replace Slack's three escapes, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain_html(text: object, *, emoji: bool = True) -> Markup:
    """Return plain text as HTML."""
    decoded = decode(str(text or ""))
    return escape(with_glyphs(decoded) if emoji else decoded)


def safe_href(url: object) -> str | None:
    """Return a URL if it is a safe link target, else None."""
    return str(url) if _SAFE_LINK.fullmatch(str(url or "")) else None


def link_html(url: object, label: Markup | str) -> Markup:
    """Return a link, or its text and URL if the link is unsafe."""
    href = safe_href(url)
    if href is None:
        return Markup("{} ({})").format(label, url) if str(label) != str(url) else escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        href, label
    )


def date_html(stamp: object, form: str, fallback: str, url: str | None = None) -> Markup:
    """Return a time that the page's script formats in the reader's time zone."""
    try:
        moment = datetime.fromtimestamp(int(str(stamp)), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return plain_html(fallback)
    shown = Markup('<time datetime="{}" data-format="{}">{}</time>').format(
        moment.isoformat(), form, fallback
    )
    return link_html(url, shown) if url else shown


def pill_html(kind: str, text: str) -> Markup:
    """Return a mention."""
    return Markup('<span class="pill {}">{}</span>').format(kind, text)


def user_html(names: NameDirectory, user: str) -> Markup:
    """Return a mention of a user."""
    return pill_html("user", "@" + names.users().get(user, user))


def channel_html(names: NameDirectory, channel: str) -> Markup:
    """Return a mention of a channel."""
    return pill_html("channel", "#" + names.channels().get(channel, channel).lstrip("#"))


def mrkdwn_html(text: object, names: NameDirectory) -> Markup:
    """Return mrkdwn as HTML."""
    pieces = _FENCE.split(str(text or ""))
    return Markup("").join(
        Markup("<pre>{}</pre>").format(decode(piece)) if at % 2 else _lines(piece, names)
        for at, piece in enumerate(pieces)
        if piece.strip("\n") or len(pieces) == 1
    )


def _lines(text: str, names: NameDirectory) -> Markup:
    runs: list[tuple[bool, list[str]]] = []
    for line in text.strip("\n").split("\n"):
        quoted = re.match(r"(?:>|&gt;) ?", line)
        if not runs or runs[-1][0] != bool(quoted):
            runs.append((bool(quoted), []))
        runs[-1][1].append(line[quoted.end() :] if quoted else line)
    return Markup("").join(
        (_QUOTE if quoted else _PLAIN_RUN).format(inline_html("\n".join(lines), names))
        for quoted, lines in runs
    )


def inline_html(text: str, names: NameDirectory) -> Markup:
    """Return mrkdwn without quotes and preformatted text as HTML."""
    out, end = Markup(""), 0
    for match in _INLINE.finditer(text):
        out += plain_html(text[end : match.start()]) + _token(match, names)
        end = match.end()
    return out + plain_html(text[end:])


def _token(match: re.Match[str], names: NameDirectory) -> Markup:
    kind = str(match.lastgroup)
    inside = match[kind]
    if kind == "angle":
        return _angle(inside, names)
    if kind == "code":
        return Markup("<code>{}</code>").format(decode(inside))
    return _EMPHASIS[kind].format(inline_html(inside, names))


def _angle(inside: str, names: NameDirectory) -> Markup:
    target, _, label = inside.partition("|")
    draw: Callable[[str, str, NameDirectory], Markup] = _BY_PREFIX.get(target[:1], _link)
    return draw(target, label, names)


def _link(target: str, label: str, _names: NameDirectory) -> Markup:
    if ":" not in target:
        return plain_html(f"<{target}|{label}>" if label else f"<{target}>")
    return link_html(decode(target), plain_html(label or target.removeprefix("mailto:")))


def _user(target: str, label: str, names: NameDirectory) -> Markup:
    user = target[1:]
    return pill_html("user", "@" + names.users().get(user, decode(label) or user))


def _channel(target: str, label: str, names: NameDirectory) -> Markup:
    channel = target[1:]
    return pill_html("channel", "#" + names.channels().get(channel, decode(label) or channel))


def _special(target: str, label: str, _names: NameDirectory) -> Markup:
    if target.startswith("!date^"):
        _, stamp, form, link, *_rest = [*target.split("^", 3), "", "", ""]
        return date_html(stamp, decode(form), decode(label), decode(link) or None)
    word = target[1:].partition("^")[0]
    if word in _BROADCASTS:
        return pill_html("broadcast", "@" + word)
    return pill_html("group", decode(label) or target[1:])


_BY_PREFIX: Final[Mapping[str, Callable[[str, str, NameDirectory], Markup]]] = {
    "@": _user,
    "#": _channel,
    "!": _special,
}
