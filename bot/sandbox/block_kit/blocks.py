"""Slack's rules for the fields and elements of each block."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.sandbox.block_kit.data_blocks import DATA_BLOCKS
from bot.sandbox.block_kit.elements import (
    ELEMENTS,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from bot.sandbox.block_kit.rich_text import RICH_TEXT
from bot.sandbox.block_kit.schema import (
    EITHER,
    PLAIN,
    Rule,
    any_of,
    anything,
    at_most_one_of,
    by_type,
    flag,
    identifier,
    listing,
    one_of,
    problem,
    shape,
    string,
    text,
    url,
)

_BASE: Final[Mapping[str, Rule]] = {"type": anything}
_ID: Final[Mapping[str, Rule]] = {"block_id": identifier}
_PICTURE: Final = by_type(ELEMENTS, ("image",))
_IN_CONTEXT: Final = by_type(
    {"image": ELEMENTS["image"], **{kind: text(3000, (kind,)) for kind in EITHER}}
)
_CARD: Final = shape(
    _BASE,
    {
        **_ID,
        "hero_image": _PICTURE,
        "icon": _PICTURE,
        "slack_icon": shape({**_BASE, "name": string(50, least=1)}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": listing(by_type(ELEMENTS, ("button",)), 3),
    },
    any_of("hero_image", "title", "actions", "body"),
    at_most_one_of("icon", "slack_icon"),
)
_TASK: Final[Mapping[str, Rule]] = {"task_id": string(least=1), "title": string(least=1)}
_TASK_MORE: Final[Mapping[str, Rule]] = {
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": listing(by_type(ELEMENTS, ("url",)), least=0),
}

_SIMPLE: Final[Mapping[str, Rule]] = {
    "divider": shape(_BASE, _ID),
    "header": shape({**_BASE, "text": text(150, PLAIN)}, _ID),
    "section": shape(
        _BASE,
        {
            **_ID,
            "text": text(3000),
            "fields": listing(text(2000), 10),
            "accessory": by_type(ELEMENTS, IN_SECTION),
            "expand": flag,
        },
        any_of("text", "fields"),
    ),
    "context": shape({**_BASE, "elements": listing(_IN_CONTEXT, 10)}, _ID),
    "actions": shape({**_BASE, "elements": listing(by_type(ELEMENTS, IN_ACTIONS), 25)}, _ID),
    "context_actions": shape(
        {**_BASE, "elements": listing(by_type(ELEMENTS, IN_CONTEXT_ACTIONS), 5)}, _ID
    ),
    "image": shape(
        {**_BASE, "alt_text": string(2000, least=1)},
        {**_ID, "image_url": url, "slack_file": anything, "title": text(2000, PLAIN)},
        any_of("image_url", "slack_file"),
    ),
    "input": shape(
        {**_BASE, "label": text(2000, PLAIN), "element": by_type(ELEMENTS, IN_INPUT)},
        {**_ID, "hint": text(2000, PLAIN), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
    "markdown": shape({**_BASE, "text": string(12_000, least=1)}, _ID),
    "video": shape(
        {**_BASE, "alt_text": string(2000), "thumbnail_url": url, "video_url": url}
        | {"title": text(200, PLAIN)},
        {**_ID, "author_name": string(50), "description": text(200, PLAIN), "title_url": url}
        | {"provider_name": string(50), "provider_icon_url": url},
    ),
    "alert": shape(
        {**_BASE, "text": text(200)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": shape({**_BASE, "elements": listing(by_type({"card": _CARD}), 10)}, _ID),
    "task_card": shape(
        {**_BASE, **_TASK, "status": one_of("in_progress", "complete", "error")},
        {**_ID, **_TASK_MORE},
    ),
    "plan": shape(
        {
            **_BASE,
            "title": string(least=1),
            "tasks": listing(
                shape(
                    {**_TASK, "status": one_of("pending", "in_progress", "complete", "error")},
                    _TASK_MORE,
                ),
                50,
            ),
        },
        _ID,
    ),
    **DATA_BLOCKS,
}
_IN_CONTAINER: Final = (
    *("actions", "context", "divider", "header", "image"),
    *("rich_text", "section", "table", "video"),
)


def _folds(value: object, at: str) -> Iterator[str]:
    if (
        isinstance(value, dict)
        and value.get("default_collapsed")
        and not value.get("is_collapsible")
    ):
        yield problem("default_collapsed needs is_collapsible", at)
    if isinstance(value, dict) and value.get("has_header_divider") and value.get("is_collapsible"):
        yield problem("has_header_divider is for what is not collapsible", at)


BLOCKS: Final[Mapping[str, Rule]] = {
    **_SIMPLE,
    "container": shape(
        {**_BASE, "child_blocks": listing(by_type(_SIMPLE, _IN_CONTAINER), 10)},
        {
            **_ID,
            "title": text(150, PLAIN),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "icon": _PICTURE,
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
        any_of("title", "rich_text_title"),
        _folds,
    ),
}
