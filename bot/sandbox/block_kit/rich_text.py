"""Slack's rules for rich text."""

from collections.abc import Mapping
from typing import Final

from bot.sandbox.block_kit.schema import (
    Rule,
    anything,
    by_type,
    flag,
    identifier,
    integer,
    listing,
    one_of,
    shape,
    string,
    url,
)

_BASE: Final[Mapping[str, Rule]] = {"type": anything}
_PLAIN_STYLE: Final = dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag)
_STYLE: Final = {"style": shape({}, _PLAIN_STYLE)}
_MENTION_STYLE: Final = {
    "style": shape(
        {}, {**_PLAIN_STYLE, "highlight": flag, "client_highlight": flag, "unlink": flag}
    )
}
_BORDER: Final = {"border": integer(0, 1)}

_PIECES: Final[Mapping[str, Rule]] = {
    "text": shape({**_BASE, "text": string(least=1)}, _STYLE),
    "emoji": shape(
        {**_BASE, "name": string(100, least=1)},
        {"unicode": string(100), "skin_tone": integer(1, 6), "url": url, **_STYLE},
    ),
    "link": shape({**_BASE, "url": url}, {"text": string(least=1), "unsafe": flag, **_STYLE}),
    "user": shape({**_BASE, "user_id": identifier}, _MENTION_STYLE),
    "usergroup": shape({**_BASE, "usergroup_id": identifier}, _MENTION_STYLE),
    "channel": shape({**_BASE, "channel_id": identifier}, _MENTION_STYLE),
    "broadcast": shape({**_BASE, "range": one_of("here", "channel", "everyone")}, _STYLE),
    "date": shape(
        {**_BASE, "timestamp": integer(0), "format": string(least=1)},
        {"url": url, "fallback": string(least=1), **_STYLE},
    ),
    "color": shape({**_BASE, "value": string(7, least=7)}, _STYLE),
    "team": shape({**_BASE, "team_id": identifier}, _STYLE),
}
_PIECE: Final = by_type(_PIECES)
_CODE_PIECE: Final = by_type(_PIECES, ("text", "link"))

_SECTION: Final = shape({**_BASE, "elements": listing(_PIECE)})
_PARTS: Final[Mapping[str, Rule]] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            **_BASE,
            "style": one_of("bullet", "ordered"),
            "elements": listing(by_type({"rich_text_section": _SECTION})),
        },
        {"indent": integer(0, 8), "offset": integer(0), **_BORDER},
    ),
    "rich_text_quote": shape({**_BASE, "elements": listing(_PIECE)}, _BORDER),
    "rich_text_preformatted": shape(
        {**_BASE, "elements": listing(_CODE_PIECE)}, {**_BORDER, "language": string(50)}
    ),
}

RICH_TEXT: Final = shape({**_BASE, "elements": listing(by_type(_PARTS))}, {"block_id": identifier})
