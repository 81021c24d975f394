"""Handlers for shortcuts: of the whole workspace, and of a message."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.contacts.shortcut_form import (
    render_look_up,
    render_new_sms,
    render_search_calls,
    typed_in,
)
from bot.contacts.shortcuts import ShortcutService
from bot.slack.bolt_adapter import Reactions
from bot.slack.client import SlackClient
from bot.ui.shortcuts import (
    LOOK_UP_CONTACT,
    LOOK_UP_NUMBER,
    NEW_SMS,
    SAVE_AS_NOTE,
    SEARCH_CALLS,
    TEXT_NUMBER,
)

Json = dict[str, Any]


@dataclass(frozen=True)
class ShortcutHandlers:
    """Shortcuts, and the forms that they open."""

    shortcuts: ShortcutService
    slack: SlackClient

    def by_callback_id(self) -> Reactions:
        """Return what each shortcut of the manifest does."""
        return {
            NEW_SMS: self.new_sms,
            LOOK_UP_CONTACT: self.look_up_contact,
            SEARCH_CALLS: self.search_calls,
            TEXT_NUMBER: self.text_number,
            LOOK_UP_NUMBER: self.look_up_number,
            SAVE_AS_NOTE: self.save_as_note,
        }

    def new_sms(self, ack: Ack, body: Json) -> None:
        """Ask for the recipient of a new text."""
        ack()
        self.slack.open_modal(body["trigger_id"], render_new_sms())

    def offer_recipients(self, ack: Ack, payload: Json) -> None:
        """Return the recipients that match what was typed."""
        ack(options=self.shortcuts.offer_recipients(payload.get("value") or ""))

    def look_up_contact(self, ack: Ack, body: Json) -> None:
        """Ask for a contact."""
        ack()
        self.slack.open_modal(body["trigger_id"], render_look_up())

    def look_up(self, ack: Ack, body: Json, view: Json) -> None:
        """Show the contact that was typed."""
        found = self.shortcuts.look_up(typed_in(view), viewer=body["user"]["id"])
        ack(response_action="update", view=found)

    def search_calls(self, ack: Ack, body: Json) -> None:
        """Ask for calls."""
        ack()
        self.slack.open_modal(body["trigger_id"], render_search_calls())

    def show_calls(self, ack: Ack, body: Json, view: Json) -> None:
        """Show the calls that were searched; if days are missing, fetch them and show them."""
        found, pending = self.shortcuts.search_calls(typed_in(view), viewer=body["user"]["id"])
        ack(response_action="update", view=found)
        if pending:
            self.slack.refresh_modal(view["id"], self.shortcuts.finish_search(pending))

    def text_number(self, ack: Ack, body: Json) -> None:
        """Open the form for the number in a message."""
        ack()
        self.slack.open_modal(body["trigger_id"], self.shortcuts.text_from(body))

    def look_up_number(self, ack: Ack, body: Json) -> None:
        """Show the contact in a message."""
        ack()
        self.slack.open_modal(body["trigger_id"], self.shortcuts.look_up_from(body))

    def save_as_note(self, ack: Ack, body: Json) -> None:
        """Open the form for a note with the text of a message."""
        ack()
        self.slack.open_modal(body["trigger_id"], self.shortcuts.note_from(body))

    def choose_target(self, ack: Ack, action: Json, body: Json) -> None:
        """Continue with the chosen one of several customers."""
        ack()
        view, value = body["view"], action["selected_option"]["value"]
        shown = self.shortcuts.chosen(view, value, viewer=body["user"]["id"])
        self.slack.update_modal(view["id"], shown, seen_hash=view["hash"])
