"""Channels: the list and form of settings, mutes, Slack Connect."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.channels.command_parsing import read_mute
from bot.channels.modals import UNMUTED, render_unmuted
from bot.channels.service import ChannelService, MuteService
from bot.slack.client import SlackClient
from bot.slack.list_flow import ListFlow
from bot.slack.modal_state import reject_form
from bot.slack.views import is_in_modal
from bot.ui.blocks import answer
from bot.ui.command_text import CommandText

Json = dict[str, Any]


class ChannelHandlers(ListFlow[ChannelService]):
    """Channel settings and Slack Connect."""

    def note_shared(self, event: Json) -> None:
        """Note that external members joined a channel."""
        self.service.note_shared(str(event["channel"]), is_shared=True)

    def note_unshared(self, event: Json) -> None:
        """Note that external members left a channel; others may still be in it."""
        is_shared = bool(event.get("is_ext_shared", True))
        at = float(event.get("event_ts") or 0)
        self.service.note_shared(str(event["channel"]), is_shared=is_shared, at=at)


@dataclass(frozen=True)
class MuteHandlers:
    """Muting and unmuting a channel."""

    mutes: MuteService
    slack: SlackClient

    def mute_by_command(self, command: CommandText) -> None:
        """Mute or unmute the channel in which this was typed; without a duration, ask for one."""
        typed, plain = " ".join(command.words), read_mute(" ".join(command.words))
        if plain == "off":
            command.ack(**answer(self.mutes.unmute(command.channel, by=command.asker) or UNMUTED))
        elif plain:
            command.ack(**self.mutes.mute_by_command(command.channel, typed, by=command.asker))
        else:
            command.ack()
            self.slack.open_modal(command.trigger_id, self.mutes.form(command.channel))

    def set_mute(self, ack: Ack, body: Json, view: Json) -> None:
        """Mute the channel of a form."""
        if errors := self.mutes.submit(body["user"]["id"], view):
            reject_form(ack, view, errors)
        else:
            ack()

    def lift_mute(self, ack: Ack, action: Json, body: Json) -> None:
        """Unmute a channel; the message in the channel shows it, too."""
        ack()
        problem = self.mutes.unmute(action["value"], by=body["user"]["id"])
        if is_in_modal(body):
            self.slack.update_modal(
                body["view"]["id"], render_unmuted(problem or UNMUTED), seen_hash=None
            )
        elif problem:
            self.slack.show_modal(body, render_unmuted(problem))
