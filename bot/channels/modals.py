"""Modals of channels: list, settings, mute."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from bot.channels.command_parsing import SPANS
from bot.channels.words import SHOWN as SHOWN_WORDS
from bot.channels.words import settings_in_words
from bot.clock import parse_zone
from bot.models.channels import (
    EVERYTHING,
    MOST_CALLS_A_MINUTE,
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
from bot.ui.message import Message
from bot.ui.mrkdwn import clean, escape

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
    found, close = parse_zone(typed, zones) if typed else (zone, [])
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
    shown = Visibility(**{name: name in ticked for name in SHOWN_WORDS})
    is_own = chosen_in(view, WHO) == OWN
    if not is_own and shown != (before.shown or EVERYTHING):
        wrong[SHOWN] = TICKED
    return ChannelSettings(channel, quiet, most, shown if is_own else None), wrong


def _fixed(channel: str) -> Json:
    return rich(paragraph({"type": "channel", "channel_id": channel}))


def _zone(zone: str) -> Json:
    element = {"type": "plain_text_input", "initial_value": zone, "max_length": 60}
    return field(ZONE, "Time zone of these hours", element, hint="Such as Europe/Berlin.")


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
    options = [option(label, f"{deed} {channel}") for label, deed in deeds.items()]
    return section(
        block_id=f"channel_{channel}",
        fields=[mrkdwn(where), plain("\n".join(words) or "The usual settings", 2_000)],
        accessory=overflow(CHANNEL_MENU, options),
    )


SPAN = "span"

LIFTED = "The mute is lifted. What waited comes now."

NOT_MUTED = "This channel is not muted any more."

_ABOUT_MUTES = (
    "Calls and texts wait meanwhile, and come together afterwards. This channel is told who muted"
    " it, and anybody in it can lift the mute."
)


def render_mute_modal(channel: str, mute: Mute | None, *, token: str, locale: Locale) -> Json:
    """Ask for how long to mute a channel; `mute` is the one that holds already."""
    blocks = [says(_ABOUT_MUTES)]
    if mute:
        pieces = [emoji("no_bell"), line(" "), *_muted(mute.by), *_until(mute.until, locale)]
        again = "Another choice takes the place of this mute."
        blocks = [
            rich(paragraph(*pieces, line(f". {again}"))),
            actions(button("Lift the mute", LIFT_MUTE, channel)),
            *blocks,
        ]
    blocks.append(radio(SPAN, "For how long?", SPANS, next(iter(SPANS))))
    metadata = json.dumps({"channel": channel, "token": token})
    view = form("Mute this channel", blocks, callback_id=MUTE_MODAL, metadata=metadata)
    return {**view, "submit": plain("Mute")}


def render_lifted(words: str) -> Json:
    """Say in place of the form, or on its own, what became of lifting a mute."""
    return words_modal("Mute this channel", words)


def render_mute_answer(until: float, locale: Locale) -> Json:
    """Answer whoever typed it."""
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
    """Tell a channel that somebody, called `name`, muted it.

    `ended` is what became of that (`lifted` or `replaced`), `ended_by` (a Slack user) by whom.
    """
    pieces = [*_muted(mute.by), *_until(mute.until, locale)]
    buttons = []
    if ended and ended_by:
        how = "muted it anew" if ended == REPLACED else "lifted the mute"
        icon, text = "bell", f"{name} had muted this channel, and somebody {how}."
        pieces += [line(". "), person(ended_by), line(f" {how}.")]
    else:
        icon, text = (
            "no_bell",
            f"{name} muted this channel until {locale.plain_moment(mute.until)}.",
        )
        pieces.append(line(". What comes meanwhile waits, and comes together afterwards."))
        buttons.append(actions(button("Lift the mute", LIFT_MUTE, mute.channel)))
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
