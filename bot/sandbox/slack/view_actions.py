"""Simulated user actions in modals and App Home."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.form_state import IncompleteForm, unfilled
from bot.sandbox.slack.payloads import (
    action_on,
    is_sent_at,
    outward,
    state_in,
    state_of,
    who_and_where,
)
from bot.sandbox.slack.state import Json, MethodError
from bot.sandbox.slack.web_api import SlackGateway

Values = Mapping[str, Mapping[str, Any]]


class SlackViewActions(SlackGateway):
    """Acts in views as a user.

    `values` are form values by block and action ID, plain or as Slack's states. A view keeps them
    until it is closed, and through an update in fields that keep both IDs.
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
        """Click or choose something in a modal or App Home; `values` are its form values."""
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
        """Type `text` into a field and, if `enter`, press Enter.

        Return the app's response, or None if the field sends no action.
        """
        moment = "on_enter_pressed" if enter else "on_character_entered"
        with self.state.lock:
            self._fill_in(user, view_id, values)
            view = self.views.opened(user, view_id)
            chosen = action_on(view["blocks"], action, text)
            payload = self._action(user, view_id, chosen)
            is_sent = is_sent_at(moment, view, chosen)
        return self.with_problem(self.sender.interact(payload)) if is_sent else None

    def _fill_in(self, user: str, view_id: str, values: Values | None) -> None:
        view = self.views.opened(user, view_id)
        state_of(view, values or {})  # raises for unknown fields
        self.views.filled.add(view_id, values or {})

    def _action(self, user: str, view_id: str, chosen: Json) -> Json:
        """Return the payload of an action in a view, and store what was chosen."""
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
        """Submit a modal with its current values and `values`.

        Return the app's response: empty closes the modal, else see `response_action`.
        """
        # Before the view is read, because an update in between might remove its fields.
        with self.views.submitting(view_id):
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
            answer = self.with_problem(self.sender.interact(payload))
            if answer.ok:
                with self.state.lock:
                    self._follow(user, view_id, answer)
        return answer

    def close_view(self, user: str, view_id: str) -> AppResponse | None:
        """Close a modal; return the app's response if the view has `notify_on_close`."""
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
        """Return the response with the problem that Slack would show, if any."""
        if not answer.ok and not answer.problem:
            answer.problem = "http_service_error" if answer.status else "operation_timeout"
        return answer
