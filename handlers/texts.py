"""Handlers for /sms and for the buttons on texts."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt import Ack

from bot.slack.client import SlackClient
from bot.texts.form import read_reply_form
from bot.texts.home_section import CHANGE
from bot.texts.opt_outs import OptOutService
from bot.texts.scheduled import ScheduledTextService
from bot.texts.service import TextService
from bot.ui.action_ids import SCHEDULED_MODAL
from bot.ui.blocks import Json
from bot.ui.commands import SMS, render_help_of
from bot.ui.suggestions import asks_for_help


@dataclass(frozen=True)
class TextHandlers:
    """`/sms`, and the buttons on texts."""

    slack: SlackClient
    texts: TextService
    opt_outs: OptOutService
    scheduled: ScheduledTextService
    refresh_home: Callable[[str], None]
    redraw_below: Callable[[Json], None]

    def open_sms(self, ack: Ack, command: Json) -> None:
        """Open the reply modal, or the choice between several recipients; answer `help`."""
        typed = command.get("text", "")
        if asks_for_help(typed):
            ack(render_help_of(SMS))
            return
        view = self.texts.open_from_command(typed, viewer=command["user_id"])
        ack()
        self.slack.open_modal(command["trigger_id"], view)

    def choose_number(self, ack: Ack, action: Json, body: Json) -> None:
        """Show the reply modal for the chosen recipient."""
        ack()
        chosen, view = action["selected_option"]["value"], body["view"]
        shown = self.texts.open_for_handle(
            chosen, viewer=body["user"]["id"], body=view["private_metadata"]
        )
        self.slack.update_modal(view["id"], shown, seen_hash=view["hash"])

    def cancel_text(self, ack: Ack, action: Json, body: Json) -> None:
        """Cancel a queued text."""
        ack()
        if conflict := self.texts.cancel(action["value"], by=body["user"]["id"]):
            self.slack.show_modal(body, conflict)
        self.refresh_home(body["user"]["id"])

    def choose_for_scheduled(self, ack: Ack, action: Json, body: Json) -> None:
        """Change or cancel a scheduled text, from its menu in App Home or in the list."""
        ack()
        what, _, text_id = action["selected_option"]["value"].partition(" ")
        user, view = body["user"]["id"], body.get("view") or {}
        if what == CHANGE:
            self.slack.show_modal(body, self.scheduled.open_to_change(text_id, viewer=user))
            return
        if conflict := self.texts.cancel(text_id, by=user):
            self.slack.show_modal(body, conflict)
        if view.get("callback_id") == SCHEDULED_MODAL:
            self.slack.redraw_modal(
                view["id"], SCHEDULED_MODAL, {}, lambda _: self.scheduled.list_of(user)
            )
        self.refresh_home(user)

    def show_scheduled(self, ack: Ack, body: Json) -> None:
        """Show all scheduled texts of a person."""
        ack()
        self.slack.show_modal(body, self.scheduled.list_of(body["user"]["id"]))

    def confirm_sent(self, ack: Ack, action: Json, body: Json) -> None:
        """Mark an unconfirmed text as sent."""
        ack()
        if conflict := self.texts.confirm_sent(action["value"]):
            self.slack.show_modal(body, conflict)

    def show_opt_outs(self, ack: Ack, body: Json) -> None:
        """Show the list of opt-outs to an admin."""
        ack()
        self.slack.show_modal(body, self.opt_outs.list_opt_outs(viewer=body["user"]["id"]))

    def record_opt_out(self, ack: Ack, action: Json, body: Json) -> None:
        """Record that a contact asked for no more texts."""
        ack()
        self._change_opt_out(action["value"], body, is_out=True)

    def lift_opt_out(self, ack: Ack, action: Json, body: Json) -> None:
        """Lift the opt-out of a contact."""
        ack()
        self._change_opt_out(action["value"], body, is_out=False)

    def _change_opt_out(self, handle: str, body: Json, *, is_out: bool) -> None:
        """Record or lift an opt-out; a reply modal shows what that means for the message."""
        viewer = body["user"]["id"]
        self.opt_outs.record_opt_out(handle, by=viewer, is_out=is_out)
        if view := body.get("view"):
            shown = self.texts.render_form(read_reply_form(view), viewer=viewer)
            self.slack.update_modal(view["id"], shown, seen_hash=view["hash"])
            self.redraw_below(body)

    def show_whole_text(self, ack: Ack, action: Json, body: Json) -> None:
        """Show a text that is too long for its line in the thread."""
        ack()
        self.slack.show_modal(body, self.texts.show_whole_text(action["value"]))
