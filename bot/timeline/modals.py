"""The modal with the timeline of a number or contact, one page at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.calls.words import headline, our_side
from bot.models.calls import Call
from bot.models.customers.follow_ups import Closing, FollowUp
from bot.models.customers.notes import Note
from bot.models.texts import Text
from bot.notes.messages import render_notes
from bot.texts.words import AUTOMATIC, body_of, status_of
from bot.ui.action_ids import ADD_NOTE, OPEN_CALL, TIMELINE_MODAL, TURN_TIMELINE_PAGE
from bot.ui.blocks import (
    Json,
    actions,
    button,
    divider,
    line,
    mrkdwn,
    note,
    numbered,
    paragraph,
    quote,
    rich,
    section,
    words_modal,
)
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import literal, name_of, shorten

ENTRIES_A_PAGE = 15
MAX_BODY, MAX_STATE = 400, 200
EMPTY = "No calls, texts, notes, or follow-ups yet."
WITHHELD = "This channel doesn't show what was said or written."
_CLOSINGS = {
    Closing.DONE: "done",
    Closing.TALK: "closed by a conversation",
    Closing.DELETED: "deleted",
    Closing.ERASED: "erased",
}


@dataclass(frozen=True)
class CallShown:
    """A call, and the state of a missed call in words.

    `outcome` is the name of the one that people set. `number` is that of the caller, if the
    timeline has several.
    """

    call: Call
    state: str = ""
    outcome: str = ""
    number: str = ""


@dataclass(frozen=True)
class TextShown:
    """A text, and the name of its writer in Slack; `number` as for calls."""

    text: Text
    sender: str | None = None
    hides_body: bool = False
    number: str = ""


@dataclass(frozen=True)
class NoteShown:
    """A note, and the name of its writer."""

    note: Note
    writer: str


@dataclass(frozen=True)
class FollowUpShown:
    """A follow-up, and the name of its owner."""

    follow_up: FollowUp
    owner: str
    hides_note: bool = False


Shown = CallShown | TextShown | NoteShown | FollowUpShown


@dataclass(frozen=True)
class TimelinePage:
    """A page of a timeline; pages count from 0.

    `subject` is the value of the button that opened it, `about` its name and numbers. `note_value`
    is that of **Add note**. `seen_in` is the channel with the message that it was opened from;
    `withholds` means that this channel hides what was said.
    """

    subject: str
    about: str
    entries: Sequence[Shown] = ()
    page: int = 0
    has_more: bool = False
    note_value: str = ""
    seen_in: str = ""
    withholds: bool = False


def render_timeline(shown: TimelinePage, *, locale: Locale) -> Json:
    """Return a page of the timeline, newest first, with buttons to the others."""
    blocks = [rich(paragraph(line(shown.about, bold=True)))]
    if shown.note_value:
        blocks.append(actions(button("Add note", ADD_NOTE, shown.note_value)))
    blocks += [note(WITHHELD)] if shown.withholds else []
    blocks.append(divider())
    for entry in shown.entries:
        blocks += _entry(entry, locale)
    if not shown.entries:
        blocks.append(note(EMPTY if not shown.page else "There is nothing older."))
    blocks += [actions(*turners)] if (turners := _turners(shown)) else []
    known = {"subject": shown.subject, "page": shown.page, "seen_in": shown.seen_in}
    view = words_modal("History", blocks=numbered(blocks))
    return {**view, "callback_id": TIMELINE_MODAL, "private_metadata": json.dumps(known)}


def _entry(entry: Shown, locale: Locale) -> list[Json]:
    if isinstance(entry, CallShown):
        return [_call(entry, locale)]
    if isinstance(entry, TextShown):
        return _text(entry, locale)
    if isinstance(entry, NoteShown):
        return render_notes([entry.note], [entry.writer], locale=locale, most=MAX_BODY)
    return _follow_up(entry, locale)


def _call(shown: CallShown, locale: Locale) -> Json:
    """Return a call in one form with the other entries; the caller is named above them."""
    call = shown.call
    icon, what, _ = headline(call)
    parts = [f"*{what}*", locale.moment(call.started_at) if call.started_at is not None else ""]
    parts += [literal(shown.number), literal(our_side(call) or "")]
    if call.seconds and not call.needs_a_call_back:
        parts.append(span(call.seconds))
    lines = [f":{icon}: {'  ·  '.join(part for part in parts if part)}"]
    outcome = f"Outcome: {literal(name_of(shown.outcome))}" if shown.outcome else ""
    state = literal(shorten(shown.state, MAX_STATE))
    if below := "  ·  ".join(part for part in (state, outcome) if part):
        lines.append(below)
    text = {**mrkdwn("\n".join(lines)), "verbatim": True}
    return section(text, accessory=button("Open", OPEN_CALL, call.call_id))


def _text(shown: TextShown, locale: Locale) -> list[Json]:
    text = shown.text
    if text.is_incoming:
        what = "Text received"
    elif text.reply is None:
        what = "Text sent outside Slack"
    elif text.reply.slack_user is None:
        what = AUTOMATIC
    else:
        what = f"Text from {literal(name_of(shown.sender or 'a former colleague'))}"
    parts = [f"*{what}*", *_state_of(text, locale), literal(shown.number)]
    heading = f":speech_balloon: {'  ·  '.join(part for part in parts if part)}"
    body = [] if shown.hides_body else [rich(quote(line(body_of(text, MAX_BODY))))]
    return [section({**mrkdwn(heading), "verbatim": True}), *body]


def _state_of(text: Text, locale: Locale) -> list[str]:
    if text.is_scheduled and text.reply and text.reply.send_at is not None:
        return [f"Scheduled for {locale.moment(text.reply.send_at)}"]
    return [locale.moment(text.at) if text.at else "", literal(status_of(text))]


def _follow_up(shown: FollowUpShown, locale: Locale) -> list[Json]:
    one = shown.follow_up
    state = _CLOSINGS[one.closing] if one.closing else f"due {locale.moment(one.due_at)}"
    if one.closing and one.closed_at is not None:
        state = f"{state} {locale.moment(one.closed_at)}"
    heading = f":alarm_clock: *Follow-up for {literal(name_of(shown.owner))}*  ·  {state}"
    said = [] if shown.hides_note or not one.note else [rich(quote(line(_short(one.note))))]
    return [section({**mrkdwn(heading), "verbatim": True}), *said]


def _short(text: str) -> str:
    return shorten(text, MAX_BODY)


def _turners(shown: TimelinePage) -> list[Json]:
    turners = []
    if shown.page > 0:
        turners.append(_turner("‹ Newer", shown, shown.page - 1))
    if shown.has_more:
        turners.append(_turner("Older ›", shown, shown.page + 1))
    return turners


def _turner(label: str, shown: TimelinePage, page: int) -> Json:
    value = json.dumps({"subject": shown.subject, "page": page, "seen_in": shown.seen_in})
    return button(label, f"{TURN_TIMELINE_PAGE}:{page}", value)
