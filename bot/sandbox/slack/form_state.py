"""What users have filled in in open views, and the checks that Slack itself makes."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.payloads import elements_in, state_of
from bot.sandbox.slack.state import Json

Values = Mapping[str, Mapping[str, Any]]


class IncompleteForm(ValueError):
    """A form that Slack itself rejects; `errors` are messages by block ID."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{block}: {words}" for block, words in errors.items()))
        self.errors = errors


class FormValues:
    """The values of each view by block and action ID, plain or as Slack's states."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, dict[str, Any]]] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()

    def of(self, view_id: str) -> Values:
        """Return the current values of a view."""
        return self._values.get(view_id, {})

    def add(self, view_id: str, values: Values) -> None:
        """Update the values of a view."""
        held = self._values.setdefault(view_id, {})
        for block_id, states in values.items():
            held.setdefault(block_id, {}).update(states)

    def forget(self, view_id: str) -> None:
        """Forget a closed view."""
        self._values.pop(view_id, None)

    def follow(self, old: Json, new: Json) -> None:
        """Keep the values of fields whose IDs and type stay the same in an update.

        This includes untouched fields: a new initial value only shows with a new ID.
        """
        before = state_of(old, self.of(old["id"]))["values"]
        held: dict[str, dict[str, Any]] = {}
        for block_id, action_id, _ in set(_fields(old)) & set(_fields(new)):
            states = before.get(block_id, {})
            if action_id in states:
                held.setdefault(block_id, {})[action_id] = states[action_id]
        self._values[new["id"]] = held


def unfilled(view: Json, state: Json) -> dict[str, str]:
    """Return errors that Slack itself shows: missing required fields and wrong lengths."""
    wrong = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        states = state["values"].get(block["block_id"], {})
        answer: Json = next(iter(states.values()), {})
        said = [v for name, v in answer.items() if name != "type" and v not in (None, "", [])]
        if not said and not block.get("optional"):
            wrong[block["block_id"]] = "Please complete this required field."
        elif said and isinstance(said[0], str) and element["type"] == "plain_text_input":
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if not least <= len(said[0]) <= most:
                wrong[block["block_id"]] = f"Please write between {least} and {most} characters."
    return wrong


def _fields(view: Json) -> Iterator[tuple[str, str, str]]:
    for block_id, element in elements_in(view["blocks"]):
        yield block_id, element["action_id"], element["type"]
