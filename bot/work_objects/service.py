"""Answers to what people do in Slack's side pane.

Slack waits three seconds for an answer and then refuses it. Every request gets one, also if the
person may see nothing or if something fails.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from bot.calls.presenter import SIDE_PANE
from bot.clock import Clock
from bot.errors import NotAllowed
from bot.models.customers.notes import Note
from bot.models.health import PANE_OPENED
from bot.notes.presenter import writer_of
from bot.notes.service import NoteService
from bot.people.external_users import ExternalUsers
from bot.people.guests import Guests
from bot.slack.client import SlackClient
from bot.slack.entities import TRIGGER_GONE
from bot.slack.errors import FAILURES
from bot.store import Store
from bot.ui.action_ids import DELETE_COMMENT
from bot.ui.blocks import Json
from bot.ui.error_messages import SORRY, words_for
from bot.work_objects.comments import (
    MOST_DIGITS_OF_ID,
    read_number,
    read_page,
    render_comment,
    target_of,
    typed_in,
)
from bot.work_objects.presenter import Viewer, WorkObjectPresenter
from bot.work_objects.references import Reference, read_reference

log = structlog.get_logger()

NOT_ALLOWED = "not allowed: open the side pane outside their channels"
# The values that Slack knows.
NOT_FOUND, RESTRICTED, INTERNAL = "not_found", "restricted", "internal_error"
GONE = "This note was deleted."
NOT_STORED = "This call or contact is no longer stored."


@dataclass(frozen=True)
class WorkObjectService:
    """The side pane of calls and contacts."""

    store: Store
    slack: SlackClient
    presenter: WorkObjectPresenter
    notes: NoteService
    guests: Guests
    external_users: ExternalUsers
    clock: Clock

    def show_details(self, event: Mapping[str, Any]) -> None:
        """Answer a person who opened or refreshed the side pane."""
        trigger_id, about = str(event.get("trigger_id")), read_reference(event)
        with self._failing(lambda: self._refuse(trigger_id, INTERNAL)):
            viewer = self._viewer(event)
            if about is None:
                self._refuse(trigger_id, NOT_FOUND)
            elif not self.presenter.is_shown_to(about, viewer):
                self._refuse(trigger_id, RESTRICTED)
                self._audit(viewer, about)
            else:
                self._present(trigger_id, about, viewer)
        # Last, because a write may have to wait, and the person's answer must not.
        self.store.key_values.set_moment(PANE_OPENED, self.clock.now())

    def refresh(self, body: Mapping[str, Any]) -> None:
        """Show the new state in the side pane after a click there."""
        container = body.get("container") or {}
        about = read_reference(container)
        if container.get("type") != SIDE_PANE or about is None:
            return
        viewer = Viewer(str(body["user"]["id"]), str(container.get("channel_id") or ""))
        self._present(str(body.get("trigger_id")), about, viewer)

    def show_comments(self, event: Mapping[str, Any]) -> None:
        """Answer a person who opened the comments or scrolled to older ones."""
        trigger_id, about = str(event.get("trigger_id")), read_reference(event)
        with self._failing(lambda: self._refuse_comments(trigger_id, INTERNAL)):
            viewer = self._viewer(event)
            if about is None or event.get("thread_root_id"):
                self._refuse_comments(trigger_id, NOT_FOUND)
            elif not self.presenter.shows_notes(about, viewer):
                self._refuse_comments(trigger_id, RESTRICTED)
            else:
                self._present_comments(trigger_id, about, viewer.slack_user, read_page(event))

    def save_comment(self, body: Mapping[str, Any]) -> None:
        """Save a comment as a note, or change the note of a comment."""
        view, user = body["view"], str(body["user"]["id"])
        trigger_id, note_id = str(body.get("trigger_id")), str(view.get("external_id") or "")
        about = read_reference(view) or read_reference(body.get("container") or {})
        token = f"comment {view.get('id')} {trigger_id}"
        with self._refusing(trigger_id):
            saved: Note | str = GONE
            if note := self._find(note_id):
                saved = self.notes.rewrite(note, typed_in(view), by=user, token=token)
            elif not note_id and (about is None or not self._is_there(about)):
                saved = NOT_STORED
            elif about is not None and not note_id:
                saved = self.notes.write(target_of(about), typed_in(view), by=user, token=token)
            if isinstance(saved, str):
                self._refuse_comment(trigger_id, saved)
            else:
                shown = self._comment(saved, user)
                self._log_refusal(self.slack.acknowledge_comment(trigger_id, comment=shown))

    def delete_comment(self, note_id: str, body: Mapping[str, Any]) -> None:
        """Delete the note of a comment."""
        trigger_id = str(body.get("trigger_id"))
        with self._refusing(trigger_id):
            if note := self._find(note_id):
                self.notes.remove(note, by=str(body["user"]["id"]))
            self._log_refusal(self.slack.acknowledge_comment(trigger_id))

    def _audit(self, viewer: Viewer, about: Reference) -> None:
        log.warning("side_pane_restricted", slack_user=viewer.slack_user)
        detail = f"{about.kind} {about.key}"
        self.store.audit.note(viewer.slack_user, NOT_ALLOWED, detail, now=self.clock.now())

    def _present(self, trigger_id: str, about: Reference, viewer: Viewer) -> None:
        details = self.presenter.details(about, viewer)
        if details is None:
            self._refuse(trigger_id, NOT_FOUND)
            return
        details["entity_payload"]["attributes"]["metadata_last_modified"] = int(self.clock.now())
        self._log_refusal(self.slack.present_details(trigger_id, details))

    def _present_comments(
        self, trigger_id: str, about: Reference, user: str, page: tuple[int, int]
    ) -> None:
        skipped, limit = page
        found = self.store.notes.page_of(target_of(about), limit=limit + 1, offset=skipped)
        self._log_refusal(
            self.slack.present_comments(
                trigger_id,
                [self._comment(one, user) for one in found[:limit]],
                cursor=str(skipped + limit) if len(found) > limit else None,
                delete_id=DELETE_COMMENT,
            )
        )

    def _comment(self, note: Note, user: str) -> Json:
        return render_comment(
            note, writer=writer_of(note, self.store), can_change=self.notes.may_change(note, user)
        )

    def _find(self, note_id: str) -> Note | None:
        number = read_number(note_id, MOST_DIGITS_OF_ID)
        return None if number is None else self.store.notes.find(number)

    def _is_there(self, about: Reference) -> bool:
        target = target_of(about)
        if target.contact_id is not None:
            return self.store.contacts.find(target.contact_id) is not None
        call = self.store.calls.find(about.key)
        return call is not None and not call.is_erased

    def _viewer(self, event: Mapping[str, Any]) -> Viewer:
        user = str(event.get("user") or "")
        channel, ts = str(event.get("channel") or ""), str(event.get("message_ts") or "")
        return Viewer(user, channel, ts, is_limited=self._is_limited(user))

    def _is_limited(self, user: str) -> bool:
        """Return whether a person is a guest or external; True if Slack doesn't say in time."""
        if self.guests.is_guest(user):
            return True
        try:
            return self.external_users.is_external(user)
        except FAILURES:
            return True

    def _refuse(self, trigger_id: str, status: str) -> None:
        self._log_refusal(self.slack.refuse_details(trigger_id, {"status": status}))

    def _refuse_comments(self, trigger_id: str, status: str) -> None:
        self._log_refusal(self.slack.refuse_comments(trigger_id, {"status": status}))

    def _log_refusal(self, reason: str | None) -> None:
        if reason in TRIGGER_GONE:
            # Too late: the person sees Slack's own message, and can refresh the pane.
            log.info("side_pane_expired")
        elif reason is not None:
            log.warning("side_pane_refused", reason=reason)

    @contextmanager
    def _failing(self, answer: Callable[[], None]) -> Iterator[None]:
        """Answer with an error if anything is raised; the error is logged afterwards."""
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if not is_done:
                answer()

    @contextmanager
    def _refusing(self, trigger_id: str) -> Iterator[None]:
        """Tell the person if they may not, or if something fails."""
        with self._failing(lambda: self._refuse_comment(trigger_id, SORRY)):
            try:
                yield
            except NotAllowed as refusal:
                self._refuse_comment(trigger_id, words_for(refusal))

    def _refuse_comment(self, trigger_id: str, words: str) -> None:
        self._log_refusal(self.slack.acknowledge_comment(trigger_id, error=words))
