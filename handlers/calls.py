"""A call opened from a list or from App Home: its card in a modal, and sharing it to a channel."""

import json
from collections.abc import Callable
from typing import Any

from bot.calls.call_modal import (
    say_already_there,
    say_not_possible,
    say_not_there,
    say_on_its_way,
    say_shared,
)
from bot.calls.modals import render_missing_modal
from bot.calls.presenter import seen_in, show_in_modal
from bot.clock import Clock
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.formatting import Locale

Ack = Callable[[], Any]


def open_call(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
) -> None:
    """Open the card of the call whose button was pressed."""
    ack()
    call = store.calls.find(action["value"])
    view = (
        show_in_modal(call, store, locale, channel=_channel_of(body), seen_in=seen_in(body))
        if call
        else render_missing_modal()
    )
    slack.show_modal(body, view)


def share_call(
    ack: Ack,
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
    clock: Clock,
    hurry: Callable[[str], None],
) -> None:
    """Have the call shown in the channel where it was asked for, unless it is there already."""
    ack()
    told = json.loads(body["view"]["private_metadata"])
    call_id, channel = told["call_id"], told["channel"]
    call = store.calls.find(call_id)
    if call is None or not channel:
        slack.update_modal(body["view"]["id"], render_missing_modal(), seen_hash=None)
        return
    now = clock.now()
    if not slack.can_enter(channel):
        said = say_not_there(channel)
    elif store.posts.share(call_id, channel, by=body["user"]["id"], now=now):
        store.audit.note(body["user"]["id"], "shared a call", f"{call_id} in {channel}", now=now)
        hurry(channel)
        said = say_shared(channel)
    else:
        said = _say_where(call_id, channel, store, slack)
    view = show_in_modal(call, store, locale, channel=channel, said=said, seen_in=seen_in(body))
    # Without the hash: of two presses each may have the last word, and both are true.
    slack.update_modal(body["view"]["id"], view, seen_hash=None)


def _say_where(call_id: str, channel: str, store: Store, slack: SlackPoster) -> str:
    ts, parked = store.posts.place_of(call_id, channel)
    if ts:
        return say_already_there(channel, slack.link_to(channel, ts))
    return say_not_possible(channel) if parked else say_on_its_way(channel)


def _channel_of(body: dict[str, Any]) -> str | None:
    """Give the channel in which a command was typed; a direct one cannot be shared to."""
    channel = str((body.get("channel") or {}).get("id") or "")
    is_answer = bool((body.get("container") or {}).get("is_ephemeral"))
    return channel if is_answer and channel.startswith(("C", "G")) else None
