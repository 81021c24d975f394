"""Modals of channels: list, settings form, mute form."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from bot.channels.command_parsing import SPANS
from bot.channels.words import SHOWN as SHOWN_WORDS
from bot.channels.words import settings_in_words
from bot.clock import parse_zone
from bot.models.channels import (
    EVERYTHING,
    MAX_CALLS_PER_MINUTE,
    REPLACED,
    ChannelSettings,
    Mute,
    Visibility,
)
from bot.ui.action_ids import (
    CHANNEL_MENU,
    CHANNELS_MODAL,
    LIFT_MUTE,
    MUTE_MODAL,
    NOTICE_METADATA,
    SAVE_CHANNEL,
    SET_UP_CHANNEL,
    TURN_CHANNELS_PAGE,
)
from bot.ui.blocks import (
    Json,
    actions,
    answer,
    button,
    emoji,
    form,
    line,
    moment,
    mrkdwn,
    note,
    option,
    overflow,
    paragraph,
    person,
    plain,
    rich,
    says,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.inputs import (
    channel_field,
    chosen_in,
    field,
    number_field,
    number_in,
    quiet_fields,
    radio,
    read_quiet,
    state_of,
    ticked_in,
    ticks,
)
from bot.ui.lists import EDIT, list_modal, looks_of, paginate
from bot.ui.message import Message
from bot.ui.mrkdwn import clean, escape

CHANNEL, ZONE, MAX, WHO, SHOWN = "channel", "zone", "most", "who", "shown"

AUTO, OWN = "auto", "own"

NO_CHANNEL = "Choose a channel."

NOT_CUSTOM = "This needs “Only what is selected below”. Choose that, or undo this change."

_WHO = {
    AUTO: "Everything, but less in channels with external members",
    OWN: "Only what is selected below, for all members",
}


def render_channel_form(settings: ChannelSettings, *, zone: str, token: str) -> Json:
    """Return the form; without a channel, one is chosen in it. `zone` is the company's (IANA).

    A form with the same `token` is saved once, however often it is sent.
    """
    quiet, shown = settings.quiet, settings.shown
    selected = [name for name, is_on in asdict(shown or EVERYTHING).items() if is_on]
    blocks = [
        _fixed(settings.channel) if settings.channel else channel_field(CHANNEL, "Channel"),
        *quiet_fields(
            quiet,
            label="Quiet from",
            hint="May span midnight. Calls are summarized afterwards.",
        ),
        _zone(quiet.zone if quiet else zone),
        number_field(
            MAX,
            "Cards per minute",
            settings.most_a_minute or None,
            MAX_CALLS_PER_MINUTE,
            hint="More calls in a minute share one message. Leave empty for no limit.",
        ),
        radio(WHO, "Cards show", _WHO, OWN if shown else AUTO),
        ticks(SHOWN, "Show", SHOWN_WORDS, selected),
    ]
    look = settings.fingerprint if settings.channel else ""
    metadata = json.dumps({"token": token, "channel": settings.channel, "look": look})
    title = "Edit channel" if settings.channel else "Set up channel"
    return form(title, blocks, callback_id=SAVE_CHANNEL, metadata=metadata)


def parse_channel_form(
    view: Json, before: ChannelSettings, zones: Collection[str], *, zone: str
) -> tuple[ChannelSettings, dict[str, str]]:
    """Return the submitted settings, and errors by field; `zones` are all known names.

    The form was made from `before`. If no zone is entered, the company's `zone` is used.
    """
    channel = before.channel or state_of(view, CHANNEL).get("selected_conversation") or ""
    typed = clean(state_of(view, ZONE).get("value") or "").strip()
    found, close = parse_zone(typed, zones) if typed else (zone, [])
    quiet, errors = read_quiet(view, found or zone)
    if found is None:
        hint = f"Did you mean {' or '.join(close[:3])}?" if close else "Example: America/New_York."
        errors[ZONE] = f"Unknown time zone “{typed[:60]}”. {hint}"
    most = number_in(view, MAX) or 0
    if most > MAX_CALLS_PER_MINUTE:
        errors[MAX] = f"The limit is {MAX_CALLS_PER_MINUTE}. Leave the field empty for no limit."
    if not channel:
        errors[CHANNEL] = NO_CHANNEL
    selected = ticked_in(view, SHOWN)
    shown = Visibility(**{name: name in selected for name in SHOWN_WORDS})
    is_own = chosen_in(view, WHO) == OWN
    if not is_own and shown != (before.shown or EVERYTHING):
        errors[SHOWN] = NOT_CUSTOM
    return ChannelSettings(channel, quiet, most, shown if is_own else None), errors


def _fixed(channel: str) -> Json:
    return rich(paragraph({"type": "channel", "channel_id": channel}))


def _zone(zone: str) -> Json:
    element = {"type": "plain_text_input", "initial_value": zone, "max_length": 60}
    return field(ZONE, "Time zone", element, hint="Of the quiet hours. Such as America/New_York.")


CHANNELS_PER_PAGE = 40

UNMUTE, RESET = "lift", "usual"

_ABOUT = (
    "Channels with quiet hours, a card limit, their own visibility, or a mute. All other channels"
    " get each call immediately and show less to external members."
)

_NONE = "No channel settings or mutes yet. Set up a channel to add quiet hours or a card limit."


@dataclass(frozen=True)
class ChannelShown:
    """A channel in the list, with its settings and the current mute."""

    settings: ChannelSettings
    mute: Mute | None = None


def render_channel_list(
    channels: Sequence[ChannelShown], *, locale: Locale, page: int = 1, notice: str = ""
) -> Json:
    """List the channels."""
    shown = paginate(channels, page, size=CHANNELS_PER_PAGE)
    blocks = [note(_ABOUT) if channels else says(_NONE)]
    blocks += [_row(one, locale) for one in shown.rows]
    turns = shown.buttons(TURN_CHANNELS_PAGE, back="Back", more="More")
    blocks.append(actions(button("Set up channel", SET_UP_CHANNEL, "new"), *turns))
    looks = looks_of({one.settings.channel: one.settings for one in shown.rows})
    metadata = json.dumps({"page": shown.number, "looks": looks})
    return list_modal(
        "Channels", blocks, notice=notice, callback_id=CHANNELS_MODAL, metadata=metadata
    )


def _row(one: ChannelShown, locale: Locale) -> Json:
    channel = one.settings.channel
    name = f"<#{channel}>"
    menu = {"Edit": EDIT}
    if one.mute:
        until = locale.moment(one.mute.until)
        name += f"\n:no_bell: muted until {until} by <@{one.mute.by}>"
        menu["Unmute"] = UNMUTE
    words = settings_in_words(one.settings)
    if words:
        menu["Reset to defaults"] = RESET
    options = [option(label, f"{action} {channel}") for label, action in menu.items()]
    return section(
        block_id=f"channel_{channel}",
        fields=[mrkdwn(name), plain("\n".join(words) or "Default settings", 2_000)],
        accessory=overflow(CHANNEL_MENU, options),
    )


SPAN = "span"

UNMUTED = "This channel is no longer muted. Waiting calls and texts are posted now."

NOT_MUTED = "This channel isn't muted."

_ABOUT_MUTES = (
    "Calls and texts wait, and are posted as one message afterwards. Members of this channel see"
    " who muted it, and any of them can unmute it."
)


def render_mute_modal(channel: str, mute: Mute | None, *, token: str, locale: Locale) -> Json:
    """Return the form that asks how long to mute a channel; `mute` is the current one."""
    blocks = [says(_ABOUT_MUTES)]
    if mute:
        pieces = [emoji("no_bell"), line(" "), *_muted(mute.by), *_until(mute.until, locale)]
        blocks = [
            rich(paragraph(*pieces, line(". A new mute replaces this one."))),
            actions(button("Unmute", LIFT_MUTE, channel)),
            *blocks,
        ]
    blocks.append(radio(SPAN, "Duration", SPANS, next(iter(SPANS))))
    metadata = json.dumps({"channel": channel, "token": token})
    view = form("Mute channel", blocks, callback_id=MUTE_MODAL, metadata=metadata)
    return {**view, "submit": plain("Mute")}


def render_unmuted(words: str) -> Json:
    """Return a modal with the result of unmuting."""
    return words_modal("Mute channel", words)


def render_mute_answer(until: float, locale: Locale) -> Json:
    """Return the answer to the mute command."""
    blocks = [rich(paragraph(line("This channel is muted"), *_until(until, locale), line(".")))]
    return answer(f"This channel is muted until {locale.plain_moment(until)}.", blocks)


def render_muted(
    notice_id: str,
    mute: Mute,
    *,
    name: str,
    ended: str | None,
    ended_by: str | None,
    locale: Locale,
) -> Message:
    """Tell a channel that a person (`name`) muted it.

    `ended` is how the mute ended (`lifted` or `replaced`), `ended_by` the Slack user who did so.
    """
    pieces = [*_muted(mute.by), *_until(mute.until, locale)]
    buttons = []
    if ended and ended_by:
        how = "muted it again" if ended == REPLACED else "unmuted it"
        icon, text = "bell", f"{name} muted this channel, and someone {how}."
        pieces += [line(". "), person(ended_by), line(f" {how}.")]
    else:
        icon, text = (
            "no_bell",
            f"{name} muted this channel until {locale.plain_moment(mute.until)}.",
        )
        pieces.append(line(". Calls and texts wait, and are posted as one message afterwards."))
        buttons.append(actions(button("Unmute", LIFT_MUTE, mute.channel)))
    return Message(
        text=escape(text),
        blocks=[rich(paragraph(emoji(icon), line(" "), *pieces)), *buttons],
        plain_blocks=[says(text), *buttons],
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def _muted(by: str) -> list[Json]:
    return [person(by), line(" muted this channel")]


def _until(until: float, locale: Locale) -> list[Json]:
    return [line(" until "), moment(until, locale.plain_moment(until))]
