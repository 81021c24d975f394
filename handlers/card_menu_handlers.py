"""The menu on a call card that nobody takes care of: why it is here, and muting the channel."""

from collections.abc import Callable
from typing import Any

from bot.channels.service import Mutes
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.formatting import Locale
from handlers.card_menu import answer_from_menu

Ack = Callable[[], Any]


def choose_from_card_menu(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
    mutes: Mutes,
) -> None:
    """Tell whoever asks why the card of a call is in this channel, or ask for how long to mute."""
    ack()
    what, _, call_id = action["selected_option"]["value"].partition(" ")
    answer_from_menu(body, what, call_id, store=store, slack=slack, locale=locale, mutes=mutes)
