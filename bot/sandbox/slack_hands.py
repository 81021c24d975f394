"""Owns what people do in the stand-in Slack: press, choose, fill in, type; and Slack's events."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack_door import SlackDoor
from bot.sandbox.slack_gestures import (
    action_on,
    command_form,
    message_source,
    state_of,
    unfilled,
    who_and_where,
)
from bot.sandbox.slack_sender import Answer
from bot.sandbox.slack_state import Json, Refusal


class SlackHands(SlackDoor):
    """Talks to the bot as Slack does, on behalf of the people in the workspace.

    What cannot be done, such as pressing what is not there, raises LookupError; what Slack itself
    would not send, such as an empty required field, raises ValueError.
    """

    def connect(self, bot_url: str) -> None:
        """Send to `{bot_url}/slack/events` from now on."""
        self.sender.bot_url = bot_url.rstrip("/")

    def click(
        self, user: str, channel: str, ts: str, action: str | Mapping[str, Any], value: Any = None
    ) -> Answer:
        """Press or choose something in a message, named by its `action_id` or its element."""
        with self.state.lock:
            place = self.state.channels[channel]
            message = place.messages[ts]
            chosen = action_on(message.get("blocks"), action, value)
            payload = {
                "type": "block_actions",
                **who_and_where(self.state.users[user]),
                **message_source(place, message),
                "trigger_id": self.views.triggers.make(user),
                "response_url": self.response_urls.make(channel, user, ts),
                "state": state_of(message, {}),
                "actions": [chosen],
            }
        return self._trouble(self.sender.interact(payload))

    def click_in_view(
        self,
        user: str,
        view_id: str,
        action: str | Mapping[str, Any],
        value: Any = None,
        *,
        values: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Answer:
        """Press or choose something in a modal or a Home; `values` is what is filled in so far."""
        with self.state.lock:
            view = self.views.opened(user, view_id)
            payload = {
                "type": "block_actions",
                **who_and_where(self.state.users[user]),
                "container": {"type": "view", "view_id": view_id},
                "trigger_id": self.views.triggers.make(user),
                "view": {**_outward(view), "state": state_of(view, values or {})},
                "actions": [action_on(view["blocks"], action, value)],
            }
        return self._trouble(self.sender.interact(payload))

    def submit_view(
        self, user: str, view_id: str, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Answer:
        """Submit a modal; `values` by block and action id, plain or as Slack's states.

        The answer is the bot's: empty closes the modal, `response_action` says what else.
        """
        with self.state.lock:
            view = self.views.opened(user, view_id)
            state = state_of(view, values or {})
            wrong = unfilled(view, state)
            if wrong:
                raise ValueError("; ".join(wrong))
            payload = {
                "type": "view_submission",
                **who_and_where(self.state.users[user]),
                "trigger_id": self.views.triggers.make(user),
                "view": {**_outward(view), "state": state},
                "response_urls": [],
            }
        answer = self._trouble(self.sender.interact(payload))
        if answer.ok:
            with self.state.lock:
                self._follow(user, view_id, answer)
        return answer

    def close_view(self, user: str, view_id: str) -> Answer | None:
        """Close a modal; the bot is told, and gives an answer, only if it asked for that."""
        with self.state.lock:
            view = self.views.opened(user, view_id)
            payload = {
                "type": "view_closed",
                **who_and_where(self.state.users[user]),
                "view": _outward(view),
                "is_cleared": bool(view["clear_on_close"]),
            }
            if view["clear_on_close"]:
                self.views.close_all(user)
            else:
                self.views.close(user)
        return self.sender.interact(payload) if view["notify_on_close"] else None

    def type_command(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """Type a slash command; what it is answered with at once is shown in the channel."""
        with self.state.lock:
            place = self.state.channels[channel]
            who = self.state.users[user]
            url = self.response_urls.make(channel, user)
            form = {
                **command_form(who, place, command, text),
                "response_url": url,
                "trigger_id": self.views.triggers.make(user),
            }
        answer = self._trouble(self.sender.command(form))
        said = dict(answer) or ({"text": answer.body} if answer.body.strip() else {})
        if answer.ok and (said.get("text") or said.get("blocks")):
            try:
                self.response_urls.say_at_once(url, said)
            except Refusal as refusal:
                answer.problem = str(refusal)
        return answer

    def load_options(
        self,
        user: str,
        action: str | Mapping[str, Any],
        query: str,
        *,
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> Answer:
        """Type into a menu whose choices the bot gives, in a view or in a message."""
        with self.state.lock:
            if view_id is not None:
                view = self.views.opened(user, view_id)
                shown: Json = view
                where: Json = {"container": {"type": "view", "view_id": view_id}}
                where["view"] = _outward(view)
            else:
                place = self.state.channels[channel or ""]
                shown = place.messages[ts or ""]
                where = message_source(place, shown)
            chosen = action_on(shown.get("blocks"), action, None)
            payload = {
                "type": "block_suggestion",
                **who_and_where(self.state.users[user]),
                **where,
                "action_id": chosen["action_id"],
                "block_id": chosen["block_id"],
                "value": query,
            }
        return self.sender.interact(payload)

    def send_event(self, event: Json, *, event_id: str | None = None) -> Answer:
        """Tell of an event and give the first answer; until a 2xx it is told again, later."""
        return self.sender.event(event, event_id)

    def _follow(self, user: str, view_id: str, answer: Answer) -> None:
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
        except Refusal as refusal:
            answer.problem = json.dumps(refusal.answer)

    def _check_errors(self, view: Json, errors: object) -> None:
        fields = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= fields:
            raise Refusal("invalid_arguments", errors=[f"no such fields: {errors}"])

    def _trouble(self, answer: Answer) -> Answer:
        if not answer.ok and not answer.problem:
            answer.problem = "http_service_error" if answer.status else "operation_timeout"
        return answer


def _outward(view: Json) -> Json:
    return {name: value for name, value in view.items() if name != "user"}
