"""The menu on a call card: why it is where it stands."""

from collections.abc import Callable
from typing import Any

from bot.render.locale import Locale
from bot.slack_poster import SlackPoster
from bot.store import Store
from bot.why_here import say_why_here

Ack = Callable[[], Any]


def say_why(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
) -> None:
    """Tell whoever asks why the card of a call is in this channel."""
    ack()
    call_id = action["selected_option"]["value"].partition(" ")[2]
    say_why_here(body, call_id, store=store, slack=slack, locale=locale)
