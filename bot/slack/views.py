"""Slack Web API requests for App Home and modals."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from slack_sdk import WebClient

from bot.slack.errors import FAILURES
from bot.slack.modal_state import ShownModal, ShownModals

Json = dict[str, Any]


class SlackViews:
    """App Home and modal requests; the updates of one modal are sent one after the other."""

    def __init__(self, client: WebClient) -> None:
        """Store the client."""
        self._client = client
        self._shown = ShownModals()

    def publish_home(self, slack_user: str, view: Mapping[str, Any]) -> None:
        """Publish a person's App Home. Raises `FAILURES`."""
        self._client.views_publish(user_id=slack_user, view=dict(view))

    def open_modal(self, trigger_id: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a modal and return its ID and hash; `trigger_id` works once, for three seconds."""
        opened = self._client.views_open(trigger_id=trigger_id, view=dict(view))["view"]
        self.note_modal(opened)
        return opened["id"], opened["hash"]

    def show_modal(self, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        """Open a modal for a click; if the button is in a modal, open it on top.

        Slack stacks three at most, so a modal for a button in the third replaces it.
        """
        if is_in_modal(body) and is_third(body["view"]):
            self.update_modal(body["view"]["id"], view, seen_hash=None)
        elif is_in_modal(body):
            pushed = self._client.views_push(trigger_id=body["trigger_id"], view=dict(view))
            self.note_modal(pushed.get("view") or {})
        else:
            self.open_modal(body["trigger_id"], view)

    def note_modal(self, view: Mapping[str, Any]) -> None:
        """Remember what a modal shows, as Slack sent it."""
        if view.get("id") and view.get("hash"):
            self._shown.of(str(view["id"])).note(str(view["hash"]), view)

    def update_modal(self, view_id: str, view: Mapping[str, Any], *, seen_hash: str | None) -> None:
        """Replace the view of an open modal, unless it shows something else since `seen_hash`."""
        with self._shown.turn(view_id) as shown:
            self._update(view_id, view, shown, seen_hash=shown.current(seen_hash))

    def refresh_modal(self, view_id: str | None, view: Mapping[str, Any]) -> None:
        """Update a modal; if it was closed, it will be up to date when it is reopened.

        A form has none below it (None) if that was closed before the form opened.
        """
        if view_id:
            # Without the hash, because after two clicks either view may win, and both are correct.
            with suppress(*FAILURES):
                self.update_modal(view_id, view, seen_hash=None)

    def refresh_filled_in(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Update a form while it's filled in, unless the answer to its submission replaced it."""
        with self._shown.turn(view_id) as shown, suppress(*FAILURES):
            # Slack gives a view that is the answer to a form a hash that isn't known yet.
            self._update(view_id, view, shown, seen_hash=shown.newest or None)

    def redraw_modal(
        self, view_id: str, callback_id: str, known: Json, draw: Callable[[Json], Json | None]
    ) -> None:
        """Draw a modal again after a change, unless something else has taken its place.

        `callback_id` and `known`, its metadata, are what the person saw. `draw` gets the metadata
        of what it shows by now, and runs while no other update does. So the last of several changes
        at the same time shows them all.
        """
        with self._shown.turn(view_id) as shown:
            if shown.newest:
                if shown.callback_id != callback_id:
                    return
                known = json.loads(shown.metadata) if shown.metadata.startswith("{") else {}
            if view := draw(known):
                with suppress(*FAILURES):
                    self._update(view_id, view, shown, seen_hash=None)

    def redraw_below(
        self, view: Mapping[str, Any], draws: Mapping[str, Callable[[Json], Json | None]]
    ) -> None:
        """Draw the modal below another one again; `draws` are by callback ID."""
        view_id = str(view.get("previous_view_id") or "")
        kind = self._shown.of(view_id).callback_id
        if draw := draws.get(kind):
            self.redraw_modal(view_id, kind, {}, draw)

    def _update(
        self, view_id: str, view: Mapping[str, Any], shown: ShownModal, *, seen_hash: str | None
    ) -> None:
        answer = self._client.views_update(view_id=view_id, view=dict(view), hash=seen_hash)
        shown.note(str((answer.get("view") or {}).get("hash") or ""), view)


def is_third(view: Mapping[str, Any]) -> bool:
    """Return whether a modal is the top of a full stack, so that the next one replaces it."""
    return view.get("previous_view_id") not in {None, view.get("root_view_id")}


def is_in_modal(body: Mapping[str, Any]) -> bool:
    """Return whether an action happened in a modal."""
    return bool((body.get("view") or {}).get("type") == "modal")
