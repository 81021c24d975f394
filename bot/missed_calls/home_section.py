"""Owns the part of the App Home about calling back: what is one's own to do, and what nobody's."""

from collections.abc import Sequence

from bot.calls.words import other_number, other_party
from bot.models.home import Home
from bot.models.missed_calls import MissedCall
from bot.ui.action_ids import CALLED_BACK, CLAIM_CALL, OPEN_CALL
from bot.ui.blocks import Json, actions, button, header, mrkdwn, note, plain, section
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import shorten

MOST_MINE, MOST_FREE = 8, 5


def callbacks_of(home: Home, locale: Locale) -> list[Json]:
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
) -> list[Json]:
    if not shown:
        return []
    blocks: list[Json] = [header(title)]
    for one in shown:
        blocks += [_row(one, locale), actions(*_buttons(one, label, action_id, locale))]
    if count > len(shown):
        blocks.append(note(f"{count - len(shown):,} more wait in the last week."))
    return blocks


def _row(one: MissedCall, locale: Locale) -> Json:
    """Give a line: who and how often at the left, the last time beside it."""
    call, tries = one.calls[0], len(one.calls)
    who, number = other_party(call, locale), other_number(call, locale)
    words = [shorten(who, 60), number if number != who else None]
    words += [f"tried {tries:,} times"] if tries > 1 else []
    fields = [plain("  ·  ".join(word for word in words if word))]
    if call.started_at is not None:
        fields.append(mrkdwn(locale.moment(call.started_at)))
    return section(fields=fields)


def _buttons(one: MissedCall, label: str, action_id: str, locale: Locale) -> list[Json]:
    call = one.calls[0]
    who = shorten(other_party(call, locale), 50)
    return [
        button(
            label,
            action_id,
            call.call_id,
            style="primary",
            accessibility_label=f"{label}: {who}",
        ),
        button("Open", OPEN_CALL, call.call_id, accessibility_label=f"Open the call: {who}"),
    ]
