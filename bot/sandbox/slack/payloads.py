"""The payloads that Slack sends for user actions."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.sandbox.slack.state import APP_ID, DOMAIN, TEAM_ID, Channel, Json
from bot.sandbox.slack.view_state import state_values

_BUTTONS: Final = ("button", "icon_button", "workflow_button", "feedback_buttons")
_INITIAL: Final = (
    *("initial_value", "initial_option", "initial_options", "initial_date", "initial_time"),
    *("initial_date_time", "initial_user", "initial_users", "initial_channel"),
    *("initial_channels", "initial_conversation", "initial_conversations"),
)


def who_and_where(user: Json) -> Json:
    """Return the fields that every payload has."""
    who = {"id": user["id"], "username": user["name"], "name": user["name"]}
    who["team_id"] = user["team_id"]
    return {
        "user": who,
        "team": {"id": TEAM_ID, "domain": DOMAIN},
        "api_app_id": APP_ID,
        "token": "legacy",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def elements_in(value: object, block_id: str = "") -> Iterator[tuple[str, Json]]:
    """Return every interactive element in blocks, with its block ID."""
    if isinstance(value, list):
        for one in value:
            yield from elements_in(one, block_id)
    elif isinstance(value, dict):
        inside = str(value.get("block_id") or block_id)
        if "action_id" in value and "type" in value:
            yield inside, value
        else:
            for one in value.values():
                if isinstance(one, dict | list):
                    yield from elements_in(one, inside)


def action_on(blocks: object, action: object, value: Any) -> Json:
    """Return the action for a click or a choice, or raise LookupError.

    `action` is an `action_id` or an element. If several match, `block_id` or `value` decides.
    """
    wanted = action.get("action_id") if isinstance(action, Mapping) else action
    known = value if not isinstance(action, Mapping) else action.get("value", value)
    block = action.get("block_id") if isinstance(action, Mapping) else None
    found = [
        (b, e) for b, e in elements_in(blocks) if e["action_id"] == wanted and block in (None, b)
    ]
    if not found:
        raise LookupError(f"there is no element {wanted}")
    exact = [(b, e) for b, e in found if e["type"] in _BUTTONS and e.get("value") == known]
    block_id, element = (exact or found)[0]
    base = {"action_id": wanted, "block_id": block_id, "type": element["type"]}
    return {**base, **_chosen(element, known), "action_ts": f"{time.time():.6f}"}


def _chosen(element: Json, value: Any) -> Json:
    kind = element["type"]
    if kind == "feedback_buttons":
        return {"value": element["positive_button"]["value"] if value is None else value}
    if kind in _BUTTONS:
        shown = {"text": element["text"]}
        return shown | ({"value": element["value"]} if "value" in element else {})
    if kind == "overflow":
        options = [o for o in element["options"] if value in (None, o.get("value"))]
        if not options:
            raise LookupError(f"there is no choice {value}")
        return {"selected_option": options[0]}
    field = {"type": "input", "block_id": "b", "element": element}
    answers = {"b": {element["action_id"]: value}}
    chosen: Json = state_values({"blocks": [field]}, answers)["b"][element["action_id"]]
    return chosen


def state_in(chosen: Json) -> dict[str, dict[str, Json]]:
    """Return the values that an action fills in, by block and action ID; a button has none."""
    meta = {"block_id", "action_id", "action_ts"}
    if chosen["type"] in (*_BUTTONS, "overflow"):
        return {}
    state = {name: value for name, value in chosen.items() if name not in meta}
    return {chosen["block_id"]: {chosen["action_id"]: state}}


def is_sent_at(moment: str, view: Json, chosen: Json) -> bool:
    """Return whether a field sends an action at a moment such as `on_enter_pressed`."""
    block: Json = next(b for b in view["blocks"] if b.get("block_id") == chosen["block_id"])
    config = block.get("element", {}).get("dispatch_action_config", {})
    asked = config.get("trigger_actions_on", ["on_enter_pressed"])
    return bool(block.get("dispatch_action")) and moment in asked


def outward(view: Json) -> Json:
    """Return a view as in a payload."""
    return {name: value for name, value in view.items() if name != "user"}


def state_of(shown: Json, given: Mapping[str, Mapping[str, Any]]) -> Json:
    """Return `state.values`: the given plain values or Slack states, else the defaults."""
    fields = list(elements_in(shown.get("blocks")))
    answers: dict[str, dict[str, Any]] = {}
    for block_id, element in fields:
        answers.setdefault(block_id, {})[element["action_id"]] = _default(element)
    for block_id, states in given.items():
        if block_id not in answers:
            raise LookupError(f"there is no field {block_id}")
        answers[block_id].update(states)
    values = state_values(shown, _plain(answers))
    for block_id, states in given.items():
        made = {name: one for name, one in states.items() if isinstance(one, Mapping)}
        values.setdefault(block_id, {}).update(made)
    return {"values": {block_id: states for block_id, states in values.items() if states}}


def _plain(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        block_id: {k: None if isinstance(v, Mapping) else v for k, v in states.items()}
        for block_id, states in answers.items()
    }


def _default(element: Json) -> Any:
    for name in _INITIAL:
        if name in element:
            initial = element[name]
            if isinstance(initial, dict) and initial.get("type") == "rich_text":
                return _text_in(initial)
            if isinstance(initial, dict):
                return initial.get("value")
            if isinstance(initial, list):
                return [one["value"] if isinstance(one, dict) else one for one in initial]
            return initial
    return None


def _text_in(rich_text: Json) -> str:
    parts = rich_text["elements"]
    return "\n".join("".join(piece.get("text", "") for piece in one["elements"]) for one in parts)


def message_source(channel: Channel, message: Json) -> Json:
    """Return the channel and message of an action."""
    hidden = bool(message.get("is_ephemeral"))
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id}
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    shown = {} if hidden else {"message": message}
    return {
        "container": {**container, "is_ephemeral": hidden},
        "channel": {"id": channel.id, "name": "directmessage" if channel.user else channel.name},
        **shown,
    }


def command_form(user: Json, channel: Channel, command: str, text: str) -> Json:
    """Return the fields of a slash command, without its URLs."""
    return {
        "token": "legacy",
        "team_id": user["team_id"],
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.user else channel.name,
        "user_id": user["id"],
        "user_name": user["name"],
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }
