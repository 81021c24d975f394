"""Owns what a card says and offers about calling back: who takes care, and what came of it."""

from dataclasses import dataclass

from bot.models.calls import Call
from bot.ui.action_ids import CALL_MENU, CALLED_BACK, CLAIM_CALL, CLAIM_MENU, REOPEN_CALL
from bot.ui.blocks import Json, button, context, mrkdwn, option, overflow, plain
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of

HAND_OVER, RELEASE, WHY, MUTE = "hand_over", "release", "why", "mute"
LONGEST_ID = 140  # an option's value has 150 characters at most


@dataclass(frozen=True)
class ClaimSection:
    """How a missed call stands, with people by their names; moments in unix seconds.

    `others` counts further missed calls of the caller, `done` says how it was settled and
    `is_said` that somebody only said so, `tried_by` who called in vain since.
    """

    is_open: bool = False
    owner: str | None = None
    others: int = 0
    tried_by: str | None = None
    tried_at: float | None = None
    done: str | None = None
    done_at: float | None = None
    is_said: bool = False


NO_CALLBACK = ClaimSection()


def callback_lines(shown: ClaimSection, locale: Locale) -> list[Json]:
    """Say it in lines under the card."""
    lines = []
    if shown.done:
        lines.append(_line(shown.done, shown.done_at, locale))
    elif owned := _owned(shown):
        lines.append(_line(owned, None, locale))
    if shown.tried_by:
        words = f"{name_of(shown.tried_by)} called them without an answer"
        lines.append(_line(words, shown.tried_at, locale))
    return lines


def callback_sentence(shown: ClaimSection) -> str:
    """Say it for notifications and screen readers."""
    return f"{shown.done}." if shown.done else _owned(shown)


def first_buttons(call: Call, shown: ClaimSection) -> list[Json]:
    """Offer what is to be done next; it stands before all else that can be done."""
    if not shown.is_open:
        return []
    if shown.owner is None:
        return [button("Claim", CLAIM_CALL, call.call_id, style="primary")]
    return [button("Called back", CALLED_BACK, call.call_id, style="primary")]


def last_buttons(call: Call, shown: ClaimSection, *, has_menu: bool = False) -> list[Json]:
    """Offer what is seldom needed; with `has_menu` also what may be done in its channel."""
    reopen = button("Take up again", REOPEN_CALL, call.call_id)
    found = [reopen] if shown.is_said else []
    if len(call.call_id) > LONGEST_ID:
        return found
    options, menu = [], CALL_MENU
    if shown.is_open and shown.owner is not None and not shown.is_said:
        menu = CLAIM_MENU
        options.append(option("Hand over…", f"{HAND_OVER} {call.call_id}"))
        options.append(option("Release", f"{RELEASE} {call.call_id}"))
    if has_menu:
        options.append(option("Why is this here?", f"{WHY} {call.call_id}"))
        options.append(option("Mute this channel…", f"{MUTE} {call.call_id}"))
    return [*found, overflow(menu, options)] if options else found


def _owned(shown: ClaimSection) -> str:
    if shown.owner is None:
        return ""
    more = ""
    if shown.others:
        calls = "1 other missed call" if shown.others == 1 else f"{shown.others} other missed calls"
        more = f", and of {calls} of theirs"
    return f"{name_of(shown.owner)} takes care of it{more}."


def _line(words: str, at: float | None, locale: Locale) -> Json:
    return context(plain(words), *([] if at is None else [mrkdwn(locale.moment(at))]))
