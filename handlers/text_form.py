"""Handlers for the reply modal: opening, typing, templates, and submitting."""

from dataclasses import dataclass

from slack_bolt import Ack

from bot.slack.client import SlackClient
from bot.slack.modal_state import OpenModals
from bot.texts.form import read_reply_form
from bot.texts.service import TextService
from bot.ui.blocks import Json


@dataclass(frozen=True)
class TextFormHandlers:
    """The reply modal."""

    slack: SlackClient
    texts: TextService
    open_modals: OpenModals

    def reply_to_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal for the other party of a call."""
        ack()
        view = self.texts.open_for_call(
            action["value"], viewer=body["user"]["id"], channel=_channel_of(body)
        )
        self.slack.show_modal(body, view)

    def reply_to_text(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal for a number, from its thread or from a contact."""
        ack()
        view = self.texts.open_for_handle(
            action["value"], viewer=body["user"]["id"], channel=_channel_of(body)
        )
        self.slack.show_modal(body, view)

    def send_again(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal with a text that failed or is unconfirmed."""
        ack()
        view = self.texts.open_to_resend(
            action["value"], viewer=body["user"]["id"], channel=_channel_of(body)
        )
        self.slack.show_modal(body, view)

    def count_characters(self, ack: Ack, body: Json) -> None:
        """Update the counts below the field while the user types."""
        ack()
        view, entered = body["view"], read_reply_form(body["view"])
        with self.open_modals.turn(view["id"], entered.form.filled) as is_current:
            if is_current:  # otherwise a template has replaced what was typed
                shown = self.texts.render_form(entered, viewer=body["user"]["id"])
                self.slack.update_modal(view["id"], shown, seen_hash=None)

    def fill_in_template(self, ack: Ack, action: Json, body: Json) -> None:
        """Put a template into the field."""
        ack()
        view, viewer = body["view"], body["user"]["id"]
        template_id = int(action["selected_option"]["value"])
        entered = self.texts.insert_template(read_reply_form(view), template_id, viewer=viewer)
        with self.open_modals.turn(view["id"], entered.form.filled):
            shown = self.texts.render_form(entered, viewer=viewer)
            self.slack.update_modal(view["id"], shown, seen_hash=None)

    def send_reply(self, ack: Ack, body: Json) -> None:
        """Submit the text; problems appear at their field."""
        result = self.texts.submit(read_reply_form(body["view"]), by=body["user"]["id"])
        if result.errors:
            ack(response_action="errors", errors=dict(result.errors))
        elif result.view:
            ack(response_action="update", view=result.view)
        else:
            ack()


def _channel_of(body: Json) -> str | None:
    """Return the channel of the message that was clicked, where the text should appear too."""
    container = body.get("container") or {}
    is_visible_to_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return body["channel"]["id"] if is_visible_to_all else None
