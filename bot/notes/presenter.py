"""Notes: loaded from the store and rendered."""

from collections.abc import Iterator, Sequence

from bot.models.channels import Visibility
from bot.models.customers.notes import Note, NoteTarget
from bot.models.outbox import NOTE_DELETED
from bot.notes.messages import (
    FORMER,
    render_note,
    render_note_deleted,
    render_note_hidden,
    render_notes,
)
from bot.people.names import contact_name, slack_name
from bot.phone_numbers import is_whole
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of, shorten

MAX_FOUND, MAX_EXCERPT = 3, 150


def writer_of(note: Note, store: Store) -> str:
    """Return the name of a note's writer."""
    return slack_name(note.written_by, store) or note.writer_name or FORMER


def number_of(target: NoteTarget, store: Store) -> str | None:
    """Return the number (E.164) that a note is about, if there is one."""
    if target.call_id is not None:
        call = store.calls.find(target.call_id)
        return call.remote_number if call else None
    if target.contact_id is not None:
        contact = store.contacts.find(target.contact_id)
        return next(filter(is_whole, contact.numbers), None) if contact else None
    return target.key or None


def describe_note(note: Note, store: Store, locale: Locale) -> str:
    """Return the name and number that a note is about, also if its contact or call is gone."""
    return describe_target(note.target, store, locale, number=note.number)


def describe_target(
    target: NoteTarget, store: Store, locale: Locale, *, number: str | None = None
) -> str:
    """Return the name and the number of a target; `number` is used if it has none any more."""
    name: str | None = None
    if target.contact_id is not None:
        contact = store.contacts.find(target.contact_id)
        name = contact.name if contact else None
    number = number_of(target, store) or number
    name = name or contact_name(number, store)
    if name is None and target.call_id is not None:
        call = store.calls.find(target.call_id)
        name = call.remote_name if call else None
    shown = locale.number(number) if number else ""
    parts = [name_of(name or ""), shown if shown != name else ""]
    return "  ·  ".join(part for part in parts if part) or "Unknown number"


def describe_notes(phrases: Sequence[str], store: Store, locale: Locale) -> Iterator[str]:
    """Yield the notes on contacts and numbers with all phrases, as sentences."""
    for note in store.notes.mentioning(phrases, limit=MAX_FOUND):
        about = describe_note(note, store, locale)
        yield f"Note on {about}: {shorten(' '.join(note.body.split()), MAX_EXCERPT)}"


def present_notes(notes: Sequence[Note], store: Store, locale: Locale) -> list[Json]:
    """Return notes as blocks of a modal."""
    return render_notes(notes, [writer_of(one, store) for one in notes], locale=locale)


def present_note(
    notice: Notice,
    *,
    is_new: bool,
    is_on_card: bool = True,
    shown: Visibility,
    store: Store,
    locale: Locale,
) -> Message | None:
    """Return the message of a note in a thread; it names the caller unless it `is_on_card`.

    In channels that hide transcripts, none is posted, and one that was posted is hidden.
    """
    if notice.kind == NOTE_DELETED:
        by = slack_name(notice.detail["by"], store) or FORMER
        return None if is_new else render_note_deleted(notice.notice_id, by=by)
    if not shown.transcript:
        return None if is_new else render_note_hidden(notice.notice_id)
    note = store.notes.find(notice.detail["note_id"])
    if note is None:
        return None
    about = "" if is_on_card else describe_note(note, store, locale)
    writer = writer_of(note, store)
    return render_note(notice.notice_id, note, writer=writer, about=about, locale=locale)
