"""Owns the words about muting: the form for it, and the notice that tells a channel of it."""

import json

from bot.channels.command_parsing import REPLACED, SPANS
from bot.models.channels import Mute
from bot.ui.action_ids import LIFT_MUTE, MUTE_MODAL, NOTICE_METADATA
from bot.ui.blocks import (
    Json,
    actions,
    answer,
    button,
    emoji,
    form,
    line,
    moment,
    paragraph,
    person,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.inputs import radio
from bot.ui.message import Message, escape

SPAN = "span"
LIFTED = "The mute is lifted. What waited comes now."
NOT_MUTED = "This channel is not muted any more."
_ABOUT = (
    "Calls and texts wait meanwhile, and come together afterwards. This channel is told who muted"
    " it, and anybody in it can lift the mute."
)


def render_mute_modal(channel: str, mute: Mute | None, *, token: str, locale: Locale) -> Json:
    """Ask for how long to mute a channel; `mute` is the one that holds already."""
    blocks = [says(_ABOUT)]
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
