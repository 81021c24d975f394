"""The `functions.` methods, and the runs of steps that they end."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.slack.method import TIER_3, ApiMethod, needed
from bot.sandbox.slack.state import APP_ID, Json, MethodError, SlackState, new_id

USER_CONTEXT: Final = "slack#/types/user_context"
_NUMBERS: Final = ("integer", "slack#/types/timestamp")


@dataclass
class StepExecution:
    """A run of a step; `event` started it. It is over once it has `outputs` or an `error`."""

    event: Json
    outputs: Json | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        """Return whether the app has ended the step."""
        return self.outputs is not None or self.error is not None

    @property
    def token(self) -> str:
        """The token of this run."""
        return str(self.event["bot_access_token"])


class FunctionMethods:
    """The steps in the app's manifest, and their runs."""

    def __init__(self, state: SlackState) -> None:
        self._state = state
        self.definitions: Json = {}
        self.executions: dict[str, StepExecution] = {}

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        return {
            "functions.completeSuccess": ApiMethod(self.complete, (), TIER_3),
            "functions.completeError": ApiMethod(self.fail, (), TIER_3),
        }

    def clear(self) -> None:
        """Forget every run."""
        self.executions.clear()

    def token_for_bot(self, sent: str | None, bot: str) -> str:
        """Return the token that counts as the bot's: also that of a run, until it is over."""
        run = next((one for one in self.executions.values() if one.token == sent), None)
        if run is None:
            return bot
        if run.is_over:
            raise MethodError("token_expired")
        return run.token

    def begin(self, callback_id: str, inputs: Json, *, who: Json, execution_id: str | None) -> Json:
        """Start a run and return its event."""
        definition = self.definitions.get(callback_id)
        if definition is None:
            raise LookupError(f"the manifest has no step {callback_id}")
        wanted = definition["input_parameters"]
        contexts = [
            name for name, one in wanted["properties"].items() if one["type"] == USER_CONTEXT
        ]
        if given := [name for name in contexts if name in inputs]:
            raise ValueError(f"{given[0]} can't be set by hand")
        told = {**inputs, **dict.fromkeys(contexts, who)}
        if problem := self._problem(wanted, told):
            raise ValueError(problem)
        run = execution_id or new_id("Fx")
        event = {
            "type": "function_executed",
            "function": {
                "id": new_id("Fn"),
                "callback_id": callback_id,
                "title": definition["title"],
                "description": definition["description"],
                "type": "app",
                "input_parameters": _listed(wanted),
                "output_parameters": _listed(definition["output_parameters"]),
                "app_id": APP_ID,
            },
            "inputs": told,
            "function_execution_id": run,
            "workflow_execution_id": new_id("Wx"),
            "event_ts": self._state.new_ts(),
            "bot_access_token": f"xwfp-{secrets.token_hex(16)}",
        }
        self.executions[run] = StepExecution(event)
        return event

    def complete(self, params: Json) -> Json:
        """End a run with its outputs."""
        run, outputs = self._running(params), params.get("outputs")
        definition = self.definitions[run.event["function"]["callback_id"]]
        if not isinstance(outputs, dict):
            raise MethodError("invalid_arguments")
        if problem := self._problem(definition["output_parameters"], outputs):
            words = {"messages": [f"[ERROR] {problem}"]}
            raise MethodError("parameter_validation_failed", response_metadata=words)
        run.outputs = outputs
        self._state.touch()
        return {"ok": True}

    def fail(self, params: Json) -> Json:
        """End a run with an error."""
        run, error = self._running(params), needed(params, "error")
        run.error = error
        self._state.touch()
        return {"ok": True}

    def _running(self, params: Json) -> StepExecution:
        run = self.executions.get(needed(params, "function_execution_id"))
        if run is None:
            raise MethodError("function_execution_not_found")
        if run.is_over:
            raise MethodError("execution_not_in_running_state")
        return run

    def _problem(self, wanted: Json, given: Json) -> str | None:
        """Return why values don't fit the parameters of a step."""
        for name, value in given.items():
            if name not in wanted["properties"]:
                return f"unknown parameter: {name}"
            if not self._fits(wanted["properties"][name]["type"], value):
                return f"wrong type: {name}"
        missing = [name for name in wanted["required"] if name not in given]
        return f"missing parameter: {missing[0]}" if missing else None

    def _fits(self, kind: str, value: Any) -> bool:
        if kind in _NUMBERS:
            return isinstance(value, int) and not isinstance(value, bool)
        if kind == "boolean":
            return isinstance(value, bool)
        if kind == "string":
            return isinstance(value, str)
        if kind == "slack#/types/user_id":
            return value in self._state.users
        if kind == USER_CONTEXT:
            return isinstance(value, dict) and {*value} == {"id", "secret"}
        return False


def _listed(parameters: Json) -> list[Json]:
    """Return parameters as events list them."""
    return [
        {
            "type": one["type"],
            "name": name,
            "description": one["description"],
            "title": one["title"],
            "is_required": name in parameters["required"],
        }
        for name, one in parameters["properties"].items()
    ]
