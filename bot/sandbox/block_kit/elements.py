"""Slack's rules for interactive elements and where each is allowed."""

from collections.abc import Mapping
from typing import Final

from bot.sandbox.block_kit.schema import (
    EITHER,
    PLAIN,
    Rule,
    any_of,
    anything,
    at_most_one_of,
    flag,
    identifier,
    integer,
    listing,
    number,
    one_of,
    shape,
    string,
    text,
    url,
)

_CONFIRM: Final = shape(
    {"title": text(100, PLAIN), "text": text(300), "confirm": text(30, PLAIN)}
    | {"deny": text(30, PLAIN)},
    {"style": one_of("primary", "danger")},
)
_DISPATCH: Final = shape(
    {
        "trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 2),
    }
)
_FILTER: Final = shape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)


def _option(kinds: tuple[str, ...] = PLAIN) -> Rule:
    return shape(
        {"text": text(75, kinds), "value": string(150, least=1)},
        {"description": text(75, kinds), "url": url},
    )


_GROUP: Final = shape({"label": text(75, PLAIN), "options": listing(_option(), 100)})
_PLACEHOLDER: Final = text(150, PLAIN)
_BASE: Final[Mapping[str, Rule]] = {"type": anything}
_COMMON: Final[Mapping[str, Rule]] = {"action_id": identifier, "focus_on_load": flag}
_MENU: Final = {**_COMMON, "placeholder": _PLACEHOLDER, "confirm": _CONFIRM}
_MANY: Final = {"max_selected_items": integer(1)}
_TYPED: Final = {**_COMMON, "placeholder": _PLACEHOLDER, "dispatch_action_config": _DISPATCH}
_STATIC: Final = {
    **_MENU,
    "options": listing(_option(), 100),
    "option_groups": listing(_GROUP, 100),
}
_ONE_SOURCE: Final = (
    any_of("options", "option_groups"),
    at_most_one_of("options", "option_groups"),
)
_EXTERNAL: Final = {**_MENU, "min_query_length": integer(0)}
_PICKED: Final = identifier
_CONVERSATIONS: Final = {
    **_MENU,
    "default_to_current_conversation": flag,
    "filter": _FILTER,
}
_ANSWER: Final = {"response_url_enabled": flag}
_LABEL: Final = {"accessibility_label": string(75)}
_FEEDBACK: Final = shape({"text": text(75, PLAIN), "value": string(2000)}, _LABEL)
_PICTURE: Final = shape(
    {**_BASE, "alt_text": string(2000, least=1)},
    {"image_url": url, "slack_file": anything},
    any_of("image_url", "slack_file"),
)


def _boxes(initial: str, rule: Rule) -> Rule:
    return shape(
        {**_BASE, "options": listing(_option(EITHER), 10)},
        {**_COMMON, initial: rule, "confirm": _CONFIRM},
    )


