"""Simulated user actions in messages, slash commands, and events."""

import time
from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.entities.actions import SlackEntityActions
from bot.sandbox.slack.payloads import (
    action_on,
    command_form,
    message_source,
    outward,
    state_of,
    who_and_where,
)
from bot.sandbox.slack.state import Json, MethodError


class SlackUserActions(SlackEntityActions):
    """Sends user actions to the app as Slack does.

    An impossible action, such as clicking a missing button, raises LookupError. Input that Slack
    itself rejects, such as an empty required field, raises ValueError.
    """

    def connect(self, bot_url: str) -> None:
        """Send to `{bot_url}/slack/events` from now on."""
        self.sender.bot_url = bot_url.rstrip("/")

    def click(
        self, user: str, channel: str, ts: str, action: str | Mapping[str, Any], value: Any = None
    ) -> AppResponse:
        """Click or choose something in a message, by its `action_id` or its element."""
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
        return self.with_problem(self.sender.interact(payload))

    def type_command(self, user: str, channel: str, command: str, text: str = "") -> AppResponse:
        """Type a slash command; a direct response is shown in the channel."""
        with self.state.lock:
            place = self.state.channels[channel]
            who = self.state.users[user]
            url = self.response_urls.make(channel, user)
            form = {
                **command_form(who, place, command, text),
                "response_url": url,
                "trigger_id": self.views.triggers.make(user),
            }
        answer = self.with_problem(self.sender.command(form))
        said = dict(answer) or ({"text": answer.body} if answer.body.strip() else {})
        if answer.ok and (said.get("text") or said.get("blocks")):
            try:
                self.response_urls.show_immediately(url, said)
            except MethodError as refusal:
                answer.problem = str(refusal)
        return answer

    def use_shortcut(self, user: str, callback_id: str) -> AppResponse:
        """Choose a shortcut of the whole workspace."""
        with self.state.lock:
            payload = {
                "type": "shortcut",
                **who_and_where(self.state.users[user]),
                "callback_id": callback_id,
                "trigger_id": self.views.triggers.make(user),
                "action_ts": f"{time.time():.6f}",
            }
        return self.with_problem(self.sender.interact(payload))

    def use_message_shortcut(
        self, user: str, channel: str, ts: str, callback_id: str
    ) -> AppResponse:
        """Choose a shortcut in the menu of a message."""
        with self.state.lock:
            place = self.state.channels[channel]
            message = place.messages[ts]
            # Slack doesn't send metadata along.
            shown = {name: value for name, value in message.items() if name != "metadata"}
            payload = {
                "type": "message_action",
                **who_and_where(self.state.users[user]),
                "channel": {
                    "id": place.id,
                    "name": "directmessage" if place.user else place.name,
                },
                "message": shown,
                "message_ts": ts,
                "callback_id": callback_id,
                "trigger_id": self.views.triggers.make(user),
                "response_url": self.response_urls.make(channel, user, ts),
                "action_ts": f"{time.time():.6f}",
            }
        return self.with_problem(self.sender.interact(payload))

    def load_options(
        self,
        user: str,
        action: str | Mapping[str, Any],
        query: str,
        *,
        view_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> AppResponse:
        """Type into an external select in a view or a message."""
        with self.state.lock:
            if view_id is not None:
                view = self.views.opened(user, view_id)
                shown: Json = view
                where: Json = {"container": {"type": "view", "view_id": view_id}}
                where["view"] = outward(view)
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

    def send_event(self, event: Json, *, event_id: str | None = None) -> AppResponse:
        """Send an event and return the first response; it is retried later until a 2xx."""
        return self.sender.event(event, event_id)
