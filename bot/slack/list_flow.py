"""The flow of a list modal and its form: rules, channel settings, templates."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from slack_bolt import Ack

from bot.slack.client import SlackClient
from bot.slack.modal_state import reject_form
from bot.store.submissions import Submissions
from bot.ui.command_text import CommandText
from bot.ui.lists import DELETE, EDIT

Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """The result of a click or a form.

    `errors` (by field) mean that nothing was saved. Otherwise `form` is opened, or the list is
    shown again with `notice` above it.
    """

    notice: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    form: Json | None = None


class ListService(Protocol):
    """A list that people edit. Each method raises NotAllowed for users who may not."""

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:
        """Return the list as `user` (a Slack user ID) sees it."""

    def new_form(self, user: str) -> Json:
        """Return an empty form."""

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Do what a menu or button of an entry asks; `metadata` is that of its view."""

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save it."""


S = TypeVar("S", bound=ListService)


@dataclass(frozen=True)
class ListFlow(Generic[S]):
    """List, form, validation, saving or deleting, and the updated list.

    An entry that someone else changed or deleted in between is never overwritten: services compare
    what the view showed with what is stored.
    """

    service: S
    slack: SlackClient
    submissions: Submissions
    refresh_home: Callable[[str], None]

    def open_list(self, command: CommandText) -> None:
        """Open the list for a command."""
        view = self.service.list_view(command.asker)
        command.ack()
        self.slack.open_modal(command.trigger_id, view)

    def show_list(self, ack: Ack, body: Json) -> None:
        """Open the list for a button."""
        ack()
        self.slack.show_modal(body, self.service.list_view(body["user"]["id"]))

    def turn_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        view = self.service.list_view(body["user"]["id"], page=int(action["value"]))
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)

    def new(self, ack: Ack, body: Json) -> None:
        """Open an empty form."""
        ack()
        self.slack.show_modal(body, self.service.new_form(body["user"]["id"]))

    def choose_from_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Do what was chosen from the menu of an entry."""
        ack()
        chosen, _, key = action["selected_option"]["value"].partition(" ")
        self._change(body, chosen, key)

    def edit(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form of an entry."""
        ack()
        self._change(body, EDIT, action["value"])

    def delete(self, ack: Ack, action: Json, body: Json) -> None:
        """Delete an entry, from the list or from its form."""
        ack()
        self._change(body, DELETE, action["value"])

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """Save a form, or show at its fields what is wrong; another form may take its place."""
        user = body["user"]["id"]
        change = self.service.save(user, view)
        # The token is checked last. A form sent twice was saved by the first submission, and its
        # own change is no conflict.
        if change.errors and not self.submissions.knows(self._token_of(view)):
            reject_form(ack, view, change.errors)
            return
        if change.form:
            ack(response_action="update", view=change.form)
        else:
            ack()
        self._refresh(user, change.notice, view["previous_view_id"])

    @staticmethod
    def _token_of(view: Json) -> str:
        return str(json.loads(view["private_metadata"])["token"])

    def _change(self, body: Json, action: str, key: str) -> None:
        user, view = body["user"]["id"], body["view"]
        change = self.service.change(user, action, key, view["private_metadata"])
        if change.form:
            self.slack.show_modal(body, change.form)
            return
        seen = json.loads(view["private_metadata"] or "{}")
        # Deleting leaves nothing to show in the entry's form, so the list replaces it.
        below = [view.get("previous_view_id")] if "token" in seen else []
        self._refresh(user, change.notice, *below, view["id"], page=seen.get("page", 1))

    def _refresh(self, user: str, notice: str, *view_ids: str | None, page: int = 1) -> None:
        shown = self.service.list_view(user, page=page, notice=notice)
        for view_id in view_ids:
            self.slack.refresh_modal(view_id, shown)
        self.refresh_home(user)
