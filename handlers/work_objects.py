"""Handlers for Slack's side pane: details of calls and contacts, and notes as comments."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.work_objects.service import WorkObjectService

Json = dict[str, Any]


@dataclass(frozen=True)
class WorkObjectHandlers:
    """The side pane; nothing happens there unless it is switched on."""

    work_objects: WorkObjectService
    is_on: bool

    def show_details(self, event: Json) -> None:
        """Show a call or a contact."""
        if self.is_on:
            self.work_objects.show_details(event)

    def show_comments(self, event: Json) -> None:
        """Show the notes on a call or a contact as comments."""
        if self.is_on:
            self.work_objects.show_comments(event)

    def save_comment(self, ack: Ack, body: Json) -> None:
        """Save a comment as a note."""
        ack()
        self.work_objects.save_comment(body)

    def delete_comment(self, ack: Ack, action: Json, body: Json) -> None:
        """Delete the note of a comment."""
        ack()
        self.work_objects.delete_comment(str(action.get("value") or ""), body)
