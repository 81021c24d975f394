"""Sharing a call in a channel."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.calls.modals import (
    render_missing_modal,
    say_already_there,
    say_not_possible,
    say_not_there,
    say_on_its_way,
    say_shared,
)
from bot.calls.presenter import present_call_modal
from bot.clock import Clock
from bot.slack.client import SlackClient
from bot.store import Store
from bot.ui.blocks import Json
from bot.ui.formatting import Locale


@dataclass(frozen=True)
class CallSharingService:
    """Sharing the card of a call to a channel."""

    store: Store
    slack: SlackClient
    clock: Clock
    locale: Locale
    wake_channel: Callable[[str], None]

    def share(self, call_id: str, channel: str | None, *, by: str, seen_in: str) -> Json:
        """Post a call to a channel unless it is there already; return the modal with the result.

        `by` is a Slack user, `seen_in` the channel from whose messages the call was opened.
        """
        call = self.store.calls.find(call_id)
        if call is None or not channel:
            return render_missing_modal()
        now = self.clock.now()
        if not self.slack.can_enter(channel):
            said = say_not_there(channel)
        elif self.store.posts.share(call_id, channel, by=by, now=now):
            self.store.audit.note(by, "shared a call", f"{call_id} in {channel}", now=now)
            self.wake_channel(channel)
            said = say_shared(channel)
        else:
            said = self._where(call_id, channel)
        return present_call_modal(
            call, self.store, self.locale, channel=channel, said=said, seen_in=seen_in
        )

    def _where(self, call_id: str, channel: str) -> str:
        ts, is_parked = self.store.posts.place_of(call_id, channel)
        if ts:
            return say_already_there(channel, self.slack.link_to(channel, ts))
        return say_not_possible(channel) if is_parked else say_on_its_way(channel)

    def reset_menu(self, call_id: str, channel: str) -> None:
        """Have the menu of a card in a channel shown without the choice that was made."""
        self.store.posts.reset_menu(call_id, channel)
        self.wake_channel(channel)
