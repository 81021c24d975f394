"""Mutes: a channel muted for a while by whoever is in it, and the mute lifted again."""

import json
from collections.abc import Callable
from typing import Any

from bot.channels.modals import LIFTED, NOT_MUTED, SPAN, render_lifted, render_mute_answer
from bot.channels.service import Mutes
from bot.errors import NotUnderstood
from bot.slack.client import SlackPoster
from bot.slack.membership import can_post
from bot.slack.modal_state import make_token
from bot.slack.slack_views import is_in_modal
from bot.ui.asked import Asked
from bot.ui.blocks import answer
from bot.ui.formatting import Locale

NOT_HERE = "I am not in this channel, so no calls come here."
Ack = Callable[..., Any]
Json = dict[str, Any]


def set_mute(ack: Ack, body: Json, view: Json, *, mutes: Mutes, slack: SlackPoster) -> None:
    """Mute the channel for which the form was opened."""
    told = json.loads(view["private_metadata"])
    if not can_post(slack, told["channel"]):
        ack(response_action="errors", errors={SPAN: NOT_HERE})
        return
    chosen = view["state"]["values"][SPAN][SPAN]["selected_option"]["value"]
    mutes.mute(told["channel"], chosen, by=body["user"]["id"], token=told["token"])
    ack()


def lift_mute(ack: Ack, action: Json, body: Json, *, mutes: Mutes, slack: SlackPoster) -> None:
    """Lift a mute; whoever comes after it was over is told so."""
    ack()
    was_muted = mutes.lift(action["value"], by=body["user"]["id"])
    shown = render_lifted(LIFTED if was_muted else NOT_MUTED)
    if is_in_modal(body):
        slack.update_modal(body["view"]["id"], shown, seen_hash=None)
    elif not was_muted:  # else the message itself says so
        slack.show_modal(body, shown)


def mute_by_command(asked: Asked, *, mutes: Mutes, slack: SlackPoster, locale: Locale) -> None:
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
