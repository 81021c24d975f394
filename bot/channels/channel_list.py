"""Owns the list of channels with settings of their own, and of those that are muted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.words import settings_in_words
from bot.models.channels import ChannelSettings, Mute
from bot.ui.action_ids import CHANNEL_MENU, CHANNELS_MODAL, SET_UP_CHANNEL, TURN_CHANNELS_PAGE
from bot.ui.blocks import Json, actions, button, note, option, plain, says, words_modal
from bot.ui.formatting import Locale

CHANNELS_A_PAGE = 40
EDIT, LIFT, USUAL = "edit", "lift", "usual"
_ABOUT = (
    "Channels that are quiet at times, take so many cards a minute, or show what you decided. All"
    " others get each call at once, with less shown where outsiders are."
)
_NONE = "No channel has settings of its own yet, and none is muted."


@dataclass(frozen=True)
class ChannelShown:
    """A channel in the list: what is set for it, and the mute that holds now."""

    settings: ChannelSettings
    mute: Mute | None = None


def render_channel_list(
    channels: Sequence[ChannelShown], *, locale: Locale, page: int = 1, said: str | None = None
) -> Json:
    """List them; `said` is what has just been done."""
    pages = max(1, -(-len(channels) // CHANNELS_A_PAGE))
    page = max(1, min(page, pages))
    first = (page - 1) * CHANNELS_A_PAGE
    blocks = [says(said, block_id="said")] if said else []
    blocks.append(note(_ABOUT) if channels else says(_NONE))
    blocks += [_row(one, locale) for one in channels[first : first + CHANNELS_A_PAGE]]
    turns = [("Back", page - 1)] * (page > 1) + [("More", page + 1)] * (page < pages)
    buttons = [button("Set up a channel", SET_UP_CHANNEL, "new")]
    buttons += [button(label, f"{TURN_CHANNELS_PAGE}:{to}", str(to)) for label, to in turns]
    blocks.append(actions(*buttons))
    view = words_modal("Channels", blocks=blocks)
    metadata = json.dumps({"page": page})
    return {**view, "callback_id": CHANNELS_MODAL, "private_metadata": metadata}


def _row(one: ChannelShown, locale: Locale) -> Json:
    channel = one.settings.channel
    where = f"<#{channel}>"
    deeds = {"Edit": EDIT}
    if one.mute:
        until = locale.moment(one.mute.until)
        where += f"\n:no_bell: muted until {until}, by <@{one.mute.by}>"
        deeds["Lift the mute"] = LIFT
    words = settings_in_words(one.settings)
    if words:
        deeds["Back to the usual settings"] = USUAL
    return {
        "type": "section",
        "block_id": f"channel_{channel}",
        "fields": [
            {"type": "mrkdwn", "text": where},
            plain("\n".join(words) or "The usual settings", 2_000),
        ],
        "accessory": {
            "type": "overflow",
            "action_id": CHANNEL_MENU,
            "options": [option(label, f"{deed} {channel}") for label, deed in deeds.items()],
        },
    }
