"""Owns what people do in the modals and Homes of the stand-in Slack: press, fill in, submit."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.form_state import IncompleteForm, unfilled
from bot.sandbox.slack.payloads import (
    action_on,
    is_told_at,
    outward,
    state_in,
    state_of,
    who_and_where,
)
from bot.sandbox.slack.state import Json, MethodError
from bot.sandbox.slack.web_api import SlackGateway

Values = Mapping[str, Mapping[str, Any]]


class SlackViewActions(SlackGateway):
    """Acts in views on behalf of the people in the workspace.

    `values` are what is filled in, by block and action id, plain or as Slack's states; a view
    keeps them until it is closed, and over an update in the fields that keep both ids.
    """

    def click_in_view(
        self,
        user: str,
        view_id: str,
        action: str | Mapping[str, Any],
        value: Any = None,
        *,
        values: Values | None = None,
    ) -> AppResponse:
        """Press or choose something in a modal or a Home; `values` is what is filled in so far."""
        with self.state.lock:
            self._fill_in(user, view_id, values)
            chosen = action_on(self.views.opened(user, view_id)["blocks"], action, value)
            payload = self._action(user, view_id, chosen)
        return self.with_problem(self.sender.interact(payload))

    def type_in_view(
        self,
        user: str,
        view_id: str,
        action: str | Mapping[str, Any],
        text: str,
        *,
        values: Values | None = None,
        enter: bool = False,
    ) -> AppResponse | None:
        """Let somebody type into a field until `text` stands there, then press Enter or not.

        The bot is told, and gives an answer, only if the field asks for that.
        """
        moment = "on_enter_pressed" if enter else "on_character_entered"
        with self.state.lock:
            self._fill_in(user, view_id, values)
            view = self.views.opened(user, view_id)
            chosen = action_on(view["blocks"], action, text)
            payload = self._action(user, view_id, chosen)
            is_told = is_told_at(moment, view, chosen)
        return self.with_problem(self.sender.interact(payload)) if is_told else None

    def _fill_in(self, user: str, view_id: str, values: Values | None) -> None:
        view = self.views.opened(user, view_id)
        state_of(view, values or {})  # raises for fields that are not there
        self.views.filled.add(view_id, values or {})

    def _action(self, user: str, view_id: str, chosen: Json) -> Json:
        """Tell of something done in a view; what was chosen is from now on filled in."""
        view = self.views.opened(user, view_id)
        self.views.filled.add(view_id, state_in(chosen))
        return {
            "type": "block_actions",
            **who_and_where(self.state.users[user]),
            "container": {"type": "view", "view_id": view_id},
            "trigger_id": self.views.triggers.make(user),
            "view": {**outward(view), "state": state_of(view, self.views.filled.of(view_id))},
            "actions": [chosen],
        }

    def submit_view(self, user: str, view_id: str, values: Values | None = None) -> AppResponse:
        """Submit a modal with what was filled in before and with `values`.

        The answer is the bot's: empty closes the modal, `response_action` says what else.
        """
        with self.state.lock:
            self._fill_in(user, view_id, values)
            view = self.views.opened(user, view_id)
            state = state_of(view, self.views.filled.of(view_id))
            if wrong := unfilled(view, state):
                raise IncompleteForm(wrong)
            payload = {
                "type": "view_submission",
                **who_and_where(self.state.users[user]),
                "trigger_id": self.views.triggers.make(user),
                "view": {**outward(view), "state": state},
                "response_urls": [],
            }
        with self.views.submitting(view_id):
            answer = self.with_problem(self.sender.interact(payload))
            if answer.ok:
                with self.state.lock:
                    self._follow(user, view_id, answer)
        return answer

    def close_view(self, user: str, view_id: str) -> AppResponse | None:
        """Close a modal; the bot is told, and gives an answer, only if it asked for that."""
        with self.state.lock:
            view = self.views.opened(user, view_id)
            payload = {
                "type": "view_closed",
                **who_and_where(self.state.users[user]),
                "view": outward(view),
                "is_cleared": bool(view["clear_on_close"]),
            }
            if view["clear_on_close"]:
                self.views.close_all(user)
            else:
                self.views.close(user)
        return self.sender.interact(payload) if view["notify_on_close"] else None

    def _follow(self, user: str, view_id: str, answer: AppResponse) -> None:
        action = answer.get("response_action")
        try:
            if action is None:
                self.views.close(user)
            elif action == "clear":
                self.views.close_all(user)
            elif action == "update":
                self.views.replace(view_id, self.views.checked(answer.get("view"), "modal"))
            elif action == "push":
                self.views.show(user, self.views.checked(answer.get("view"), "modal"))
            elif action == "errors":
                self._check_errors(self.views.opened(user, view_id), answer.get("errors"))
            else:
                answer.problem = f"unknown response_action {action}"
        except MethodError as refusal:
            answer.problem = json.dumps(refusal.answer)

    def _check_errors(self, view: Json, errors: object) -> None:
        fields = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= fields:
            raise MethodError("invalid_arguments", errors=[f"no such fields: {errors}"])

    def with_problem(self, answer: AppResponse) -> AppResponse:
        """Name what Slack shows where the bot does not answer, or not with 2xx."""
        if not answer.ok and not answer.problem:
            answer.problem = "http_service_error" if answer.status else "operation_timeout"
        return answer
