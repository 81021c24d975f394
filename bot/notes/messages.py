"""Notes as blocks, and the message in the thread of a card."""

from collections.abc import Sequence

from bot.models.customers.notes import Note
from bot.ui.action_ids import NOTE_MENU, NOTICE_METADATA, SHOW_NOTE
from bot.ui.blocks import (
    Json,
    actions,
    button,
    line,
    mrkdwn,
    numbered,
    option,
    overflow,
    paragraph,
    quote,
    rich,
    says,
    section,
)
from bot.ui.formatting import Locale
from bot.ui.lists import DELETE, EDIT
from bot.ui.message import Message
from bot.ui.mrkdwn import escape, literal, name_of, shorten

MAX_IN_THREAD, MAX_IN_LIST = 1_200, 400
FORMER = "A former colleague"
HIDDEN = "This channel doesn't show notes."


def render_note(
    notice_id: str, note: Note, *, writer: str, about: str = "", locale: Locale
) -> Message:
    """Return the message in a thread; long notes have a button to all of it.

    `about` names the caller in the thread of a message that shows several calls.
    """
    on = f" on {name_of(about)}" if about else ""
    said = f"Note by {name_of(writer)}{on}: {shorten(note.body, MAX_IN_THREAD)}"
    heading = f":memo: *Note by {literal(name_of(writer))}*{literal(on)}{_edited(note, locale)}"
    blocks = note_blocks(note, heading, most=MAX_IN_THREAD)
    return Message(
        text=escape(said),
        blocks=numbered(blocks),
        plain_blocks=numbered([says(said), *blocks[2:]]),
        metadata=_metadata(notice_id),
    )


def render_note_deleted(notice_id: str, *, by: str) -> Message:
    """Return what replaces a deleted note in the thread."""
    return _line(notice_id, f"{name_of(by)} deleted this note.")


def render_note_hidden(notice_id: str) -> Message:
    """Return what replaces a note after its channel was set to hide what was said."""
    return _line(notice_id, HIDDEN)


def render_notes(
    notes: Sequence[Note], writers: Sequence[str], *, locale: Locale, most: int = MAX_IN_LIST
) -> list[Json]:
    """Return notes as blocks of a modal, two or three each; `writers` are their names."""
    blocks: list[Json] = []
    for note, writer in zip(notes, writers, strict=True):
        at = f"  ·  {locale.moment(note.at)}"
        heading = f":memo: *{literal(name_of(writer))}*{at}{_edited(note, locale)}"
        blocks += note_blocks(note, heading, most=most)
    return blocks


def note_blocks(note: Note, heading: str, *, most: int) -> list[Json]:
    """Return a heading (mrkdwn) with a menu, and up to `most` characters of the note."""
    value = str(note.note_id)
    options = [option("Edit…", f"{EDIT} {value}"), option("Delete…", f"{DELETE} {value}")]
    more = [actions(button("Show all", SHOW_NOTE, value))] if len(note.body) > most else []
    return [
        section(mrkdwn(heading), accessory=overflow(NOTE_MENU, options)),
        rich(quote(line(shorten(note.body, most)))),
        *more,
    ]


def _edited(note: Note, locale: Locale) -> str:
    return f"  ·  edited {locale.moment(note.changed_at)}" if note.changed_at is not None else ""


def _line(notice_id: str, words: str) -> Message:
    return Message(
        text=escape(words),
        blocks=numbered([rich(paragraph(line(words, italic=True)))]),
        plain_blocks=numbered([says(words)]),
        metadata=_metadata(notice_id),
    )


def _metadata(notice_id: str) -> Json:
    return {"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}}
