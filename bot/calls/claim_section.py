"""The claim section of a call card: state of the callback, and its buttons."""

from dataclasses import dataclass

from bot.models.calls import Call
from bot.ui.action_ids import CALLED_BACK, CLAIM_CALL, REOPEN_CALL
from bot.ui.blocks import (
    Json,
    button,
    context,
    line,
    moment,
    mrkdwn,
    paragraph,
    plain,
    rich,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of


@dataclass(frozen=True)
class ClaimSection:
    """State of a missed call, with the names of people; times in unix seconds.

    `others` counts further missed calls of the caller. `done` says how the call was closed;
    `is_said` is true if a person marked it as called back. `tried_by` called back last without
    an answer.
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


def render_claim_state(shown: ClaimSection, locale: Locale) -> list[Json]:
    """Render the state in bold, right below the facts of the call; empty if it is unclaimed."""
    lines = []
    for state, details, at in _entries(shown):
        pieces = [line(state, bold=True)] if state else []
        if details:
            pieces.append(line(f"  ·  {details}" if state else details))
        if at is not None:
            pieces += [line("  ·  "), moment(at, locale.plain_moment(at))]
        lines.append(paragraph(*pieces))
    return [rich(*lines)] if lines else []


def plain_claim_state(shown: ClaimSection, locale: Locale) -> list[Json]:
    """Render the state for workspaces that don't show rich text."""
    return [
        context(
            plain("  ·  ".join(part for part in (state, details) if part)),
            *([] if at is None else [mrkdwn(locale.moment(at))]),
        )
        for state, details, at in _entries(shown)
    ]


def claim_sentence(shown: ClaimSection) -> str:
    """Return the state as a sentence, for notifications and screen readers."""
    if shown.done:
        return f"{shown.done}."
    state, count = _state(shown), _count(shown)
    return f"{state}{f' ({count})' if count else ''}." if state else ""


def first_buttons(call: Call, shown: ClaimSection) -> list[Json]:
    """Return the button for the next step, which comes before all others."""
    if not shown.is_open:
        return []
    if shown.owner is None:
        return [button("Claim", CLAIM_CALL, call.call_id, style="primary")]
    return [button("Mark as called back", CALLED_BACK, call.call_id, style="primary")]


def last_buttons(call: Call, shown: ClaimSection) -> list[Json]:
    """Return the rare buttons."""
    return [button("Reopen", REOPEN_CALL, call.call_id)] if shown.is_said else []


def _state(shown: ClaimSection) -> str:
    if shown.owner is not None:
        return f"Claimed by {name_of(shown.owner)}"
    return "Unclaimed" if shown.is_open and shown.others else ""


def _count(shown: ClaimSection) -> str:
    return f"{shown.others + 1} missed calls from this caller" if shown.others else ""


def _entries(shown: ClaimSection) -> list[tuple[str, str, float | None]]:
    """Return lines of state, details, and time."""
    entries: list[tuple[str, str, float | None]] = []
    if shown.done:
        entries.append((shown.done, "", shown.done_at))
    elif state := _state(shown):
        entries.append((state, _count(shown), None))
    if shown.tried_by:
        tried = f"{name_of(shown.tried_by)} called back  ·  no answer"
        entries.append(("", tried, shown.tried_at))
    return entries
