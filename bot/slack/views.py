"""Requests to Slack about App Homes and modals."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from slack_sdk import WebClient

from bot.slack.errors import FAILURES


class SlackViews:
    """Homes and modals, over the client of whoever posts."""

    def __init__(self, client: WebClient) -> None:
        """Keep the client."""
        self._client = client

    def publish_home(self, slack_user: str, view: Mapping[str, Any]) -> None:
        """Show somebody their App Home; raises what `FAILURES` names."""
        self._client.views_publish(user_id=slack_user, view=dict(view))

    def open_modal(self, trigger_id: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a modal and give its id and hash; `trigger_id` is good once, for three seconds."""
        opened = self._client.views_open(trigger_id=trigger_id, view=dict(view))["view"]
        return opened["id"], opened["hash"]

    def show_modal(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Open a modal for a press of a button; on top of the modal that the button is in."""
        if is_in_modal(body):
            self._client.views_push(trigger_id=body["trigger_id"], view=dict(view))
        else:
            self.open_modal(body["trigger_id"], view)

    def update_modal(self, view_id: str, view: Mapping[str, Any], *, seen_hash: str | None) -> None:
        """Replace what an open modal shows, unless it changed since `seen_hash`."""
        self._client.views_update(view_id=view_id, view=dict(view), hash=seen_hash)

    def refresh_modal(self, view_id: str | None, view: Mapping[str, Any]) -> None:
        """Bring a modal up to date; one that was closed meanwhile is right when it is reopened."""
        # Without the hash: of two presses each may have the last word, and both are true.
        with suppress(*FAILURES):
            self.update_modal(view_id or "", view, seen_hash=None)


def is_in_modal(body: Mapping[str, Any]) -> bool:
    """Say whether somebody clicked in a modal."""
    return bool((body.get("view") or {}).get("type") == "modal")
