"""Inputs of a step, checked against its definition."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import StepFailed
from bot.ui.mrkdwn import clean
from bot.ui.workflow_steps import (
    BOOLEAN,
    INTEGER,
    STRING,
    TIMESTAMP,
    USER,
    USER_CONTEXT,
    Parameter,
    WorkflowStep,
)

MAX_TYPED = 4_000
MOST_INTEGER = 10**12
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_DIGITS = re.compile(r"\d{1,12}")


def parse_inputs(step: WorkflowStep, given: object) -> dict[str, Any]:
    """Return the inputs by name, None for optional ones that are missing; raises StepFailed.

    A person is the user ID. Of what Slack knows about the person, nothing else is kept: the
    context holds a secret.
    """
    values = given if isinstance(given, Mapping) else {}
    return {one.name: _read(one, values.get(one.name)) for one in step.inputs}


def _read(parameter: Parameter, value: object) -> Any:
    if value in (None, "") or (isinstance(value, str) and not value.strip()):
        if parameter.is_required:
            raise StepFailed(f"“{parameter.title}” is empty. Fill it in, and run it again.")
        return None
    found = _READERS[parameter.type](value)
    if found is None:
        raise StepFailed(f"“{parameter.title}” isn't {_NAMES[parameter.type]}.")
    return found


def _text(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_TYPED:
        return None
    return clean(value).strip() or None


def _integer(value: object) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) < MOST_INTEGER else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _user(value: object) -> str | None:
    return value if isinstance(value, str) and _USER_ID.fullmatch(value) else None


def _person(value: object) -> str | None:
    return _user(value.get("id")) if isinstance(value, Mapping) else None


_READERS: Mapping[str, Callable[[object], Any]] = {
    STRING: _text,
    INTEGER: _integer,
    BOOLEAN: _boolean,
    USER: _user,
    TIMESTAMP: _integer,
    USER_CONTEXT: _person,
}
_NAMES = {
    STRING: f"a text of at most {MAX_TYPED:,} characters",
    INTEGER: "a whole number",
    BOOLEAN: "true or false",
    USER: "a person",
    TIMESTAMP: "a date with a time",
    USER_CONTEXT: "the person who started the workflow",
}
