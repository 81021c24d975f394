"""Owns muting a channel for a while, wherever that was asked for, and telling the channel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.command_parsing import parse_mute_until
from bot.channels.modals import render_mute_modal, render_muted
from bot.clock import Clock
from bot.models.channels import Mute
from bot.people.lookup import locale_for_user
from bot.people.names import slack_name
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of


@dataclass(frozen=True)
class MuteService:
    """Mutes of channels; anybody may who is in one, as for pressing a button there."""

    store: Store
    locale: Locale
    clock: Clock
    wake: Callable[[], None]

    def form(self, channel: str) -> dict[str, Any]:
        """Give the form that asks for how long, and says who muted it already."""
        mute = self.store.channels.mute(channel, now=self.clock.now())
        return render_mute_modal(channel, mute, token=make_token(), locale=self.locale)

    def mute(self, channel: str, typed: str, *, by: str, token: str) -> float:
        """Mute a channel, and give until when (unix seconds); raises NotUnderstood."""
        now = self.clock.now()
        zone = locale_for_user(by, store=self.store, locale=self.locale).zone
        until = parse_mute_until(typed, now, zone)
        self.store.mutes.begin(Mute(channel, until, by), token=token, now=now)
        self.wake()
        return until

    def lift(self, channel: str, *, by: str) -> bool:
        """Lift a channel's mute; False where it is not muted."""
        was_muted = self.store.mutes.lift(channel, by=by, now=self.clock.now())
        self.wake()
        return was_muted


def show_mute(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Give the message that tells a channel that it is, or was, muted."""
    told = notice.detail
    return render_muted(
        notice.notice_id,
        Mute(told["channel"], told["until"], told["by"]),
        name=name_of(slack_name(told["by"], store) or "Somebody"),
        ended=told.get("ended"),
        ended_by=told.get("ended_by"),
        locale=locale,
    )
