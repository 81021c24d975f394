"""Modals of channel settings: the list and the form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.modals import (
    ChannelShown,
    parse_channel_form,
    render_channel_form,
    render_channel_list,
)
from bot.clock import zone_names
from bot.models.channels import ChannelSettings, ChannelsInShort
from bot.models.outbox import is_direct
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.formatting import Locale

Json = dict[str, Any]


@dataclass(frozen=True)
class ChannelPresenter:
    """Channels as admins see them, without the personal settings of direct message channels."""

    store: Store
    locale: Locale
    now: Callable[[], float]

    def list(self, *, page: int = 1, notice: str = "") -> Json:
        """Return the list modal."""
        return render_channel_list(self._all(), locale=self.locale, page=page, notice=notice)

    def form(self, channel: str = "") -> Json:
        """Return the form for a channel, or for one that is chosen in it."""
        settings = self.store.channels.of(channel)
        return render_channel_form(settings, zone=self.locale.zone.key, token=make_token())

    def parse(self, view: Json, before: ChannelSettings) -> tuple[ChannelSettings, dict[str, str]]:
        """Return the submitted settings, and errors by field."""
        return parse_channel_form(view, before, zone_names(), zone=self.locale.zone.key)

    def in_short(self) -> ChannelsInShort:
        """Return how many channels have settings, and how many are muted."""
        channels = self._all()
        with_settings = sum(not one.settings.is_usual for one in channels)
        return ChannelsInShort(with_settings, sum(one.mute is not None for one in channels))

    def _all(self) -> tuple[ChannelShown, ...]:
        channels = self.store.channels
        mutes = {one.channel: one for one in channels.mutes(now=self.now())}
        known = {one.channel: one for one in channels.all()}
        return tuple(
            ChannelShown(known.get(one) or ChannelSettings(one), mutes.get(one))
            for one in sorted(known.keys() | mutes.keys())
            if not is_direct(one)
        )
