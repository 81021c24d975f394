"""Markdown blocks as HTML."""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from markupsafe import Markup

from bot.sandbox.page.mrkdwn_html import link_html, plain_html

_INLINE: Final = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<link>[^\]\n]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<bold>(?=\S).+?(?<=\S))\*\*"
    r"|~~(?P<strike>(?=\S).+?(?<=\S))~~"
    r"|(?<![\w*])\*(?P<star>(?=\S)[^*\n]+?(?<=\S))\*(?!\w)"
    r"|(?<!\w)_(?P<under>(?=\S)[^_\n]+?(?<=\S))_(?!\w)"
)
_EMPHASIS: Final = {
    "code": Markup("<code>{}</code>"),
    "bold": Markup("<b>{}</b>"),
    "strike": Markup("<s>{}</s>"),
    "star": Markup("<i>{}</i>"),
    "under": Markup("<i>{}</i>"),
}
_KINDS: Final = {
    "heading": re.compile(r"#{1,6} +"),
    "rule": re.compile(r"(?:-{3,}|\*{3,})\s*$"),
    "bullet": re.compile(r"\s*[-*+] +"),
    "number": re.compile(r"\s*\d+[.)] +"),
    "quote": re.compile(r"> ?"),
    "blank": re.compile(r"\s*$"),
}


def markdown_html(text: object) -> Markup:
    """Return Markdown as HTML: headings, lists, quotes, rules, code, links, and emphasis."""
    pieces = re.split(
        r"^```[^\n]*\n(.*?)^```[^\n]*$\n?", str(text or ""), flags=re.DOTALL | re.MULTILINE
    )
    return Markup("").join(
        Markup("<pre>{}</pre>").format(piece.rstrip("\n")) if at % 2 else _paragraphs(piece)
        for at, piece in enumerate(pieces)
    )


def _paragraphs(text: str) -> Markup:
    lines = [_kind(line) for line in text.split("\n")]
    return Markup("").join(
        draw
        for kind, run in groupby(lines, key=lambda pair: pair[0])
        for draw in _RUNS[kind]([rest for _, rest in run])
    )


def _kind(line: str) -> tuple[str, str]:
    for kind, mark in _KINDS.items():
        if match := mark.match(line):
            return kind, line[match.end() :]
    return "words", line


def _inline(text: str) -> Markup:
    out, end = Markup(""), 0
    for match in _INLINE.finditer(text):
        out += plain_html(text[end : match.start()])
        end = match.end()
        if match["link"] is not None:
            out += link_html(match["url"], plain_html(match["link"]))
            continue
        kind = str(match.lastgroup)
        inside = match[kind]
        out += _EMPHASIS[kind].format(inside if kind == "code" else _inline(inside))
    return out + plain_html(text[end:])


def _wrapped(around: Markup) -> Callable[[list[str]], Iterator[Markup]]:
    def draw(lines: list[str]) -> Iterator[Markup]:
        yield around.format(_inline("\n".join(lines)))

    return draw


def _listed(around: Markup) -> Callable[[list[str]], Iterator[Markup]]:
    def draw(lines: list[str]) -> Iterator[Markup]:
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(line)) for line in lines)
        yield around.format(items)

    return draw


def _headings(lines: list[str]) -> Iterator[Markup]:
    return (Markup("<h2>{}</h2>").format(_inline(line)) for line in lines)


_RUNS: Final[dict[str, Callable[[list[str]], Iterator[Markup]]]] = {
    "heading": _headings,
    "rule": lambda lines: (Markup("<hr>") for _ in lines),
    "bullet": _listed(Markup("<ul>{}</ul>")),
    "number": _listed(Markup("<ol>{}</ol>")),
    "quote": _wrapped(Markup("<blockquote>{}</blockquote>")),
    "blank": lambda _: iter(()),
    "words": _wrapped(Markup("<p>{}</p>")),
}
