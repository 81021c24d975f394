"""Handlers for the reply modal: opening, typing, templates, and submitting."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_bolt import Ack

from bot.calls.presenter import SIDE_PANE
from bot.models.send_times import NOW
from bot.models.texts import TextForm
from bot.slack.client import SlackClient
from bot.slack.modal_state import OpenModals
from bot.slack.views import is_third
from bot.texts.form import Entered, keep_open, read_reply_form
from bot.texts.scheduled import ScheduledTextService
from bot.texts.service import TextService
from bot.ui.action_ids import SEND_REPLY
from bot.ui.blocks import Json


@dataclass(frozen=True)
class TextFormHandlers:
    """The reply modal."""

    slack: SlackClient
    texts: TextService
    scheduled: ScheduledTextService
    open_modals: OpenModals
    refresh_home: Callable[[str], None]
    redraw_below: Callable[[Json], None]
    show_timeline: Callable[[Ack, Json, Json], None]

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

    def change_scheduled(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal with a scheduled text."""
        ack()
        view = self.scheduled.open_to_change(action["value"], viewer=body["user"]["id"])
        self.slack.show_modal(body, view)

    def refresh_form(self, ack: Ack, body: Json) -> None:
        """Update the counts while the user types, and the fields of the chosen time."""
        ack()
        view, entered = body["view"], read_reply_form(body["view"])
        with self.open_modals.turn(view["id"], entered.form.filled) as is_current:
            if is_current:  # otherwise a template has replaced what was typed
                shown = self.texts.render_form(entered, viewer=body["user"]["id"])
                # If Slack is busy, an error message would interrupt the typing.
                self.slack.refresh_filled_in(view["id"], shown)

    def show_history(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the timeline, unless it would take the place of the form and what was typed."""
        view = body.get("view") or {}
        if view.get("callback_id") != SEND_REPLY or not is_third(view):
            self.show_timeline(ack, action, body)
            return
        ack()
        shown = self.texts.render_form(read_reply_form(view), viewer=body["user"]["id"])
        self.slack.refresh_modal(view["id"], keep_open(shown))

    def fill_in_template(self, ack: Ack, action: Json, body: Json) -> None:
        """Put a template into the field."""
        ack()
        view, viewer = body["view"], body["user"]["id"]
        template_id = int(action["selected_option"]["value"])
        entered = self.texts.insert_template(read_reply_form(view), template_id, viewer=viewer)
        self._show_again(body, entered)

    def _show_again(self, body: Json, entered: Entered) -> None:
        """Update the modal to a newer version, which an update of an older one won't replace."""
        view_id = body["view"]["id"]
        with self.open_modals.turn(view_id, entered.form.filled):
            shown = self.texts.render_form(entered, viewer=body["user"]["id"])
            self.slack.update_modal(view_id, shown, seen_hash=None)

    def offer_templates(self, ack: Ack, payload: Json, body: Json) -> None:
        """Return the templates that match what was typed."""
        typed = payload.get("value") or ""
        ack(options=self.texts.offer_templates(typed, viewer=body["user"]["id"]))

    def offer_zones(self, ack: Ack, payload: Json, body: Json) -> None:
        """Return the time zones that match what was typed."""
        number = TextForm.from_metadata(body["view"]["private_metadata"]).number
        typed, viewer = payload.get("value") or "", body["user"]["id"]
        ack(options=self.texts.times.offer_zones(number, typed, viewer=viewer))

    def choose_zone(self, ack: Ack, body: Json) -> None:
        """Show all times in the chosen time zone."""
        ack()
        entered = read_reply_form(body["view"])
        form = replace(entered.form, filled=entered.form.filled + 1)
        self._show_again(body, replace(entered, form=form))

    def choose_morning(self, ack: Ack, action: Json, body: Json) -> None:
        """Choose the morning that the modal offers."""
        ack()
        entered = self.texts.choose_morning(read_reply_form(body["view"]), float(action["value"]))
        self._show_again(body, entered)

    def send_reply(self, ack: Ack, body: Json) -> None:
        """Submit the text; problems appear at their field."""
        entered, user = read_reply_form(body["view"]), body["user"]["id"]
        is_change = entered.form.changes is not None
        submit = self.scheduled.change if is_change else self.texts.submit
        result = submit(entered, by=user)
        if result.errors:
            shown = {block.get("block_id") for block in body["view"]["blocks"]}
            if result.errors.keys() <= shown:
                ack(response_action="errors", errors=dict(result.errors))
            else:
                # The fields of the chosen time aren't there yet, and Slack refuses errors at them.
                ack(response_action="update", view=self.texts.render_form(entered, viewer=user))
            return
        if result.view:
            ack(response_action="update", view=result.view)
        else:
            ack()
        if is_change or entered.form.claims or entered.time.when != NOW:
            self.refresh_home(user)
        self.redraw_below(body)


def _channel_of(body: Json) -> str | None:
    """Return the channel of the message that was clicked, where the text should appear too."""
    container = body.get("container") or {}
    if container.get("type") == SIDE_PANE:
        return container.get("channel_id")
    is_visible_to_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return body["channel"]["id"] if is_visible_to_all else None
