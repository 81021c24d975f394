"""Owns the messages about several calls, and the list that they open into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.calls.messages import call_in_lines
from bot.calls.words import headline, other_party, our_side
from bot.models.calls import Call
from bot.ui.action_ids import CALL_METADATA, OPEN_CALL, OPEN_CALLS
from bot.ui.blocks import (
    Json,
    actions,
    bullets,
    button,
    emoji,
    line,
    moment,
    paragraph,
    person,
    rich,
    says,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.message import REPEAT_NOTE, Message
from bot.ui.mrkdwn import escape, name_of, shorten

MOST_LISTED, MOST_IN_MODAL, MOST_ALERTS = 12, 100, 8


@dataclass(frozen=True)
class Alerted:
    """Somebody (a Slack user) who is to look at a call, by the rule of that name."""

    slack_user: str
    rule: str
    call: Call


@dataclass(frozen=True)
class CallSummary:
    """Several calls of which one message tells.

    `shown_by` is what the button that lists them stands for; `states` says of missed calls what
    was done about them, by the call's id.
    """

    calls: Sequence[Call]
    shown_by: str
    states: Mapping[str, str] = field(default_factory=dict)
    alerts: Sequence[Alerted] = ()


def render_catch_up_summary(told: CallSummary, *, locale: Locale) -> Message:
    """Show what happened while the bot was away, missed calls first."""
    what = f"There were {len(told.calls)} calls while I was away, {_missed(told)}."
    return _summary(told, "inbox_tray", what, "Nothing is lost.", locale)


def render_quiet_summary(told: CallSummary, *, locale: Locale, may_be_a_repeat: bool) -> Message:
    """Show what happened while a channel was not to be disturbed."""
    what = f"There were {len(told.calls)} calls while it was quiet here, {_missed(told)}."
    return _summary(told, "zzz", what, REPEAT_NOTE if may_be_a_repeat else "", locale)


def render_burst(told: CallSummary, *, locale: Locale, may_be_a_repeat: bool) -> Message:
    """Show the calls of a minute with more than a channel takes one by one."""
    count = len(told.calls)
    what = f"{count} more calls within a minute, {_missed(told)}."
    if count == 1:
        what = "One more call within a minute."
    return _summary(told, "ocean", what, REPEAT_NOTE if may_be_a_repeat else "", locale)


def render_calls_modal(calls: Sequence[Call], *, today: date, locale: Locale) -> dict[str, Any]:
    """List calls, missed ones first, each with a button that opens it; `today` is the reader's."""
    listed = _missed_first(calls)[:MOST_IN_MODAL]
    return words_modal("Calls", blocks=[_with_button(call, today, locale) for call in listed])


def _summary(told: CallSummary, icon: str, what: str, more: str, locale: Locale) -> Message:
    shown = _missed_first(told.calls)[:MOST_LISTED]
    listed = f"The first {len(shown)} of them:" if len(shown) < len(told.calls) else ""
    opening = [emoji(icon), line(" "), line(what, bold=True)]
    if rest := " ".join(one for one in (more, listed) if one):
        opening.append(line(f" {rest}"))
    lines = [_line(call, told.states.get(call.call_id), locale) for call in shown]
    block = rich(paragraph(*opening), bullets(*lines), *_alerts(told, locale))
    label = f"Show all {len(told.calls)}" if len(told.calls) > 1 else "Show it"
    buttons = actions(button(label, OPEN_CALLS, told.shown_by))
    plain_words = "\n".join([what, *(f"• {_words(call, locale)}" for call in shown)])
    return Message(
        text=escape(what),
        blocks=[block, buttons],
        plain_blocks=[says(plain_words), buttons],
        metadata={
            "event_type": CALL_METADATA,
            "event_payload": {"call_ids": [call.call_id for call in told.calls]},
        },
    )


def _missed(told: CallSummary) -> str:
    missed = sum(call.needs_a_call_back for call in told.calls)
    return f"{missed or 'none'} of them missed"


def _missed_first(calls: Sequence[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: (not call.needs_a_call_back, call.started_at or 0))


def _line(call: Call, state: str | None, locale: Locale) -> Json:
    pieces = []
    if call.started_at is not None:
        pieces += [moment(call.started_at, locale.plain_moment(call.started_at)), line(" · ")]
    rest = f", {ours}" if (ours := our_side(call)) else ""
    words = f"{_words(call, locale)}{shorten(rest, 60)}"
    pieces.append(line(words, bold=call.needs_a_call_back))
    if state:
        pieces.append(line(f" · {shorten(state, 80)}", italic=True))
    return paragraph(*pieces)


def _words(call: Call, locale: Locale) -> str:
    _, what, preposition = headline(call)
    who = shorten(other_party(call, locale), 40)
    return " ".join(word for word in (what, preposition, who) if word)


def _alerts(told: CallSummary, locale: Locale) -> list[Json]:
    """Mention those who were to be told under the cards of these calls."""
    found = []
    for one in told.alerts[:MOST_ALERTS]:
        words = f" please look at this, by the rule “{name_of(one.rule)}”: "
        about = f"{_words(one.call, locale)}."
        found.append(paragraph(line("\n"), person(one.slack_user), line(words), line(about)))
    if rest := told.alerts[MOST_ALERTS:]:
        people = dict.fromkeys(one.slack_user for one in rest)
        named = [piece for one in people for piece in (person(one), line(" "))]
        words = f"please look as well, by rules that name you: {len(rest)} more."
        found.append(paragraph(line("\n"), *named, line(words)))
    return found


def _with_button(call: Call, today: date, locale: Locale) -> Json:
    words = "\n".join(one for one in call_in_lines(call, today, locale) if one)
    return says(words, accessory=button("Open", OPEN_CALL, call.call_id))
