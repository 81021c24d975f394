"""Handlers for notes on calls, contacts, and numbers, and for the timeline of a caller."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt import Ack

from bot.calls.presenter import seen_in, shown_of_call
from bot.models.channels import Visibility
from bot.models.customers.notes import CALL, NoteTarget
from bot.notes.modals import SAVED
from bot.notes.service import NoteService
from bot.people.guests import Guests
from bot.slack.client import SlackClient
from bot.slack.modal_state import reject_form
from bot.store import Store
from bot.timeline.presenter import TimelinePresenter

Json = dict[str, Any]
# Returns the new content of a modal, by its metadata and the person who sees it.
Redraw = Callable[[Json, str], Json | None]


@dataclass(frozen=True)
class ModalsBelow:
    """Modals that show a change made in the one above them; `redraws` are by callback ID.

    What guests see is reduced to their channel, and isn't drawn again.
    """

    slack: SlackClient
    guests: Guests
    redraws: Mapping[str, Redraw]

    def redraw(self, body: Json) -> None:
        """Show the new state in the modal from which that of a click or a form was opened."""
        user, view = body["user"]["id"], body.get("view") or {}
        if view.get("previous_view_id") and not self.guests.is_guest(user):
            draws = {kind: partial(_draw, redraw, user) for kind, redraw in self.redraws.items()}
            self.slack.redraw_below(view, draws)


@dataclass(frozen=True)
class TimelineHandlers:
    """The timeline of a caller, from cards, contacts, and the form of a text."""

    timelines: TimelinePresenter
    slack: SlackClient

    def show_for_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the timeline of the caller of a card."""
        ack()
        self._show(body, NoteTarget(CALL, action["value"]).value)

    def show(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the timeline that a button names."""
        ack()
        self._show(body, action["value"])

    def turn_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the open timeline."""
        ack()
        view = self.redraw(json.loads(action["value"]), body["user"]["id"])
        if view:
            self.slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])

    def redraw(self, known: Json, viewer: str) -> Json | None:
        """Return the new content of a timeline, by its metadata."""
        if "subject" not in known:
            return None
        seen, page = str(known.get("seen_in") or ""), int(known.get("page") or 0)
        return self.timelines.view(known["subject"], viewer=viewer, page=page, seen_in=seen)

    def _show(self, body: Json, subject: str) -> None:
        view = self.timelines.view(subject, viewer=body["user"]["id"], seen_in=seen_in(body))
        self.slack.show_modal(body, view)


@dataclass(frozen=True)
class NoteHandlers:
    """Notes: add, show, change, delete.

    `redraws` are the modals that show notes, by callback ID: they are updated after a change.
    """

    notes: NoteService
    slack: SlackClient
    store: Store
    redraws: Mapping[str, Redraw]

    def add_to_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a note on the call of a card."""
        ack()
        self._open_form(body, NoteTarget(CALL, action["value"]))

    def add(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a note on what a button names."""
        ack()
        self._open_form(body, NoteTarget.parse(action["value"]))

    def choose_from_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form to change a note, or the question before it is deleted."""
        ack()
        what, _, note_id = action["selected_option"]["value"].partition(" ")
        user = body["user"]["id"]
        below = self._below(body)
        view = self.notes.change_form(what, int(note_id), by=user, below=below)
        self.slack.show_modal(body, view)

    def show_whole(self, ack: Ack, action: Json, body: Json) -> None:
        """Open all of a note."""
        ack()
        seen, note_id = seen_in(body), int(action["value"])
        view = self.notes.whole(note_id, shown=self._shown(note_id, seen), seen_in=seen)
        self.slack.show_modal(body, view)

    def turn_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the open note."""
        ack()
        wanted = json.loads(action["value"])
        note_id, seen = int(wanted["note_id"]), str(wanted.get("seen_in") or "")
        view = self.notes.whole(
            note_id, shown=self._shown(note_id, seen), page=int(wanted["page"]), seen_in=seen
        )
        self.slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """Save a note, or show at its field what is wrong."""
        user = body["user"]["id"]
        saved = self.notes.save(view, by=user)
        if saved.errors:
            reject_form(ack, view, saved.errors)
            return
        self._return(ack, view, saved.form.below, user, otherwise=SAVED)

    def delete(self, ack: Ack, body: Json, view: Json) -> None:
        """Delete a note after the question."""
        user = body["user"]["id"]
        if question := self.notes.ask_again(view, by=user):
            ack(response_action="update", view=question)
            return
        form = self.notes.delete(view, by=user)
        self._return(ack, view, form.below, user, otherwise=None)

    def _open_form(self, body: Json, target: NoteTarget) -> None:
        self.slack.show_modal(body, self.notes.new_form(target, below=self._below(body)))

    def _below(self, body: Json) -> Json:
        """Return where a change shows: the modal with the button, or a message; else empty."""
        view = body.get("view") or {}
        if view.get("callback_id") in self.redraws:
            noted = str(view.get("private_metadata") or "")
            known = json.loads(noted) if noted.startswith("{") else {}
            return {"view": view["id"], "callback_id": view["callback_id"], "known": known}
        return {"message": True} if seen_in(body) else {}

    def _return(
        self, ack: Ack, view: Json, below: Json, user: str, *, otherwise: Json | None
    ) -> None:
        """Show the new state in the modal with the button, and in the one below that.

        The form closes. In a full stack it has replaced that modal, which then comes back. With
        nothing below, `otherwise` is shown.
        """
        draws = {kind: partial(_draw, redraw, user) for kind, redraw in self.redraws.items()}
        kind = below.get("callback_id")
        draw = draws.get(kind or "")
        shown = None if below else otherwise
        if draw and below["view"] == view["id"]:
            shown = draw(below["known"])
        if shown:
            ack(response_action="update", view=shown)
        else:
            ack()
        if kind and draw and below["view"] != view["id"]:
            self.slack.redraw_modal(below["view"], kind, below["known"], draw)
        elif draw:
            self.slack.redraw_below(view, draws)

    def _shown(self, note_id: int, channel: str) -> Visibility:
        note = self.notes.find(note_id)
        if note is None or note.call_id is None:
            return self.store.channels.shown_in(channel)
        return shown_of_call(note.call_id, channel, self.store)


def _draw(redraw: Redraw, user: str, known: Json) -> Json | None:
    return redraw(known, user)
