"""Owns the words by which people are reminded of a missed call, or handed one."""

from typing import Any

from bot.calls.words import other_number, other_party
from bot.models.calls import Call
from bot.ui.action_ids import CALLED_BACK, CLAIM_CALL, NOTICE_METADATA, OPEN_CALL
from bot.ui.blocks import Json, button, line, moment, paragraph, person, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, name_of


def render_handed_over(notice_id: str, call: Call, *, by: str, locale: Locale) -> Message:
    """Tell somebody that `by` (a Slack user) hands them a missed call."""
    who = _who(call, locale)
    return _message(
        notice_id,
        f"You are handed the missed call from {who}.",
        [
            person(by),
            line(" hands you the missed call from "),
            line(who, bold=True),
            *_at(call, locale),
        ],
        [_called_back(call), _open(call)],
    )


def render_owner_reminder(notice_id: str, call: Call, *, locale: Locale) -> Message:
    """Remind whoever took a missed call."""
    who = _who(call, locale)
    return _message(
        notice_id,
        f"{who} is still waiting for your call back.",
        [
            _clock(),
            line(who, bold=True),
            line(" is still waiting for your call back"),
            *_at(call, locale),
        ],
        [_called_back(call), _open(call)],
    )


def render_channel_reminder(
    notice_id: str, call: Call, *, mention: str | None, locale: Locale
) -> Message:
    """Remind a channel of a missed call that nobody took; `mention` is whose call it was."""
    who = _who(call, locale)
    whose = [line("  ·  "), person(mention)] if mention else []
    return _message(
        notice_id,
        f"Nobody has called {who} back yet.",
        [
            _clock(),
            line("Nobody has called "),
            line(who, bold=True),
            line(" back yet"),
            *_at(call, locale),
            *whose,
        ],
        [_claim(call), _open(call)],
    )


def render_escalation(notice_id: str, call: Call, *, owner: str | None, locale: Locale) -> Message:
    """Tell whoever is named for it of a missed call; `owner` is the name of who took it."""
    who = _who(call, locale)
    state = f"{name_of(owner)} takes care of it." if owner else "Nobody has taken it."
    return _message(
        notice_id,
        f"Nobody has called {who} back yet. {state}",
        [
            _clock(),
            line("Nobody has called "),
            line(who, bold=True),
            line(" back yet"),
            *_at(call, locale),
            line(f". {state}"),
        ],
        [*([] if owner else [_claim(call)]), _open(call)],
    )


def _message(notice_id: str, text: str, pieces: list[Json], buttons: list[Json]) -> Message:
    actions: dict[str, Any] = {"type": "actions", "elements": buttons}
    return Message(
        text=escape(text),
        blocks=[rich(paragraph(*pieces)), actions],
        plain_blocks=[says(text), actions],
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def _who(call: Call, locale: Locale) -> str:
    """Name the caller, with the number that is to be dialled."""
    name, number = other_party(call, locale), other_number(call, locale)
    return f"{name}, {number}" if number and number != name else name


def _at(call: Call, locale: Locale) -> list[Json]:
    if call.started_at is None:
        return []
    return [line("  ·  "), moment(call.started_at, locale.plain_moment(call.started_at))]


def _clock() -> Json:
    return {"type": "emoji", "name": "alarm_clock"}


def _claim(call: Call) -> Json:
    return button("Claim", CLAIM_CALL, call.call_id, style="primary")


def _called_back(call: Call) -> Json:
    return button("Called back", CALLED_BACK, call.call_id, style="primary")


def _open(call: Call) -> Json:
    return button("Open", OPEN_CALL, call.call_id)