ELEMENTS: Final[Mapping[str, Rule]] = {
    "button": shape(
        {**_BASE, "text": text(75, PLAIN)},
        {"action_id": identifier, "url": url, "value": string(2000), "confirm": _CONFIRM}
        | {"style": one_of("primary", "danger"), "agent_prompt": string(4000), **_LABEL},
    ),
    "image": _PICTURE,
    "overflow": shape(
        {**_BASE, "options": listing(_option(), 5)},
        {"action_id": identifier, "confirm": _CONFIRM},
    ),
    "static_select": shape(_BASE, {**_STATIC, "initial_option": _option()}, *_ONE_SOURCE),
    "multi_static_select": shape(
        _BASE, {**_STATIC, **_MANY, "initial_options": listing(_option(), 100)}, *_ONE_SOURCE
    ),
    "external_select": shape(_BASE, {**_EXTERNAL, "initial_option": _option()}),
    "multi_external_select": shape(
        _BASE, {**_EXTERNAL, **_MANY, "initial_options": listing(_option(), 100)}
    ),
    "users_select": shape(_BASE, {**_MENU, "initial_user": _PICKED}),
    "multi_users_select": shape(_BASE, {**_MENU, **_MANY, "initial_users": listing(_PICKED)}),
    "conversations_select": shape(
        _BASE, {**_CONVERSATIONS, **_ANSWER, "initial_conversation": _PICKED}
    ),
    "multi_conversations_select": shape(
        _BASE, {**_CONVERSATIONS, **_MANY, "initial_conversations": listing(_PICKED)}
    ),
    "channels_select": shape(_BASE, {**_MENU, **_ANSWER, "initial_channel": _PICKED}),
    "multi_channels_select": shape(_BASE, {**_MENU, **_MANY, "initial_channels": listing(_PICKED)}),
    "datepicker": shape(_BASE, {**_MENU, "initial_date": string(10, least=10)}),
    "timepicker": shape(
        _BASE, {**_MENU, "initial_time": string(5, least=5), "timezone": string(100)}
    ),
    "datetimepicker": shape(
        _BASE, {**_COMMON, "initial_date_time": integer(0), "confirm": _CONFIRM}
    ),
    "checkboxes": _boxes("initial_options", listing(_option(EITHER), 10)),
    "radio_buttons": _boxes("initial_option", _option(EITHER)),
    "plain_text_input": shape(
        _BASE,
        {**_TYPED, "initial_value": string(3000), "multiline": flag}
        | {"min_length": integer(0, 3000), "max_length": integer(1, 3000)},
    ),
    "email_text_input": shape(_BASE, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": shape(_BASE, {**_TYPED, "initial_value": string(3000)}),
    "number_input": shape(
        {**_BASE, "is_decimal_allowed": flag},
        {**_TYPED, "initial_value": string(100), "min_value": string(100)}
        | {"max_value": string(100)},
    ),
    "rich_text_input": shape(
        _BASE,
        {**_TYPED, "initial_value": anything, "min_lines": integer(1, 100)}
        | {"max_lines": integer(1, 100)},
    ),
    "file_input": shape(
        _BASE,
        {"action_id": identifier, "filetypes": listing(string(20)), "max_files": integer(1, 10)},
    ),
    "workflow_button": shape(
        {**_BASE, "text": text(75, PLAIN), "workflow": anything},
        {"action_id": identifier, "style": one_of("primary", "danger"), **_LABEL},
    ),
    "feedback_buttons": shape(
        {**_BASE, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        {"action_id": identifier},
    ),
    "icon_button": shape(
        {**_BASE, "text": text(75, PLAIN), "icon": one_of("trash")},
        {"action_id": identifier, "value": string(2000), "confirm": _CONFIRM}
        | {"visible_to_user_ids": listing(identifier, 10), **_LABEL},
    ),
    "url": shape({**_BASE, "url": url, "text": string(least=1)}),
    "raw_text": shape({**_BASE, "text": string(least=1)}, {"emoji": flag}),
    "raw_number": shape({**_BASE, "value": number, "text": string(least=1)}),
}

_SELECTS: Final = tuple(name for name in ELEMENTS if name.endswith("_select"))
_PICKERS: Final = ("datepicker", "timepicker")
_CHOICES: Final = ("checkboxes", "radio_buttons")
_SINGLE: Final = tuple(name for name in _SELECTS if not name.startswith("multi_"))

IN_ACTIONS: Final = (
    *("button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"),
    *(*_SELECTS, *_PICKERS, *_CHOICES),
)
IN_SECTION: Final = (
    *("button", "image", "overflow", "workflow_button"),
    *(*_SELECTS, *_PICKERS, *_CHOICES),
)
IN_INPUT: Final = (
    *("plain_text_input", "number_input", "email_text_input", "url_text_input"),
    *("rich_text_input", "file_input", "datetimepicker"),
    *(*_SELECTS, *_PICKERS, *_CHOICES),
)
IN_CONTEXT_ACTIONS: Final = ("feedback_buttons", "icon_button")
