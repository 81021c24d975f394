"""Changes to notes: who may, what is checked, and what is saved."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.clock import Clock
from bot.models.channels import Visibility
from bot.models.customers.notes import Note, NoteTarget
from bot.notes.form import (
    TEXT,
    NoteForm,
    parse_note_form,
    read_rich_text,
    render_note_form,
    validate_note,
)
from bot.notes.modals import (
    CALL_GONE,
    CALL_NOT_STORED,
    CHANGED,
    CONTACT_DELETED,
    DELETED,
    NOT_SHOWN,
    render_delete_note_modal,
    render_note_modal,
)
from bot.notes.presenter import describe_note, describe_target, number_of, writer_of
from bot.people.names import slack_name
from bot.people.permissions import AdminAction, Permissions
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.blocks import Json
from bot.ui.formatting import Locale
from bot.ui.lists import EDIT, ERASED_SINCE

log = structlog.get_logger()

SENT_BEFORE = "This note was saved before."
_MENTION = re.compile(r"<@(\w+)>")


@dataclass(frozen=True)
class SavedNote:
    """The result of a form: `errors` by field, or what the note is about and the modal below."""

    form: NoteForm
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NoteService:
    """Notes; everyone writes them, and their writer or an admin changes them.

    `wake` posts them in the threads of cards.
    """

    store: Store
    permissions: Permissions
    clock: Clock
    locale: Locale
    wake: Callable[[], None]

    def new_form(self, target: NoteTarget, *, below: Json, typed: str = "") -> Json:
        """Return an empty form, or one with a text; or why there is none.

        `below` is the modal under it.
        """
        if self._lacks_call(target):
            return CALL_NOT_STORED
        about = describe_target(target, self.store, self.locale)
        state = NoteForm(
            make_token(),
            target,
            below,
            number=number_of(target, self.store),
            opened_at=self.clock.now(),
        )
        return render_note_form(state, about=about, typed=typed)

    def change_form(self, action: str, note_id: int, *, by: str, below: Json) -> Json:
        """Return the form to change or delete a note. Raises NotAllowed."""
        note = self.store.notes.find(note_id)
        if note is None:
            return DELETED
        self._check_right(note, by)
        about, token = describe_note(note, self.store, self.locale), make_token()
        if action != EDIT:
            return render_delete_note_modal(note, token=token, about=about, below=below)
        state = NoteForm(token, note.target, below, note_id, note.version)
        return render_note_form(state, about=about, changed=note)

    def whole(self, note_id: int, *, shown: Visibility, page: int = 0, seen_in: str = "") -> Json:
        """Return the modal with all of a note, if the channel shows notes."""
        note = self.store.notes.find(note_id)
        if note is None:
            return DELETED
        if not shown.transcript:
            return NOT_SHOWN
        return render_note_modal(
            note,
            writer=writer_of(note, self.store),
            about=describe_note(note, self.store, self.locale),
            page=page,
            seen_in=seen_in,
            locale=self.locale,
        )

    def find(self, note_id: int) -> Note | None:
        """Return a note; None if it was deleted."""
        return self.store.notes.find(note_id)

    def save(self, view: Json, *, by: str) -> SavedNote:
        """Save a form once. Raises NotAllowed."""
        state = NoteForm.parse(view)
        body = _MENTION.sub(self._name, parse_note_form(view))
        if errors := validate_note(body):
            return SavedNote(state, errors)
        if state.note_id is None:
            if problem := self._find_problem(state):
                return SavedNote(state, {TEXT: problem})
            self._add(state, body, by)
            return SavedNote(state)
        return SavedNote(state, self._change(state, body, by))

    def ask_again(self, view: Json, *, by: str) -> Json | None:
        """Return the question again if the note was changed since; raises NotAllowed."""
        state = NoteForm.parse(view)
        note = self.store.notes.find(state.note_id or 0)
        if note is None or note.version == state.version:
            return None
        self._check_right(note, by)
        about = describe_note(note, self.store, self.locale)
        return render_delete_note_modal(
            note, token=state.token, about=about, below=state.below, has_changed=True
        )

    def delete(self, view: Json, *, by: str) -> NoteForm:
        """Delete the note of a confirmed question; it may be deleted already. Raises NotAllowed."""
        state = NoteForm.parse(view)
        note = self.store.notes.find(state.note_id or 0)
        if note is not None:
            self.remove(note, by=by)
        return state

    def write(self, target: NoteTarget, rich_text: Json, *, by: str, token: str) -> Note | str:
        """Store a note that was written outside the form; return it, or what is wrong."""
        body = self._read(rich_text)
        if errors := validate_note(body):
            return errors[TEXT]
        state = NoteForm(token, target, {}, opened_at=self.clock.now())
        if problem := self._find_problem(state):
            return problem
        return self._add(state, body, by) or SENT_BEFORE

    def rewrite(self, note: Note, rich_text: Json, *, by: str, token: str) -> Note | str:
        """Change a note outside the form; return it, or what is wrong. Raises NotAllowed."""
        body = self._read(rich_text)
        if errors := validate_note(body):
            return errors[TEXT]
        state = NoteForm(token, note.target, {}, note.note_id, note.version)
        if errors := self._change(state, body, by):
            return errors[TEXT]
        return self.store.notes.find(note.note_id) or CHANGED

    def remove(self, note: Note, *, by: str) -> None:
        """Delete a note; it may be deleted already. Raises NotAllowed."""
        self._check_right(note, by)
        self.store.notes.delete(note, by=by, now=self.clock.now())
        log.info("note_deleted", note=note.note_id)
        self.wake()

    def may_change(self, note: Note, by: str) -> bool:
        """Return whether a person may change a note: its writer, or an admin."""
        return note.written_by == by or self.permissions.is_admin(by)

    def _read(self, rich_text: Json) -> str:
        return _MENTION.sub(self._name, read_rich_text(rich_text))

    def _find_problem(self, state: NoteForm) -> str | None:
        """Return why there can't be a new note on the target any more."""
        target = state.target
        if self.store.erasures.erased_since(state.number, state.opened_at, call_id=target.call_id):
            return ERASED_SINCE
        if self._lacks_call(target):
            return CALL_GONE
        if target.contact_id is not None and self.store.contacts.find(target.contact_id) is None:
            return CONTACT_DELETED
        return None

    def _lacks_call(self, target: NoteTarget) -> bool:
        """Return whether the call was deleted. A note on it would be seen by no one."""
        return target.call_id is not None and self.store.calls.find(target.call_id) is None

    def _add(self, state: NoteForm, body: str, by: str) -> Note | None:
        """Store a note and return it; None if the form was submitted before."""
        now = self.clock.now()
        with self.store.submissions.once(state.token, now=now) as is_new:
            if not is_new:
                return None
            added = self.store.notes.add(
                state.target,
                body,
                number=number_of(state.target, self.store),
                by=by,
                writer_name=slack_name(by, self.store),
                now=now,
            )
        log.info("note_added", note=added.note_id, about=state.target.kind)
        self.wake()
        return added

    def _change(self, state: NoteForm, body: str, by: str) -> dict[str, str]:
        """Change a note; return errors by field. A form sent twice is no conflict."""
        if self.store.submissions.knows(state.token):
            return {}
        note = self.store.notes.find(state.note_id or 0)
        if note is None or note.version != state.version:
            return {TEXT: CHANGED}
        self._check_right(note, by)
        now = self.clock.now()
        with self.store.submissions.once(state.token, now=now) as is_new:
            if not is_new:
                return {}
            if not self.store.notes.change(note, body, by=by, now=now):
                return {TEXT: CHANGED}
        log.info("note_changed", note=note.note_id)
        self.wake()
        return {}

    def _check_right(self, note: Note, by: str) -> None:
        if note.written_by != by:
            self.permissions.need_admin(by, AdminAction.CHANGE_NOTES, note.target.value)

    def _name(self, mention: re.Match[str]) -> str:
        return f"@{slack_name(mention[1], self.store) or 'someone'}"
