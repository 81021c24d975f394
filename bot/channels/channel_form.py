"""Owns the form in which an admin says how a channel is served, and reading it back."""

import json
from collections.abc import Collection
from dataclasses import asdict

from bot.channels.words import SHOWN as SHOWN_WORDS
from bot.models.channels import EVERYTHING, MOST_CALLS_A_MINUTE, ChannelSettings, Shown
from bot.ui.action_ids import SAVE_CHANNEL
from bot.ui.blocks import Json, form, paragraph, rich
from bot.ui.inputs import (
    channel_field,
    chosen_in,
    field,
    number_field,
    number_in,
    radio,
    state_of,
    ticked_in,
    ticks,
)
from bot.ui.message import clean
from bot.ui.quiet_fields import quiet_fields, read_quiet
from bot.zones import find_zone

CHANNEL, ZONE, MOST, WHO, SHOWN = "channel", "zone", "most", "who", "shown"
AUTO, OWN = "auto", "own"
NO_CHANNEL = "Please choose a channel."
TICKED = "This counts only with “Only what is ticked below”. Please choose that, or undo this."
_WHO = {
    AUTO: "The bot decides: everything, but less where outsiders are",
    OWN: "Only what is ticked below, whoever is there",
}


def render_channel_form(settings: ChannelSettings, *, zone: str, token: str) -> Json:
    """Give the form; without a channel one is chosen in it. `zone` is the company's (IANA).

    `token` stands for this showing of the form: sent twice, it is done once.
    """
    quiet, shown = settings.quiet, settings.shown
    ticked = [name for name, is_on in asdict(shown or EVERYTHING).items() if is_on]
    blocks = [
        _fixed(settings.channel) if settings.channel else channel_field(CHANNEL, "Channel"),
        *quiet_fields(
            quiet,
            label="Quiet from",
            hint="Over midnight, too. Calls come together when it is over.",
        ),
        _zone(quiet.zone if quiet else zone),
        number_field(
            MOST,
            "Most cards a minute",
            settings.most_a_minute or None,
            MOST_CALLS_A_MINUTE,
            hint="Further calls of that minute share one message. Empty: as many as there are.",
        ),
        radio(WHO, "What cards show", _WHO, OWN if shown else AUTO),
        ticks(SHOWN, "Show", SHOWN_WORDS, ticked),
    ]
    look = settings.look if settings.channel else ""
    metadata = json.dumps({"token": token, "channel": settings.channel, "look": look})
    title = "Edit channel" if settings.channel else "Set up a channel"
    return form(title, blocks, callback_id=SAVE_CHANNEL, metadata=metadata)


def read_channel_form(
    view: Json, before: ChannelSettings, zones: Collection[str], *, zone: str
) -> tuple[ChannelSettings, dict[str, str]]:
    """Give what was filled in, and what to mend by field; `zones` are the names that are known.

    `before` is what the form was made from, `zone` the company's, which counts where none is typed.
    """
    channel = before.channel or state_of(view, CHANNEL).get("selected_conversation") or ""
    typed = clean(state_of(view, ZONE).get("value") or "").strip()
    found, close = find_zone(typed, zones) if typed else (zone, [])
    quiet, wrong = read_quiet(view, found or zone)
    if found is None:
        meant = f" Do you mean {' or '.join(close[:3])}?" if close else ""
        wrong[ZONE] = f"I do not know the time zone “{typed[:60]}”.{meant} One is Europe/Berlin."
    most = number_in(view, MOST) or 0
    if most > MOST_CALLS_A_MINUTE:
        wrong[MOST] = f"Please fill in {MOST_CALLS_A_MINUTE} at most, or nothing."
    if not channel:
        wrong[CHANNEL] = NO_CHANNEL
    ticked = ticked_in(view, SHOWN)
    shown = Shown(**{name: name in ticked for name in SHOWN_WORDS})
    is_own = chosen_in(view, WHO) == OWN
    if not is_own and shown != (before.shown or EVERYTHING):
        wrong[SHOWN] = TICKED
    return ChannelSettings(channel, quiet, most, shown if is_own else None), wrong


def _fixed(channel: str) -> Json:
    return rich(paragraph({"type": "channel", "channel_id": channel}))


def _zone(zone: str) -> Json:
    element = {"type": "plain_text_input", "initial_value": zone, "max_length": 60}
    return field(ZONE, "Time zone of these hours", element, hint="Such as Europe/Berlin.")
