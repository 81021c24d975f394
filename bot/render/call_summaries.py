"""Owns the messages about several calls, and the list that they open into."""

from collections.abc import Sequence
from typing import Any

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ModalView,
    RichText,
    RichTextBlock,
    RichTextEmoji,
    RichTextList,
    RichTextSection,
    SectionBlock,
    Text,
    TextType,
)

from bot.calls import Call
from bot.render.call_words import headline, other_party, our_side
from bot.render.locale import Locale
from bot.render.message import Message, bold, shorten, to_dicts
from bot.slack_ids import CALL_METADATA, CALLS_MODAL, OPEN_CALLS

MOST_LISTED = 12


class _Date(RichText):
    """A moment in rich text, in the reader's zone; the block library has no element for it yet."""

    def __init__(self, moment: float, locale: Locale) -> None:
        super().__init__(locale.plain_moment(moment))
        self.moment = moment

    def _resolve(self) -> dict[str, Any]:
        return {
            "type": "date",
            "timestamp": int(self.moment),
            "format": "{date_short_pretty} at {time}",
            "fallback": self.text,
        }


def render_catch_up_summary(notice_id: str, calls: Sequence[Call], *, locale: Locale) -> Message:
    """Show in one message what happened while the bot was away, missed calls first."""
    missed = sum(call.needs_a_call_back for call in calls)
    what = f"There were {len(calls)} calls while I was away, {missed or 'none'} of them missed."
    shown = _missed_first(calls)[:MOST_LISTED]
    more = f"The first {len(shown)} of them:" if len(shown) < len(calls) else "All of them:"
    opening = RichTextSection(
        [
            RichTextEmoji("inbox_tray"),
            RichText(" "),
            bold(what),
            RichText(f" Nothing is lost. {more}"),
        ]
    )
    blocks: list[Block] = [
        RichTextBlock([opening, RichTextList("bullet", [_line(call, locale) for call in shown])]),
        ActionsBlock([Button(f"Show all {len(calls)}", action_id=OPEN_CALLS, value=notice_id)]),
    ]
    return Message(
        text=what,
        blocks=to_dicts(blocks),
        plain_blocks=to_dicts([SectionBlock(_plain_list(what, shown, locale)), blocks[1]]),
        metadata={
            "event_type": CALL_METADATA,
            "event_payload": {"call_ids": [call.call_id for call in calls]},
        },
    )


def render_calls_modal(calls: Sequence[Call], *, locale: Locale) -> dict[str, Any]:
    """List calls, missed ones first."""
    ordered = _missed_first(calls)
    blocks: list[Block] = [
        RichTextBlock(
            [RichTextList("bullet", [_line(call, locale) for call in ordered[at : at + 20]])]
        )
        for at in range(0, len(ordered), 20)
    ]
    view: dict[str, Any] = ModalView(
        title="Calls", blocks=blocks, close="Close", callback_id=CALLS_MODAL
    ).to_dict()
    return {**view, "blocks": to_dicts(blocks)}


def _missed_first(calls: Sequence[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: (not call.needs_a_call_back, call.started_at or 0))


def _line(call: Call, locale: Locale) -> RichTextSection:
    _, what, preposition = headline(call)
    words = [word for word in (what, preposition, shorten(other_party(call, locale), 40)) if word]
    rest = f", {ours}" if (ours := our_side(call)) else ""
    line = RichText(" ".join(words) + shorten(rest, 60), bold=call.needs_a_call_back or None)
    if call.started_at is None:
        return RichTextSection([line])
    return RichTextSection([_Date(call.started_at, locale), RichText(" · "), line])


def _plain_list(what: str, calls: Sequence[Call], locale: Locale) -> Text:
    lines = [what]
    for call in calls:
        _, words, preposition = headline(call)
        lines.append(f"• {words} {preposition} {shorten(other_party(call, locale), 40)}")
    return Text(shorten("\n".join(lines), 2_900), type_=TextType.PLAINTEXT)
