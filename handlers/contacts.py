"""Contacts: look up, show, choose, create, edit, delete. Numbers: erase."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt import Ack

from bot.calls.presenter import seen_in
from bot.contacts.form import ContactFormOrigin
from bot.contacts.modals import DELETING, LOADING_FIELDS, SAVING, SENT_TWICE
from bot.contacts.presenter import ContactPresenter, show_in_place
from bot.contacts.service import ContactService, MakeForm
from bot.erasures.modals import ERASED_TWICE, ERASING
from bot.erasures.service import ErasureService
from bot.erasures.words import not_a_number
from bot.missed_calls.service import ClaimService
from bot.models.screening import ScreenKind
from bot.screening.modals import CALL_GONE, SPAM, render_screening_problem
from bot.screening.modals import CONTACT as ADD_CONTACT
from bot.screening.service import ScreeningService
from bot.slack.client import SlackClient
from bot.slack.modal_state import reject_form
from bot.slack.slow_forms import SlowForms
from bot.ui.action_ids import CALL_MODAL, CALLERS_MODAL
from bot.ui.blocks import answer
from bot.ui.command_text import NEW_WORDS, CommandText, tokenize
from bot.ui.commands import CONTACT, MOST_SHOWN_OF_A_WORD, render_help_of
from bot.ui.mrkdwn import shorten
from bot.ui.suggestions import asks_for_help

NOT_A_CONTACT = "/contact searches the company's contacts, not people in Slack or channels."

Json = dict[str, Any]


@dataclass(frozen=True)
class ContactHandlers:
    """Contacts by command, button, and form."""

    contacts: ContactService
    presenter: ContactPresenter
    slack: SlackClient
    slow_forms: SlowForms
    redraw_below: Callable[[Json], None]

    def answer_contact_command(self, ack: Ack, command: Json) -> None:
        """Answer `/contact` with a contact, a list, a form, or help."""
        tokens = tokenize(command.get("text", ""))
        typed = " ".join(token.text for token in tokens)
        first, _, name = typed.partition(" ")
        if any(token.is_mention or token.is_place for token in tokens):
            ack(render_help_of(CONTACT, f"{NOT_A_CONTACT} Examples:"))
        elif first.lower() in NEW_WORDS and not self.presenter.has_name(typed):
            ack()
            self._create(command, name)
        elif typed and not asks_for_help(typed):
            ack(self.presenter.search(typed, viewer=command["user_id"]))
        else:
            ack(render_help_of(CONTACT))

    def show_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the contact of a button."""
        ack()
        contact = self.presenter.find(int(action["value"]))
        view = self.presenter.modal(contact, viewer=body["user"]["id"], seen_in=seen_in(body))
        self.slack.show_modal(body, view)

    def open_contact_of_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the caller of a call: the contact, a choice, or a form for a new one."""
        ack()
        call_id = action["value"]
        number = self.presenter.number_of_call(call_id)
        self._open_owner(body, number, partial(self.presenter.missing_call, call_id))

    def open_contact_of_number(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the contact of a thread of texts."""
        ack()
        number = self.presenter.number_of_thread(action["value"])
        self._open_owner(body, number, self.presenter.missing_thread)

    def offer_choice(self, ack: Ack, action: Json, body: Json) -> None:
        """Ask which contact a number belongs to."""
        ack()
        number = json.loads(action["value"])["number"]
        show_in_place(self.slack, body, self.presenter.choices(number, seen_in=seen_in(body)))

    def choose_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Choose the contact of a number and show it."""
        ack()
        chosen = json.loads(action["value"])
        view = self.contacts.choose_and_show(
            chosen["number"], chosen["contact_id"], by=body["user"]["id"], seen_in=seen_in(body)
        )
        show_in_place(self.slack, body, view)
        self.redraw_below(body)

    def create_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a new contact, with the search that found none."""
        ack()
        self._create(body, action["value"])

    def edit_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form of a contact."""
        ack()
        contact = self.presenter.find(int(action["value"]))
        if contact is None:
            view = self.presenter.modal(None, viewer=body["user"]["id"])
            show_in_place(self.slack, body, view)
            return
        make_form = partial(self.presenter.edit_form, contact=contact, opened=self._origin(body))
        self._open_form(body, make_form, partial(show_in_place, self.slack))

    def save_contact(self, ack: Ack, body: Json, view: Json) -> None:
        """Save a form at Vocatech, and show the contact or what is wrong."""
        token = json.loads(view["private_metadata"])["token"]
        errors = self.contacts.validate(view)
        if errors and not self.slow_forms.is_repeated(token):
            reject_form(ack, view, errors)
            return
        form = self.slow_forms.begin(ack, body, token, progress=SAVING, repeated=SENT_TWICE)
        if form:
            outcome, text = self.contacts.save(view, by=body["user"]["id"])
            self.slow_forms.finish(form, outcome, f"Your contact form: {text}")
            self.redraw_below(body)

    def ask_about_deleting(self, ack: Ack, action: Json, body: Json) -> None:
        """Ask an admin to confirm deleting a contact."""
        ack()
        view = self.contacts.ask_about_deleting(int(action["value"]), by=body["user"]["id"])
        show_in_place(self.slack, body, view)

    def delete_contact(self, ack: Ack, body: Json, view: Json) -> None:
        """Delete a contact at Vocatech, and show the result."""
        state, by = json.loads(view["private_metadata"]), body["user"]["id"]
        contact_id, token = state["contact_id"], state["token"]
        if refusal := self.contacts.refuse_deleting(contact_id, by=by):
            ack(response_action="update", view=refusal)
            return
        form = self.slow_forms.begin(ack, body, token, progress=DELETING, repeated=SENT_TWICE)
        if form:
            outcome, text = self.contacts.delete_and_explain(contact_id, by=by)
            self.slow_forms.finish(form, outcome, text)
            self.redraw_below(body)

    def _open_owner(self, body: Json, number: str | None, missing: Callable[[], Json]) -> None:
        if number is None:
            self.slack.show_modal(body, missing())
        elif view := self.presenter.owner(number, viewer=body["user"]["id"], seen_in=seen_in(body)):
            self.slack.show_modal(body, view)
        else:
            self._create(body, number)

    def _create(self, body: Json, typed: str) -> None:
        make_form = partial(self.presenter.new_form, typed=typed, opened=self._origin(body))
        self._open_form(body, make_form, self.slack.show_modal)

    def _origin(self, body: Json) -> ContactFormOrigin:
        return ContactFormOrigin(self.contacts.clock.now(), seen_in(body))

    def _open_form(
        self, body: Json, make_form: MakeForm, show: Callable[[Json, Json], object]
    ) -> None:
        """Open a form, or a loading view first: a trigger is valid for three seconds."""
        if view := self.contacts.form_now(make_form):
            show(body, view)
            return
        view_id = show_in_place(self.slack, body, LOADING_FIELDS)
        form = self.contacts.form_after_fetch(make_form)
        self.slack.update_modal(view_id, form, seen_hash=None)


@dataclass(frozen=True)
class ErasureHandlers:
    """Erasing everything about a number."""

    erasures: ErasureService
    slack: SlackClient
    slow_forms: SlowForms

    def ask_to_erase(self, command: CommandText) -> None:
        """Show what is stored about a number, and ask an admin to confirm."""
        typed = " ".join(command.words)
        if view := self.erasures.question(typed, by=command.asker):
            command.ack()
            self.slack.open_modal(command.trigger_id, view)
        else:
            command.ack(**answer(not_a_number(shorten(typed, MOST_SHOWN_OF_A_WORD))))

    def erase(self, ack: Ack, body: Json, view: Json) -> None:
        """Erase a number, and show when it is done."""
        by = body["user"]["id"]
        number = self.erasures.number_in(view, by=by)
        token = json.loads(view["private_metadata"])["token"]
        form = self.slow_forms.begin(ack, body, token, progress=ERASING, repeated=ERASED_TWICE)
        if form:
            outcome, text = self.erasures.erase(number, by=by)
            self.slow_forms.finish(form, outcome, text)


@dataclass(frozen=True)
class ScreeningHandlers:
    """Unknown callers: marks from cards and from the list, and their removal.

    `open_contact` opens the contact, or the form for one, of the number in an action;
    `refresh_home` and `redraw_below` show a mark in App Home and in the list below a call.
    """

    screening: ScreeningService
    claims: ClaimService
    slack: SlackClient
    open_contact: Callable[[Ack, Json, Json], None]
    refresh_home: Callable[[str], None]
    redraw_below: Callable[[Json], None]

    def mark_not_customer(self, ack: Ack, action: Json, body: Json) -> None:
        """Mark the caller of a card as no customer."""
        ack()
        self._mark_not_customer(body, self.screening.number_of(action["value"]))
        self._refresh(body)

    def ask_about_spam(self, ack: Ack, action: Json, body: Json) -> None:
        """Ask before the caller of a card is marked as spam."""
        ack()
        previous = (body.get("view") or {}).get("previous_view_id")
        below = {"call_id": action["value"], **_call_modal_in(body), "previous_view_id": previous}
        number = self.screening.number_of(action["value"])
        self.slack.show_modal(body, self.screening.ask_about_spam(number, below=below))

    def mark_spam(self, ack: Ack, body: Json) -> None:
        """Mark a number as spam after the question."""
        user, known = body["user"]["id"], json.loads(body["view"]["private_metadata"])
        problem = self.screening.mark(known["number"], ScreenKind.SPAM, by=user)
        if problem:
            ack(response_action="update", view=problem)
            return
        ack()
        below = known["below"]
        if "list" in below:
            self._redraw_list(below["list"], user)
        else:
            self._refresh_call(below)
            self.redraw_below({**body, "view": below})  # the list under the call
        self.refresh_home(user)

    def remove_mark(self, ack: Ack, action: Json, body: Json) -> None:
        """Remove the mark of a card's caller."""
        ack()
        number = self.screening.number_of(action["value"])
        if number is None:
            self.slack.show_modal(body, render_screening_problem(CALL_GONE))
            return
        self.screening.unmark(number, by=body["user"]["id"])
        self._refresh(body)

    def open_callers(self, command: CommandText) -> None:
        """Open the list for a command."""
        view = self.screening.callers_view(command.asker)
        command.ack()
        self.slack.open_modal(command.trigger_id, view)

    def show_callers(self, ack: Ack, body: Json) -> None:
        """Open the list for a button."""
        ack()
        self.slack.show_modal(body, self.screening.callers_view(body["user"]["id"]))

    def turn_callers_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        view = self.screening.callers_view(body["user"]["id"], page=int(action["value"]))
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)

    def choose_for_caller(self, ack: Ack, action: Json, body: Json) -> None:
        """Add a contact for an unknown caller of the list, or mark the number."""
        what, _, number = action["selected_option"]["value"].partition(" ")
        if what == ADD_CONTACT:
            self.open_contact(ack, {**action, "value": number}, body)
            return
        ack()
        if what == SPAM:
            below = {"list": body["view"]["id"]}
            self.slack.show_modal(body, self.screening.ask_about_spam(number, below=below))
            return
        if not self._mark_not_customer(body, number):
            self._refresh_list(body, "")

    def unmark_listed(self, ack: Ack, action: Json, body: Json) -> None:
        """Remove a mark in the list."""
        ack()
        self._refresh_list(body, self.screening.unmark(action["value"], by=body["user"]["id"]))

    def _mark_not_customer(self, body: Json, number: str | None) -> bool:
        """Mark a number; return whether the reason why not was shown instead."""
        kind = ScreenKind.NOT_CUSTOMER
        problem = self.screening.mark(number, kind, by=body["user"]["id"])
        if problem:
            self.slack.show_modal(body, problem)
        return problem is not None

    def _refresh_list(self, body: Json, notice: str) -> None:
        view = body.get("view") or {}
        if view.get("callback_id") == CALLERS_MODAL:
            page = json.loads(view.get("private_metadata") or "{}").get("page", 1)
            self._redraw_list(view["id"], body["user"]["id"], notice, page=page)

    def _redraw_list(self, view_id: str, user: str, notice: str = "", page: int = 1) -> None:
        draw = partial(self.screening.callers_view, user, page=page, notice=notice)
        self.slack.redraw_modal(view_id, CALLERS_MODAL, {}, lambda _: draw())

    def _refresh(self, body: Json) -> None:
        """Show a mark in the call modal with the menu, and in the list or Home below it."""
        if body.get("view"):
            self._refresh_call(_call_modal_in(body))
            self.redraw_below(body)
            self.refresh_home(body["user"]["id"])

    def _refresh_call(self, below: Json) -> None:
        """Show the new state in the call modal where the menu was."""
        if "view" in below:
            self.slack.redraw_modal(below["view"], CALL_MODAL, below, self.claims.redraw)


def _call_modal_in(body: Json) -> Json:
    """Return the ID and metadata of the call modal with the menu; empty for a message."""
    view = body.get("view") or {}
    if view.get("callback_id") != CALL_MODAL:
        return {}
    return {"view": view["id"], **json.loads(view["private_metadata"])}
