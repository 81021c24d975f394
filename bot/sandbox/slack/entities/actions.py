"""Simulated user actions in the side pane."""

import time
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.delivery import AppResponse
from bot.sandbox.slack.entities.methods import SidePane
from bot.sandbox.slack.payloads import who_and_where
from bot.sandbox.slack.state import Json, new_id
from bot.sandbox.slack.view_actions import SlackViewActions

POST_COMMENT, EDIT_COMMENT = "work-object-post-comment", "work-object-edit-comment"


class SlackEntityActions(SlackViewActions):
    """Acts in the side pane as a user."""

    def pane(self, user: str) -> SidePane | None:
        """Return the pane that a user has open."""
        return self.entities.panes.get(user)

    def open_pane(self, user: str, channel: str, ts: str, place: int = 0) -> AppResponse:
        """Click the title of a Work Object in a message."""
        with self.state.lock:
            message = self.state.channels[channel].messages[ts]
            found = (message.get("metadata") or {}).get("entities") or []
            if place >= len(found):
                raise LookupError("this message has no Work Object")
            entity = found[place]
            self.entities.panes[user] = SidePane(entity["external_ref"], entity["url"], channel, ts)
            self.state.touch()
        return self.refresh_pane(user)

    def follow_pane(self, user: str, key: str) -> AppResponse:
        """Click a reference to another Work Object in the pane; Slack then names no message."""
        with self.state.lock:
            fields = (self._open(user).entity or {})["entity_payload"]["custom_fields"]
            link = next((one["entity_ref"] for one in fields if one["key"] == key), None)
            if link is None:
                raise LookupError(f"there is no field {key}")
            self.entities.panes[user] = SidePane(link["external_ref"], link["entity_url"])
            self.state.touch()
        return self.refresh_pane(user)

    def refresh_pane(self, user: str) -> AppResponse:
        """Have the app asked for the details again."""
        with self.state.lock:
            pane = self._open(user)
            event = self._event(user, pane, "entity_details_requested")
            if pane.channel:
                event |= {"channel": pane.channel, "message_ts": pane.message_ts}
        return self.with_problem(self.sender.event(event))

    def close_pane(self, user: str) -> None:
        """Close the pane."""
        with self.state.lock:
            self.entities.panes.pop(user, None)
            self.state.touch()

    def click_in_pane(self, user: str, action_id: str) -> AppResponse:
        """Click a button below the pane or in its menu."""
        with self.state.lock:
            pane = self._open(user)
            actions = (pane.entity or {})["entity_payload"].get("actions", {})
            listed = [one for part in actions.values() for one in part]
            chosen = next((one for one in listed if one["action_id"] == action_id), None)
            if chosen is None:
                raise LookupError(f"there is no button {action_id}")
            payload = self._payload(user, pane, "block_actions", "entity_detail")
            payload["actions"] = [_clicked(action_id, chosen.get("value"))]
        return self.with_problem(self.sender.interact(payload))

    def open_comments(self, user: str) -> AppResponse:
        """Open the comments, or scroll to the next page of them."""
        with self.state.lock:
            pane = self._open(user)
            event = self._event(user, pane, "entity_comments_requested") | {"limit": 20}
            if pane.cursor:
                event["cursor"] = pane.cursor
            else:
                pane.comments = None
        return self.with_problem(self.sender.event(event))

    def write_comment(self, user: str, text: str, comment_id: str = "") -> AppResponse:
        """Write a comment, or change the one with an ID."""
        with self.state.lock:
            pane = self._open(user)
            payload = self._payload(user, pane, "view_submission", "entity_comment")
            section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
            typed = {"type": "rich_text", "elements": [section]}
            field = {"type": "rich_text_input", "rich_text_value": typed}
            payload["view"] = {
                "id": new_id("V"),
                "type": "entity_comment",
                "callback_id": EDIT_COMMENT if comment_id else POST_COMMENT,
                "external_id": comment_id,
                "external_ref": pane.external_ref,
                "entity_url": pane.url,
                "state": {"values": {"comment_input_block": {"comment_input_action": field}}},
            }
        return self.with_problem(self.sender.interact(payload))

    def delete_comment(self, user: str, comment_id: str) -> AppResponse:
        """Delete a comment."""
        with self.state.lock:
            pane = self._open(user)
            payload = self._payload(user, pane, "block_actions", "entity_comment")
            payload["actions"] = [_clicked(pane.delete_action_id, comment_id)]
            pane.sent[payload["trigger_id"]] = comment_id
        return self.with_problem(self.sender.interact(payload))

    def _open(self, user: str) -> SidePane:
        pane = self.entities.panes.get(user)
        if pane is None:
            raise LookupError("the side pane is closed")
        return pane

    def _event(self, user: str, pane: SidePane, kind: str) -> Json:
        return {
            "type": kind,
            "user": user,
            "external_ref": pane.external_ref,
            "entity_url": pane.url,
            "link": {"url": pane.url, "domain": urlsplit(pane.url).netloc},
            "user_locale": "en-US",
            "event_ts": self.state.new_ts(),
            "trigger_id": self.entities.trigger(user, pane),
        }

    def _payload(self, user: str, pane: SidePane, kind: str, container: str) -> Json:
        where: Json = {"type": container, "entity_url": pane.url, "external_ref": pane.external_ref}
        if pane.channel:
            where |= {"channel_id": pane.channel, "message_ts": pane.message_ts}
        return {
            "type": kind,
            **who_and_where(self.state.users[user]),
            "container": where,
            "trigger_id": self.entities.trigger(user, pane),
        }


def _clicked(action_id: str, value: Any) -> Json:
    shown = {"type": "button", "action_id": action_id, "block_id": "entity"}
    more = {} if value is None else {"value": value}
    return {**shown, **more, "action_ts": f"{time.time():.6f}"}
