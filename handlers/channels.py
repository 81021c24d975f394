"""Channels: when they are quiet, what they take and show, set by admins in a list and a form."""

import json
from collections.abc import Callable
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
from bot.slack.client import SlackClient, is_in_modal
from bot.slack.membership import can_post
from bot.slack.modal_state import make_token
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


def open_channels(
    asked: CommandText, *, slack: SlackClient, rights: Permissions, channel_views: ChannelPresenter
) -> None:
    """Open the list for an admin who typed it."""
    rights.need_admin(asked.asker, CHANGE_CHANNELS)
    asked.ack()
    slack.open_modal(asked.trigger_id, channel_views.list())


def show_channels(
    ack: Ack,
    body: Json,
    *,
    slack: SlackClient,
    rights: Permissions,
    channel_views: ChannelPresenter,
) -> None:
    """Open the list."""
    ack()
    rights.need_admin(body["user"]["id"], CHANGE_CHANNELS)
    slack.show_modal(body, channel_views.list())


def turn_channels_page(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    slack: SlackClient,
    rights: Permissions,
    channel_views: ChannelPresenter,
) -> None:
    """Show another page of the list."""
    ack()
    rights.need_admin(body["user"]["id"], CHANGE_CHANNELS)
    page = int(action["value"])
    slack.update_modal(body["view"]["id"], channel_views.list(page=page), seen_hash=None)


def set_up_channel(
    ack: Ack,
    body: Json,
    *,
    slack: SlackClient,
    rights: Permissions,
    channel_views: ChannelPresenter,
) -> None:
    """Open an empty form."""
    ack()
    rights.need_admin(body["user"]["id"], CHANGE_CHANNELS)
    slack.show_modal(body, channel_views.form())


def change_channel(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    slack: SlackClient,
    rights: Permissions,
    clock: Clock,
    mutes: MuteService,
    channel_views: ChannelPresenter,
    wake: Callable[[], None],
    refresh_home: Callable[[str], None],
) -> None:
    """Edit the channel whose menu was opened, lift its mute, or give it the usual settings."""
    ack()
    user, view = body["user"]["id"], body["view"]
    deed, channel = action["selected_option"]["value"].split()
    rights.need_admin(user, CHANGE_CHANNELS, channel)
    if deed == EDIT:
        slack.show_modal(body, channel_views.form(channel))
        return
    if deed == LIFT:
        said = LIFTED if mutes.lift(channel, by=user) else NOT_MUTED
    else:
        _keep(ChannelSettings(channel), user, store, clock)
        wake()
        said = USUAL
    page = json.loads(view["private_metadata"])["page"]
    _show_list(view["id"], slack, channel_views, said, page=page)
    refresh_home(user)


def save_channel(
    ack: Ack,
    body: Json,
    view: Json,
    *,
    store: Store,
    slack: SlackClient,
    rights: Permissions,
    clock: Clock,
    channel_views: ChannelPresenter,
    wake: Callable[[], None],
    refresh_home: Callable[[str], None],
) -> None:
    """Check what was filled in, keep it, and show it in the list below."""
    user, told = body["user"]["id"], json.loads(view["private_metadata"])
    before = store.channels.of(told["channel"])
    settings, wrong = channel_views.read(view, before)
    rights.need_admin(user, CHANGE_CHANNELS, settings.channel)
    wrong = wrong or _refuse(settings, before, told, store, slack)
    if not wrong and store.submissions.take(told["token"], now=clock.now()):
        _keep(settings, user, store, clock)
        wake()
    # Asked last: what the same form did a moment ago is not wrong with it now.
    if wrong and not store.submissions.knows(told["token"]):
        ack(response_action="errors", errors=wrong)
        return
    ack()
    _show_list(view["previous_view_id"], slack, channel_views, SAVED)
    refresh_home(user)


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


NOT_HERE = "I am not in this channel, so no calls come here."


def set_mute(ack: Ack, body: Json, view: Json, *, mutes: MuteService, slack: SlackClient) -> None:
    """Mute the channel for which the form was opened."""
    told = json.loads(view["private_metadata"])
    if not can_post(slack, told["channel"]):
        ack(response_action="errors", errors={SPAN: NOT_HERE})
        return
    chosen = view["state"]["values"][SPAN][SPAN]["selected_option"]["value"]
    mutes.mute(told["channel"], chosen, by=body["user"]["id"], token=told["token"])
    ack()


def lift_mute(
    ack: Ack, action: Json, body: Json, *, mutes: MuteService, slack: SlackClient
) -> None:
    """Lift a mute; whoever comes after it was over is told so."""
    ack()
    was_muted = mutes.lift(action["value"], by=body["user"]["id"])
    shown = render_lifted(LIFTED if was_muted else NOT_MUTED)
    if is_in_modal(body):
        slack.update_modal(body["view"]["id"], shown, seen_hash=None)
    elif not was_muted:  # else the message itself says so
        slack.show_modal(body, shown)


def mute_by_command(
    asked: CommandText, *, mutes: MuteService, slack: SlackClient, locale: Locale
) -> None:
    """Mute the channel in which it was typed, or lift that; without a time, ask for one."""
    typed = " ".join(asked.words)
    if typed.lower() == "off":
        was_muted = mutes.lift(asked.channel, by=asked.asker)
        asked.ack(**answer(LIFTED if was_muted else NOT_MUTED))
        return
    if not typed:
        asked.ack()
        slack.open_modal(asked.trigger_id, mutes.form(asked.channel))
        return
    if not can_post(slack, asked.channel):
        raise NotUnderstood(
            f"I understood that this channel is to be muted. {NOT_HERE}",
            "/vocatech mute 2h in a channel with calls",
        )
    until = mutes.mute(asked.channel, typed, by=asked.asker, token=make_token())
    asked.ack(**render_mute_answer(until, locale))


def note_shared(
    event: dict[str, Any], *, store: Store, clock: Clock, wake: Callable[[], None]
) -> None:
    """Note that outsiders came into a channel; what stands there shows less from now on."""
    store.channels.set_shared(str(event["channel"]), is_shared=True, now=clock.now())
    wake()


def note_unshared(
    event: dict[str, Any], *, store: Store, clock: Clock, wake: Callable[[], None]
) -> None:
    """Note that some outsiders left a channel, perhaps not all."""
    is_shared = bool(event.get("is_ext_shared", True))
    store.channels.set_shared(str(event["channel"]), is_shared=is_shared, now=clock.now())
    wake()
