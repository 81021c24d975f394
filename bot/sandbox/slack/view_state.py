"""`state.values` of a view, from what a user filled in."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]
Answers: TypeAlias = Mapping[str, Mapping[str, object]]


def state_values(view: Json, answers: Answers) -> Json:
    """Return `state.values` for answers: a string, a list of strings, or None per field."""
    values: Json = {}
    for block_id, element in _fields(view):
        kind = str(element.get("type"))
        answer = answers.get(block_id, {}).get(str(element.get("action_id")))
        if kind in _STATES:
            state = {"type": kind, **_STATES[kind](element, answer)}
            values.setdefault(block_id, {})[element.get("action_id")] = state
    return values


def _fields(view: Json) -> Iterator[tuple[str, Json]]:
    for block in view.get("blocks") or []:
        found = [block.get("element"), block.get("accessory")]
        found += (block.get("elements") or []) if block.get("type") == "actions" else []
        for element in found:
            if isinstance(element, dict):
                yield str(block.get("block_id", "")), element


def _one(answer: object) -> str | None:
    return str(answer) if isinstance(answer, str | int) and str(answer) else None


def _many(answer: object) -> list[str]:
    return [str(one) for one in answer] if isinstance(answer, list) else []


def _option(element: Json, value: str | None) -> Json | None:
    groups = element.get("option_groups") or []
    options = [
        *(element.get("options") or []),
        *(o for g in groups for o in g.get("options") or []),
    ]
    options += element.get("initial_options") or []
    options += [element["initial_option"]] if element.get("initial_option") else []
    known = (o for o in options if o.get("value") == value)
    if value is None:
        return None
    return next(known, {"text": {"type": "plain_text", "text": value}, "value": value})


def _text(_element: Json, answer: object) -> Json:
    return {"value": _one(answer)}


def _selected_option(element: Json, answer: object) -> Json:
    return {"selected_option": _option(element, _one(answer))}


def _selected_options(element: Json, answer: object) -> Json:
    return {"selected_options": [_option(element, value) for value in _many(answer)]}


def _selected(name: str) -> Callable[[Json, object], Json]:
    return lambda _element, answer: {name: _one(answer)}


def _selected_many(name: str) -> Callable[[Json, object], Json]:
    return lambda _element, answer: {name: _many(answer)}


def _stamp(_element: Json, answer: object) -> Json:
    text = _one(answer)
    return {"selected_date_time": int(text) if text and text.isdecimal() else None}


def _rich_text(_element: Json, answer: object) -> Json:
    if not (text := _one(answer)):
        return {"rich_text_value": None}
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"rich_text_value": {"type": "rich_text", "elements": [section]}}


_STATES: Final[Mapping[str, Callable[[Json, object], Json]]] = {
    "plain_text_input": _text,
    "number_input": _text,
    "email_text_input": _text,
    "url_text_input": _text,
    "rich_text_input": _rich_text,
    "static_select": _selected_option,
    "external_select": _selected_option,
    "radio_buttons": _selected_option,
    "checkboxes": _selected_options,
    "multi_static_select": _selected_options,
    "multi_external_select": _selected_options,
    "datepicker": _selected("selected_date"),
    "timepicker": _selected("selected_time"),
    "datetimepicker": _stamp,
    "users_select": _selected("selected_user"),
    "channels_select": _selected("selected_channel"),
    "conversations_select": _selected("selected_conversation"),
    "multi_users_select": _selected_many("selected_users"),
    "multi_channels_select": _selected_many("selected_channels"),
    "multi_conversations_select": _selected_many("selected_conversations"),
}
