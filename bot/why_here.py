"""Owns telling whoever asks why the card of a call is in a channel."""

from collections.abc import Mapping
from typing import Any

from bot.render.locale import Locale
from bot.render.rule_words import render_why_modal
from bot.slack_poster import SlackPoster
from bot.store import Store


def say_why_here(
    body: Mapping[str, Any], call_id: str, *, store: Store, slack: SlackPoster, locale: Locale
) -> None:
    """Say it to the asker alone, in a modal."""
    channel = str((body.get("channel") or {}).get("id") or "")
    slack.show_modal(body, render_why_modal(store.posts.why(call_id, channel), locale=locale))
