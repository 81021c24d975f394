"""Owns the part of the App Home about calling back: what is one's own to do, and what nobody's."""

from collections.abc import Sequence

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    Element,
    HeaderBlock,
    SectionBlock,
    Text,
    TextType,
)

from bot.calls.words import other_number, other_party
from bot.models.home import Home
from bot.models.missed_calls import MissedCall
from bot.ui.action_ids import CALLED_BACK, CLAIM_CALL, OPEN_CALL
from bot.ui.formatting import Locale
from bot.ui.message import plain
from bot.ui.mrkdwn import shorten

MOST_MINE, MOST_FREE = 8, 5


def callbacks_of(home: Home, locale: Locale) -> list[Block]:
    """Show them, each with what can be done about it; nothing where there is nothing to do."""
    return [
        *_part(
            "You call back",
            home.mine[:MOST_MINE],
            len(home.mine),
            "Called back",
            CALLED_BACK,
            locale,
        ),
        *_part(
            "Nobody has taken these yet",
            home.free[:MOST_FREE],
            len(home.free),
            "Claim",
            CLAIM_CALL,
            locale,
        ),
    ]


def _part(
    title: str, shown: Sequence[MissedCall], count: int, label: str, action_id: str, locale: Locale
) -> list[Block]:
    if not shown:
        return []
    blocks: list[Block] = [HeaderBlock(title)]
    for one in shown:
        blocks += [_row(one, locale), ActionsBlock(_buttons(one, label, action_id, locale))]
    if count > len(shown):
        blocks.append(ContextBlock([plain(f"{count - len(shown):,} more wait in the last week.")]))
    return blocks


def _row(one: MissedCall, locale: Locale) -> SectionBlock:
    """Give a line: who and how often at the left, the last time beside it."""
    call, tries = one.calls[0], len(one.calls)
    who, number = other_party(call, locale), other_number(call, locale)
    words = [shorten(who, 60), number if number != who else None]
    words += [f"tried {tries:,} times"] if tries > 1 else []
    fields: list[str | Text] = [plain("  ·  ".join(word for word in words if word))]
    if call.started_at is not None:
        fields.append(Text(locale.moment(call.started_at), type_=TextType.MARKDOWN))
    return SectionBlock(fields=fields)


def _buttons(one: MissedCall, label: str, action_id: str, locale: Locale) -> list[Element]:
    call = one.calls[0]
    who = shorten(other_party(call, locale), 50)
    return [
        Button(
            label,
            action_id=action_id,
            value=call.call_id,
            style="primary",
            accessibility_label=f"{label}: {who}",
        ),
        Button(
            "Open",
            action_id=OPEN_CALL,
            value=call.call_id,
            accessibility_label=f"Open the call: {who}",
        ),
    ]
