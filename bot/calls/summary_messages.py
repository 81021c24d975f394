"""Messages that summarize several calls, and the list that they open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.calls.messages import render_call_row
from bot.calls.words import headline, other_party, our_side
from bot.models.calls import Call
from bot.ui.action_ids import CALL_METADATA, OPEN_CALLS
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
class CallAlert:
    """A person (a Slack user) to mention for a call, and the routing rule that says so."""

    slack_user: str
    rule: str
    call: Call


@dataclass(frozen=True)
class CallSummary:
    """Several calls in one message.

    `button_value` identifies them to the button that lists them; `states` are those of missed
    calls in words, by call ID.
    """

    calls: Sequence[Call]
    button_value: str
    states: Mapping[str, str] = field(default_factory=dict)
    alerts: Sequence[CallAlert] = ()


def render_catch_up_summary(summary: CallSummary, *, locale: Locale) -> Message:
    """Return the summary of calls while the app was offline, missed calls first."""
    what = f"{_count(summary)} while Vocatech was offline, {_missed(summary)}."
    return _message(summary, "inbox_tray", what, "Nothing was lost.", locale)


def render_quiet_summary(summary: CallSummary, *, locale: Locale, may_be_a_repeat: bool) -> Message:
    """Return the summary of calls during quiet hours or a mute."""
    what = f"{_count(summary)} while this channel was quiet, {_missed(summary)}."
    return _message(summary, "zzz", what, REPEAT_NOTE if may_be_a_repeat else "", locale)


def render_burst(summary: CallSummary, *, locale: Locale, may_be_a_repeat: bool) -> Message:
    """Return the summary of calls above the channel's limit of cards a minute."""
    more = _count(summary).replace(" ", " more ", 1)
    what = f"{more} within a minute, {_missed(summary)}."
    return _message(
        summary, "telephone_receiver", what, REPEAT_NOTE if may_be_a_repeat else "", locale
    )


def render_calls_modal(
    calls: Sequence[Call], states: Mapping[str, str], *, today: date, locale: Locale
) -> dict[str, Any]:
    """Return a list of calls, missed ones first; `today` is the reader's local day."""
    rows = [
        render_call_row(call, state=states.get(call.call_id, ""), today=today, locale=locale)
        for call in _missed_first(calls)[:MOST_IN_MODAL]
    ]
    return words_modal("Calls", blocks=rows)


def _message(summary: CallSummary, icon: str, what: str, more: str, locale: Locale) -> Message:
    shown = _missed_first(summary.calls)[:MOST_LISTED]
    listed = f"First {len(shown)}:" if len(shown) < len(summary.calls) else ""
    opening = [emoji(icon), line(" "), line(what, bold=True)]
    if rest := " ".join(one for one in (more, listed) if one):
        opening.append(line(f" {rest}"))
    lines = [_line(call, summary.states.get(call.call_id), locale) for call in shown]
    block = rich(paragraph(*opening), bullets(*lines), *_alerts(summary, locale))
    label = f"Show all {len(summary.calls)} calls" if len(summary.calls) > 1 else "Show call"
    buttons = actions(button(label, OPEN_CALLS, summary.button_value))
    plain_words = "\n".join([what, *(f"• {_words(call, locale)}" for call in shown)])
    return Message(
        text=escape(what),
        blocks=[block, buttons],
        plain_blocks=[says(plain_words), buttons],
        metadata={
            "event_type": CALL_METADATA,
            "event_payload": {"call_ids": [call.call_id for call in summary.calls]},
        },
    )


def _missed(summary: CallSummary) -> str:
    missed = sum(call.needs_a_call_back for call in summary.calls)
    return f"{missed or 'none'} missed"


def _count(summary: CallSummary) -> str:
    return "1 call" if len(summary.calls) == 1 else f"{len(summary.calls)} calls"


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


def _alerts(summary: CallSummary, locale: Locale) -> list[Json]:
    """Mention the people in routing rules for these calls."""
    found = []
    for one in summary.alerts[:MOST_ALERTS]:
        words = f" please check this call (rule “{name_of(one.rule)}”): "
        about = f"{_words(one.call, locale)}."
        found.append(paragraph(line("\n"), person(one.slack_user), line(words), line(about)))
    if rest := summary.alerts[MOST_ALERTS:]:
        people = dict.fromkeys(one.slack_user for one in rest)
        named = [piece for one in people for piece in (person(one), line(" "))]
        words = f"please check {len(rest)} more, because routing rules mention you."
        found.append(paragraph(line("\n"), *named, line(words)))
    return found
