"""Messages about missed calls: assignments, reminders, and escalations."""

from bot.calls.words import other_number, other_party
from bot.models.calls import Call
from bot.ui.action_ids import CALLED_BACK, CLAIM_CALL, NOTICE_METADATA, OPEN_CALL
from bot.ui.blocks import Json, actions, button, emoji, line, moment, paragraph, person, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, name_of


def render_assigned(notice_id: str, call: Call, *, by: str, locale: Locale) -> Message:
    """Tell a Slack user that `by` (another one) assigned them a missed call."""
    caller = _caller(call, locale)
    return _message(
        notice_id,
        f"You were assigned the missed call from {caller}.",
        [
            person(by),
            line(" assigned you the missed call from "),
            line(caller, bold=True),
            *_time(call, locale),
        ],
        [_called_back(call), _open(call)],
    )


def render_owner_reminder(notice_id: str, call: Call, *, locale: Locale) -> Message:
    """Remind the owner of a missed call."""
    caller = _caller(call, locale)
    return _message(
        notice_id,
        f"Reminder: please call back {caller}.",
        [
            emoji("alarm_clock"),
            line(" Reminder: please call back "),
            line(caller, bold=True),
            *_time(call, locale, "missed "),
        ],
        [_called_back(call), _open(call)],
    )


def render_channel_reminder(
    notice_id: str, call: Call, *, mention: str | None, locale: Locale
) -> Message:
    """Remind a channel of an unclaimed missed call; `mention` is the Slack user who was called."""
    caller = _caller(call, locale)
    called = [line("  ·  "), person(mention)] if mention else []
    return _message(
        notice_id,
        f"The missed call from {caller} is still unclaimed.",
        [
            emoji("alarm_clock"),
            line(" The missed call from "),
            line(caller, bold=True),
            line(" is still unclaimed"),
            *_time(call, locale),
            *called,
        ],
        [_claim(call), _open(call)],
    )


def render_escalation(notice_id: str, call: Call, *, owner: str | None, locale: Locale) -> Message:
    """Tell the person for escalations about a missed call; `owner` is the name of its owner."""
    caller = _caller(call, locale)
    state = f"Claimed by {name_of(owner)}" if owner else "Unclaimed"
    return _message(
        notice_id,
        f"{caller} hasn't been called back yet. {state}.",
        [
            emoji("alarm_clock"),
            line(" "),
            line(caller, bold=True),
            line(" hasn't been called back yet"),
            *_time(call, locale, "missed "),
            line(f"  ·  {state}"),
        ],
        [*([] if owner else [_claim(call)]), _open(call)],
    )


def _message(notice_id: str, text: str, pieces: list[Json], buttons: list[Json]) -> Message:
    row = actions(*buttons)
    return Message(
        text=escape(text),
        blocks=[rich(paragraph(*pieces)), row],
        plain_blocks=[says(text), row],
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )


def _caller(call: Call, locale: Locale) -> str:
    """Return the caller's name and the number to dial."""
    name, number = other_party(call, locale), other_number(call, locale)
    return f"{name}, {number}" if number and number != name else name


def _time(call: Call, locale: Locale, label: str = "") -> list[Json]:
    if call.started_at is None:
        return []
    return [line(f"  ·  {label}"), moment(call.started_at, locale.plain_moment(call.started_at))]


def _claim(call: Call) -> Json:
    return button("Claim", CLAIM_CALL, call.call_id, style="primary")


def _called_back(call: Call) -> Json:
    return button("Mark as called back", CALLED_BACK, call.call_id, style="primary")


def _open(call: Call) -> Json:
    return button("Open", OPEN_CALL, call.call_id)
