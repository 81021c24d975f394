"""Handlers for channels: settings, mutes, Slack Connect."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.channels.modals import (
    CHANNEL,
    EDIT,
    LIFT,
    LIFTED,
    NOT_MUTED,
    SPAN,
    render_lifted,
    render_mute_answer,
)
from bot.channels.presenter import ChannelPresenter
from bot.channels.service import MuteService
from bot.channels.words import settings_in_words
from bot.clock import Clock
from bot.errors import NotUnderstood
from bot.models.channels import ChannelSettings
from bot.people.permissions import Permissions
from bot.slack.client import SlackClient
from bot.slack.membership import can_post
from bot.slack.modal_state import make_token
from bot.slack.views import is_in_modal
from bot.store import Store
from bot.ui.blocks import answer
from bot.ui.command_text import CommandText
from bot.ui.formatting import Locale
from bot.ui.inputs import FROM

CHANGE_CHANNELS = "change what is set for channels"

SAVED, USUAL = "The channel's settings are saved.", "The channel has the usual settings again."

NOTHING = "Nothing is filled in that differs from the usual; please say what shall."

KNOWN = "This channel has settings already. Please edit it in the list."

CHANGED = (
    "Somebody changed this channel's settings since you opened the form. Nothing was saved: please"
    " close it, look at the channel, and change it once more."
)

NOT_THERE = (
    "I cannot post in this channel. Please type /invite @Vocatech there, and save once more; what"
    " you filled in stays."
)

Json = dict[str, Any]

NOT_HERE = "I am not in this channel, so no calls come here."


@dataclass(frozen=True)
class ChannelHandlers:
    """Channel settings, mutes and Slack Connect."""

    slack: SlackClient
    permissions: Permissions
    channel_presenter: ChannelPresenter
    store: Store
    clock: Clock
    mutes: MuteService
    wake: Callable[[], None]
    refresh_home: Callable[[str], None]
    locale: Locale

    def open_channels(self, asked: CommandText) -> None:
        """Open the list for an admin who typed it."""
        self.permissions.need_admin(asked.asker, CHANGE_CHANNELS)
        asked.ack()
        self.slack.open_modal(asked.trigger_id, self.channel_presenter.list())

    def show_channels(self, ack: Ack, body: Json) -> None:
        """Open the list."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_CHANNELS)
        self.slack.show_modal(body, self.channel_presenter.list())

    def turn_channels_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_CHANNELS)
        page = int(action["value"])
        self.slack.update_modal(
            body["view"]["id"], self.channel_presenter.list(page=page), seen_hash=None
        )

    def set_up_channel(self, ack: Ack, body: Json) -> None:
        """Open an empty form."""
        ack()
        self.permissions.need_admin(body["user"]["id"], CHANGE_CHANNELS)
        self.slack.show_modal(body, self.channel_presenter.form())

    def change_channel(self, ack: Ack, action: Json, body: Json) -> None:
        """Edit the channel whose menu was opened, lift its mute, or give it the usual settings."""
        ack()
        user, view = body["user"]["id"], body["view"]
        deed, channel = action["selected_option"]["value"].split()
        self.permissions.need_admin(user, CHANGE_CHANNELS, channel)
        if deed == EDIT:
            self.slack.show_modal(body, self.channel_presenter.form(channel))
            return
        if deed == LIFT:
            said = LIFTED if self.mutes.lift(channel, by=user) else NOT_MUTED
        else:
            _keep(ChannelSettings(channel), user, self.store, self.clock)
            self.wake()
            said = USUAL
        page = json.loads(view["private_metadata"])["page"]
        _show_list(view["id"], self.slack, self.channel_presenter, said, page=page)
        self.refresh_home(user)

    def save_channel(self, ack: Ack, body: Json, view: Json) -> None:
        """Check what was filled in, keep it, and show it in the list below."""
        user, told = body["user"]["id"], json.loads(view["private_metadata"])
        before = self.store.channels.of(told["channel"])
        settings, wrong = self.channel_presenter.read(view, before)
        self.permissions.need_admin(user, CHANGE_CHANNELS, settings.channel)
        wrong = wrong or _refuse(settings, before, told, self.store, self.slack)
        if not wrong and self.store.submissions.take(told["token"], now=self.clock.now()):
            _keep(settings, user, self.store, self.clock)
            self.wake()
        # Asked last: what the same form did a moment ago is not wrong with it now.
        if wrong and not self.store.submissions.knows(told["token"]):
            ack(response_action="errors", errors=wrong)
            return
        ack()
        _show_list(view["previous_view_id"], self.slack, self.channel_presenter, SAVED)
        self.refresh_home(user)

    def set_mute(self, ack: Ack, body: Json, view: Json) -> None:
        """Mute the channel for which the form was opened."""
        told = json.loads(view["private_metadata"])
        if not can_post(self.slack, told["channel"]):
            ack(response_action="errors", errors={SPAN: NOT_HERE})
            return
        chosen = view["state"]["values"][SPAN][SPAN]["selected_option"]["value"]
        self.mutes.mute(told["channel"], chosen, by=body["user"]["id"], token=told["token"])
        ack()

    def lift_mute(self, ack: Ack, action: Json, body: Json) -> None:
        """Lift a mute; whoever comes after it was over is told so."""
        ack()
        was_muted = self.mutes.lift(action["value"], by=body["user"]["id"])
        shown = render_lifted(LIFTED if was_muted else NOT_MUTED)
        if is_in_modal(body):
            self.slack.update_modal(body["view"]["id"], shown, seen_hash=None)
        elif not was_muted:  # else the message itself says so
            self.slack.show_modal(body, shown)

    def mute_by_command(self, asked: CommandText) -> None:
        """Mute the channel in which it was typed, or lift that; without a time, ask for one."""
        typed = " ".join(asked.words)
        if typed.lower() == "off":
            was_muted = self.mutes.lift(asked.channel, by=asked.asker)
            asked.ack(**answer(LIFTED if was_muted else NOT_MUTED))
            return
        if not typed:
            asked.ack()
            self.slack.open_modal(asked.trigger_id, self.mutes.form(asked.channel))
            return
        if not can_post(self.slack, asked.channel):
            raise NotUnderstood(
                f"I understood that this channel is to be muted. {NOT_HERE}",
                "/vocatech mute 2h in a channel with calls",
            )
        until = self.mutes.mute(asked.channel, typed, by=asked.asker, token=make_token())
        asked.ack(**render_mute_answer(until, self.locale))

    def note_shared(self, event: dict[str, Any]) -> None:
        """Note that outsiders came into a channel; what stands there shows less from now on."""
        self.store.channels.set_shared(str(event["channel"]), is_shared=True, now=self.clock.now())
        self.wake()

    def note_unshared(self, event: dict[str, Any]) -> None:
        """Note that some outsiders left a channel, perhaps not all."""
        is_shared = bool(event.get("is_ext_shared", True))
        self.store.channels.set_shared(
            str(event["channel"]), is_shared=is_shared, now=self.clock.now()
        )
        self.wake()


def _refuse(
    settings: ChannelSettings, before: ChannelSettings, told: Json, store: Store, slack: SlackClient
) -> dict[str, str]:
    """Say by field what stands against keeping what was filled in."""
    if told["channel"] and before.look != told["look"]:
        return {FROM: CHANGED}
    if not told["channel"] and settings.is_usual:
        return {FROM: NOTHING}
    if not told["channel"] and not store.channels.of(settings.channel).is_usual:
        return {CHANNEL: KNOWN}
    where = FROM if told["channel"] else CHANNEL
    return {} if can_post(slack, settings.channel) else {where: NOT_THERE}


def _keep(settings: ChannelSettings, by: str, store: Store, clock: Clock) -> None:
    store.channels.set(settings)
    words = "; ".join(settings_in_words(settings)) or "as usual"
    store.audit.note(by, "channel set up", f"{settings.channel}: {words}", now=clock.now())


def _show_list(
    view_id: str | None,
    slack: SlackClient,
    channel_views: ChannelPresenter,
    said: str,
    *,
    page: int = 1,
) -> None:
    """Bring the list up to date, if it is still open."""
    slack.refresh_modal(view_id, channel_views.list(page=page, said=said))
