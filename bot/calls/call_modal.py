"""Owns the modal with a call's card, from which it can be shared to a channel."""

import json
from typing import Any

from bot.calls.card import NOTHING_AROUND, Around, render_call_card
from bot.models.calls import Call
from bot.ui.action_ids import CALL_MODAL, SHARE_CALL
from bot.ui.blocks import actions, button, plain
from bot.ui.formatting import Locale

HOW_TO_INVITE = "type `/invite @Vocatech` there"


def render_call_modal(
    call: Call,
    *,
    locale: Locale,
    around: Around = NOTHING_AROUND,
    channel: str | None = None,
    said: str = "",
    seen_in: str = "",
) -> dict[str, Any]:
    """Show a call's card; with a `channel` it can be shared there.

    `said` is what came of sharing, in Slack's markup; it takes the place of the button.
    `seen_in` is the channel from whose messages it was opened.
    """
    blocks = list(render_call_card(call, locale=locale, around=around).blocks)
    if said:
        text = {"type": "mrkdwn", "text": said}
        blocks.append({"type": "section", "block_id": "shared", "text": text})
    elif channel:
        share = button("Share to this channel", SHARE_CALL, call.call_id)
        blocks.append(actions(share, block_id="share"))
    known = {"call_id": call.call_id, "channel": channel, "seen_in": seen_in}
    return {
        "type": "modal",
        "callback_id": CALL_MODAL,
        "title": plain("Call"),
        "close": plain("Close"),
        "private_metadata": json.dumps(known),
        "blocks": blocks,
    }


def say_shared(channel: str) -> str:
    """Say that the card is on its way."""
    return f":white_check_mark: Shared: the card comes to <#{channel}> in a moment."


def say_not_there(channel: str) -> str:
    """Say that we cannot post there."""
    return (
        f"I am not in <#{channel}>, so nothing was shared. Please {HOW_TO_INVITE}, and share the"
        " call once more."
    )


def say_already_there(channel: str, link: str | None) -> str:
    """Say that the card stands there; `link` is its address."""
    where = f" <{link}|Go to it>." if link else " Somebody may have deleted it since."
    return f"This call is shown in <#{channel}> already.{where}"


def say_on_its_way(channel: str) -> str:
    """Say that somebody shared it before, and that it does not stand there yet."""
    return (
        f"This call is on its way to <#{channel}> already. If it does not appear, I am not in that"
        f" channel: {HOW_TO_INVITE}, and it comes by itself."
    )


def say_not_possible(channel: str) -> str:
    """Say that a card was refused there for good."""
    return f"Slack does not let me show this call in <#{channel}>. Nothing was changed."
