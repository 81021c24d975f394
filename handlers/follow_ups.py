"""Handlers for follow-ups: the form, the buttons of reminders, and the list."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.errors import NotUnderstood
from bot.follow_ups.home_section import EDIT, OPEN
from bot.follow_ups.messages import OTHER_TIME
from bot.follow_ups.service import FollowUpService
from bot.models.customers.follow_ups import Topic
from bot.slack.client import SlackClient
from bot.slack.modal_state import reject_form
from bot.ui.action_ids import FOLLOW_UPS_MODAL
from bot.ui.command_text import CommandText
from bot.ui.time_patterns import AROUND_WORDS

Json = dict[str, Any]
# `follow-ups of @Ben`; any other word may be a colleague's name.
_ABOUT_LISTS = frozenset(
    {"", "all", "for", "list", "me", "mine", "my", "of", "open", "overdue", "please", "show"}
)
Open = Callable[[Ack, Json, Json], None]


@dataclass(frozen=True)
class FollowUpHandlers:
    """Follow-ups; the `open_…` handlers show a call, a contact, or the contact of a number."""

    slack: SlackClient
    follow_ups: FollowUpService
    refresh_home: Callable[[str], None]
    redraw_below: Callable[[Json], None]
    open_call: Open
    open_contact: Open
    open_number: Open

    def remind_of_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a call."""
        ack()
        view = self.follow_ups.form_for_call(action["value"], by=body["user"]["id"])
        self.slack.show_modal(body, view)

    def remind_of_contact(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a contact."""
        ack()
        view = self.follow_ups.form_for_contact(int(action["value"]), by=body["user"]["id"])
        self.slack.show_modal(body, view)

    def remind_of_number(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a conversation."""
        ack()
        view = self.follow_ups.form_for_thread(action["value"], by=body["user"]["id"])
        self.slack.show_modal(body, view)

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """Save the form; problems appear at their field."""
        saved = self.follow_ups.submit(view, by=body["user"]["id"])
        if saved.errors:
            reject_form(ack, view, saved.errors)
            return
        if saved.view:
            ack(response_action="update", view=saved.view)
        else:
            ack()
        self.redraw_below(body)
        self.refresh_home(body["user"]["id"])

    def mark_done(self, ack: Ack, action: Json, body: Json) -> None:
        """Mark a follow-up as done; a user who is too late sees its state."""
        ack()
        follow_up_id, _ = map(int, action["value"].split())
        self._answer(body, self.follow_ups.finish(follow_up_id, by=body["user"]["id"]))

    def snooze(self, ack: Ack, action: Json, body: Json) -> None:
        """Snooze a follow-up, or open the form for another time."""
        ack()
        choice, follow_up_id, version = _chosen(action)
        user = body["user"]["id"]
        if choice == OTHER_TIME:
            self.slack.show_modal(body, self.follow_ups.edit_form(follow_up_id, by=user))
            self.follow_ups.reset_menu(follow_up_id)
        else:
            self._answer(body, self.follow_ups.snooze(follow_up_id, version, choice, by=user))

    def choose_from_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Do what was chosen in the menu of a row."""
        what, follow_up_id, version = _chosen(action)
        user = body["user"]["id"]
        if what == OPEN and (topic := self.follow_ups.topic_of(follow_up_id, by=user)):
            self._open(ack, topic, body)
            return
        ack()
        if what in {EDIT, OPEN}:  # what is gone can't be opened
            self.slack.show_modal(body, self.follow_ups.edit_form(follow_up_id, by=user))
            return
        self._answer(body, self.follow_ups.choose(what, follow_up_id, version, by=user))

    def show_list(self, ack: Ack, body: Json) -> None:
        """Open the list."""
        ack()
        self.slack.show_modal(body, self.follow_ups.list_view(body["user"]["id"]))

    def list_by_command(self, command: CommandText) -> None:
        """Open the list for a command: the asker's, or for admins that of a mentioned person."""
        mention = next((token.text for token in command.rest if token.is_mention), "")
        words = (one.text.lower() for one in command.rest if not one.is_mention)
        if any(word.strip(f".{AROUND_WORDS}") not in _ABOUT_LISTS for word in words):
            raise NotUnderstood(
                "This lists your own follow-ups. To see a colleague's, choose the person from"
                " Slack's list.",
                "/vocatech follow-ups @Ben",
            )
        view = self.follow_ups.list_view(command.asker, of=mention)
        command.ack()
        self.slack.open_modal(command.trigger_id, view)

    def turn_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        of = _list_in(json.loads(body["view"]["private_metadata"] or "{}"))["of"]
        view = self.follow_ups.list_view(body["user"]["id"], of=of, page=int(action["value"]))
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)

    def _open(self, ack: Ack, topic: Topic, body: Json) -> None:
        if topic.call_id:
            self.open_call(ack, {"value": topic.call_id}, body)
        elif topic.contact_id is not None:
            self.open_contact(ack, {"value": str(topic.contact_id)}, body)
        else:
            self.open_number(ack, {"value": topic.number or ""}, body)

    def _answer(self, body: Json, conflict: Json | None) -> None:
        """Show a conflict, and the new state in the list and in App Home."""
        view, user = body.get("view") or {}, body["user"]["id"]
        if conflict:  # first, since the trigger is valid for three seconds
            self.slack.show_modal(body, conflict)
        if view.get("callback_id") == FOLLOW_UPS_MODAL:
            self.slack.redraw_modal(
                view["id"],
                FOLLOW_UPS_MODAL,
                json.loads(view["private_metadata"] or "{}"),
                lambda known: self.follow_ups.list_view(user, **_list_in(known)),
            )
        self.refresh_home(user)


def _list_in(known: Json) -> Json:
    """Return whose list a modal shows, and its page, by its metadata."""
    return {"of": str(known.get("of") or ""), "page": int(known.get("page") or 1)}


def _chosen(action: Json) -> tuple[str, int, int]:
    """Return the choice in a menu, the follow-up, and the version that the menu belongs to."""
    choice, follow_up_id, version = action["selected_option"]["value"].split()
    return choice, int(follow_up_id), int(version)
