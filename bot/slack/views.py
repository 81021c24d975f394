"""Slack Web API requests for App Home and modals."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_sdk import WebClient

from bot.slack.errors import FAILURES


class SlackViews:
    """App Home and modal requests."""

    def __init__(self, client: WebClient) -> None:
        """Store the client."""
        self._client = client

    def publish_home(self, slack_user: str, view: Mapping[str, Any]) -> None:
        """Publish a person's App Home. Raises `FAILURES`."""
        self._client.views_publish(user_id=slack_user, view=dict(view))

    def open_modal(self, trigger_id: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a modal and return its ID and hash; `trigger_id` works once, for three seconds."""
        opened = self._client.views_open(trigger_id=trigger_id, view=dict(view))["view"]
        return opened["id"], opened["hash"]

    def show_modal(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Open a modal for a click; if the button is in a modal, open it on top.

        Slack stacks three at most, so a modal for a button in the third replaces it.
        """
        if is_in_modal(body) and is_third(body["view"]):
            self.update_modal(body["view"]["id"], view, seen_hash=None)
        elif is_in_modal(body):
            self._client.views_push(trigger_id=body["trigger_id"], view=dict(view))
        else:
            self.open_modal(body["trigger_id"], view)

    def update_modal(self, view_id: str, view: Mapping[str, Any], *, seen_hash: str | None) -> None:
        """Replace the view of an open modal, unless it changed since `seen_hash`."""
        self._client.views_update(view_id=view_id, view=dict(view), hash=seen_hash)

    def refresh_modal(self, view_id: str | None, view: Mapping[str, Any]) -> None:
        """Update a modal; if it was closed, it will be up to date when it is reopened."""
        # Without the hash, because after two clicks either view may win, and both are correct.
        with suppress(*FAILURES):
            self.update_modal(view_id or "", view, seen_hash=None)


def is_third(view: Mapping[str, Any]) -> bool:
    """Return whether a modal is the top of a full stack, so that the next one replaces it."""
    return view.get("previous_view_id") not in {None, view.get("root_view_id")}


def is_in_modal(body: Mapping[str, Any]) -> bool:
    """Return whether an action happened in a modal."""
    return bool((body.get("view") or {}).get("type") == "modal")
