"""Modals of notes: a whole note, the question before deleting, and short answers."""

import json

from bot.models.customers.notes import Note
from bot.notes.form import pieces
from bot.ui.action_ids import DELETE_NOTE, NOTE_MODAL, TURN_NOTE_PAGE
from bot.ui.blocks import (
    Json,
    actions,
    button,
    context,
    line,
    mrkdwn,
    numbered,
    paragraph,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import literal, name_of, shorten

# As for transcripts: what Slack shows in one modal without trouble.
MAX_ON_A_PAGE, MAX_IN_A_LINE = 9_000, 2_500
MAX_QUOTED = 300
DELETED = words_modal("Note deleted", "This note was deleted. Nothing was changed.")
NOT_SHOWN = words_modal(
    "Not shown here",
    "This channel doesn't show notes, for example because people from other companies read it.",
)
SAVED = words_modal("Note saved", "The note is saved. It appears in the history of this caller.")
CONTACT_DELETED = "This contact was deleted after you opened the form. Nothing was saved."
CALL_GONE = (
    "This call is no longer stored here. Nothing was saved. Copy your text, and add it as a note to"
    " the contact."
)
CALL_NOT_STORED = words_modal(
    "No longer available",
    "This call is no longer stored here, so it can't have notes. Add one to the contact.",
)
CHANGED = (
    "Someone changed or deleted this note after you opened the form. Nothing was saved. Copy your"
    " text, close the form, and edit the note again."
)


def render_note_modal(
    note: Note, *, writer: str, about: str, page: int = 0, seen_in: str = "", locale: Locale
) -> Json:
    """Return a page of a note; a page number out of range gives the nearest page.

    `seen_in` is the channel with the message that it was opened from.
    """
    pages = pieces(note.body, MAX_ON_A_PAGE)
    page = min(max(page, 0), len(pages) - 1)
    caption = f"*{literal(name_of(writer))}*  ·  {locale.moment(note.at)}"
    if note.changed_at is not None:
        caption += f"  ·  edited {locale.moment(note.changed_at)}"
    blocks = [context(plain(about)), context(mrkdwn(caption))]
    blocks += [rich(paragraph(line(one))) for one in pieces(pages[page], MAX_IN_A_LINE)]
    if len(pages) > 1:
        blocks.append(actions(*_turners(note, page, len(pages), seen_in)))
    view = words_modal("Note", blocks=numbered(blocks))
    known = json.dumps({"note_id": note.note_id, "seen_in": seen_in})
    return {**view, "callback_id": NOTE_MODAL, "private_metadata": known}


def render_delete_note_modal(
    note: Note, *, token: str, about: str, below: Json, has_changed: bool = False
) -> Json:
    """Return the question before a note is deleted; `below` is the modal under it.

    `has_changed` means that it is asked again, because the note was changed in the meantime.
    """
    first = "Someone changed this note a moment ago. It now says what you see here. "
    known = {"token": token, "note_id": note.note_id, "version": note.version, "below": below}
    return {
        **words_modal("Delete this note?"),
        "submit": plain("Delete"),
        "close": plain("Cancel"),
        "callback_id": DELETE_NOTE,
        "private_metadata": json.dumps({**known, "target": note.target.value}),
        "blocks": [
            says(f"{first * has_changed}The note is deleted for everyone. You can't undo this."),
            context(plain(f"{about}: {shorten(note.body, MAX_QUOTED)}")),
        ],
    }


def _turners(note: Note, page: int, pages: int, seen_in: str) -> list[Json]:
    found = []
    for label, to in ((f"‹ Page {page}", page - 1), (f"Page {page + 2} of {pages} ›", page + 1)):
        if 0 <= to < pages:
            value = json.dumps({"note_id": note.note_id, "page": to, "seen_in": seen_in})
            found.append(button(label, f"{TURN_NOTE_PAGE}:{to}", value))
    return found
