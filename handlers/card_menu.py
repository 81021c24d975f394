"""Owns what the menu of every call card offers, whatever else that menu holds."""

from collections.abc import Mapping
from typing import Any

from bot.calls.claim_section import MUTE, WHY
from bot.channels.service import Mutes
from bot.rules.words import render_why_modal
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.formatting import Locale


def answer_from_menu(
    body: Mapping[str, Any],
    what: str,
    call_id: str,
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
    mutes: Mutes,
) -> bool:
    """Say why a card is in a channel, or ask how long to mute that; False for anything else."""
    channel = str((body.get("channel") or {}).get("id") or "")
    if what == WHY:
        why = store.posts.why(call_id, channel)
        shown = store.channels.shown_in(channel)
        slack.show_modal(body, render_why_modal(why, shown=shown, locale=locale))
    elif what == MUTE and channel:
        slack.show_modal(body, mutes.form(channel))
    return what in {WHY, MUTE}
