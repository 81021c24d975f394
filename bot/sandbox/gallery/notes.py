"""Examples of notes: in threads, in modals, and their forms."""

from dataclasses import replace

from bot.calls.modals import render_call_modal
from bot.models.customers.notes import CALL, Note, NoteTarget
from bot.notes.form import NoteForm, render_note_form
from bot.notes.messages import (
    render_note,
    render_note_deleted,
    render_note_hidden,
    render_notes,
)
from bot.notes.modals import render_delete_note_modal, render_note_modal
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

ABOUT = "Maria Lopez  ·  (212) 555-0123"
NOTE = Note(
    1,
    "Wants the fitter before 10 because of the school run. Gate code is 4711.\n"
    "Prefers a text to a call.",
    facts.ANA,
    facts.NOW - 4 * facts.MINUTE,
    "Ana Torres",
    facts.CALL.remote_number,
    facts.CALL.call_id,
)
EDITED = replace(NOTE, changed_by=facts.ANA, changed_at=facts.NOW - facts.MINUTE, version=2)
LONGEST = replace(NOTE, body=(facts.LONG_WORDS * 6)[:20_000], writer_name=facts.LONG_NAME)
HOSTILE = replace(NOTE, body=facts.HOSTILE, writer_name=facts.HOSTILE)
NEW = NoteForm("token", NoteTarget(CALL, "call-1"), {})
CHANGE = NoteForm("token", NoteTarget(CALL, "call-1"), {}, 1, 1)


NOTES = Group(
    "Notes",
    (
        Example("Note in the thread", "A person wrote a note on the call of a card.",
                lambda: render_note("n", NOTE, writer="Ana Torres", locale=LOCALE)),
        Example("Note in the thread of a summary", "On one of several calls in a message.",
                lambda: render_note("n", NOTE, writer="Ana Torres",
                                    about="Maria Lopez  ·  (212) 555-0142", locale=LOCALE)),
        Example("Edited note", "Its writer or an admin changed it; the message is edited.",
                lambda: render_note("n", EDITED, writer="Ana Torres", locale=LOCALE)),
        Example("Longest note", "At the limit of 20,000 characters: a button shows all of it.",
                lambda: render_note("n", LONGEST, writer=facts.LONG_NAME, locale=LOCALE)),
        Example("Hostile note", "Markup and invisible characters in a note have no effect.",
                lambda: render_note("n", HOSTILE, writer=facts.HOSTILE, locale=LOCALE)),
        Example("Deleted note", "Its writer or an admin deleted it; the message is edited.",
                lambda: render_note_deleted("n", by="Ana Torres")),
        Example("Hidden note", "Someone set the channel to hide what was said.",
                lambda: render_note_hidden("n")),
        Example("Notes in a call", "The modal of a call shows its latest notes.",
                lambda: render_call_modal(
                    facts.CALL, locale=LOCALE,
                    notes=render_notes([EDITED, LONGEST], ["Ana Torres", facts.LONG_NAME],
                                       locale=LOCALE))),
        Example("Whole note", "After Show all; long notes have pages.",
                lambda: render_note_modal(LONGEST, writer="Ana Torres", about=ABOUT, page=1,
                                          locale=LOCALE)),
        Example("Add note", "After Add note… in the menu of a card or on a contact.",
                lambda: render_note_form(NEW, about=ABOUT)),
        Example("Edit note", "The form takes a note of any length in one field.",
                lambda: render_note_form(CHANGE, about=ABOUT, changed=LONGEST)),
        Example("Delete note", "The question before a note is deleted.",
                lambda: render_delete_note_modal(LONGEST, token="token", about=ABOUT, below={})),
    ),
)  # fmt: skip
