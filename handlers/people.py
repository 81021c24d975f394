"""Handlers for people: linked extensions and personal settings."""

import json
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.errors import NotUnderstood
from bot.missed_calls.departures import Departures
from bot.models.people import Mentions
from bot.people.modals import DIRECT, EXTENSION, MENTIONS, render_linked
from bot.people.service import LinkRefused, PeopleService
from bot.slack.client import SlackClient
from bot.slack.modal_state import reject_form
from bot.slack.slow_forms import SlowForms
from bot.ui.action_ids import CHOOSE_EXTENSION, USERS_MODAL
from bot.ui.blocks import answer
from bot.ui.command_text import NEW_WORDS, CommandText
from bot.ui.inputs import chosen_in, read_quiet, ticked_in
from bot.users.form import UserForm
from bot.users.modals import SAVING, SENT_TWICE
from bot.users.service import UserService

Json = dict[str, Any]

# `link me to extension 101`
_ABOUT_ONESELF = frozenset(
    {
        *("account", "ext", "extension", "from", "me", "mine", "my", "myself", "number", "phone"),
        *("please", "the", "to", "with"),
    }
)


@dataclass(frozen=True)
class PeopleHandlers:
    """Linked extensions and personal settings."""

    people: PeopleService
    slack: SlackClient
    departures: Departures

    def open_link(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form that links the person in the button's value, or else the asker."""
        ack()
        asker = body["user"]["id"]
        slack_user = action.get("value") or asker
        self.slack.show_modal(body, self.people.link_modal(asker, slack_user))

    def show_unmatched(self, ack: Ack, body: Json) -> None:
        """Open the list of people who aren't linked; raises NotAllowed except for admins."""
        ack()
        self.slack.show_modal(body, self.people.unmatched_modal(body["user"]["id"]))

    def offer_extensions(self, ack: Ack, payload: Json, body: Json) -> None:
        """Return the extensions that match what was typed."""
        slack_user = _slack_user_in(body["view"])
        ack(options=self.people.extension_options(slack_user, payload.get("value", "")))

    def save_link(self, ack: Ack, body: Json, view: Json) -> None:
        """Link a person to the chosen extension; a problem is shown at the field."""
        asker, slack_user = body["user"]["id"], _slack_user_in(view)
        chosen = view["state"]["values"][EXTENSION][CHOOSE_EXTENSION]["selected_option"]
        try:
            made = self.people.link(asker, slack_user, chosen["value"])
        except LinkRefused as refused:
            ack(response_action="errors", errors={EXTENSION: str(refused)})
            return
        linked = render_linked(made.person, was_taken_from=made.taken_from)
        ack(response_action="update", view=linked)
        below = view.get("previous_view_id") or ""
        self.people.show_link(asker, slack_user, made.taken_from, below)

    def save_settings(self, ack: Ack, body: Json, view: Json) -> None:
        """Store a person's settings; a problem is shown at the field."""
        user = body["user"]["id"]
        quiet, wrong = read_quiet(view, self.people.zone_of(user))
        if wrong:
            ack(response_action="errors", errors=wrong)
            return
        self.people.save_settings(
            user,
            Mentions(chosen_in(view, MENTIONS)),
            quiet,
            is_direct=bool(ticked_in(view, DIRECT)),
            acknowledge=ack,
        )

    def note_change(self, event: Json) -> None:
        """Update a person who joined, left, became a guest, or changed their profile."""
        self.departures.note_event(event["user"], float(event.get("event_ts") or 0))

    def open_settings(self, asked: CommandText) -> None:
        """Open the form with the asker's settings."""
        asked.ack()
        self.slack.open_modal(asked.trigger_id, self.people.settings_modal(asked.asker))

    def link_by_command(self, asked: CommandText) -> None:
        """Open the form that links the asker, or the person an admin mentioned."""
        view = self.people.link_modal_for(asked.asker, *_typed(asked))
        asked.ack()
        self.slack.open_modal(asked.trigger_id, view)

    def unlink_by_command(self, asked: CommandText) -> None:
        """Remove a link."""
        slack_user, said = self.people.unlink(asked.asker, *_typed(asked))
        asked.ack(**answer(said))
        self.people.refresh_home(slack_user)


@dataclass(frozen=True)
class UserHandlers:
    """Vocatech users: the list, and the form that creates or changes one."""

    users: UserService
    people: PeopleService
    slack: SlackClient
    slow_forms: SlowForms

    def open_by_command(self, asked: CommandText) -> None:
        """Open the list, those who match what was typed, or the form for a new user."""
        words = [token.text for token in asked.rest if not token.is_mention and not token.is_place]
        mention = next((token.text for token in asked.rest if token.is_mention), "")
        is_new = bool(words) and words[0].lower() in NEW_WORDS
        if (mention and not is_new) or any(token.is_place for token in asked.rest):
            raise NotUnderstood(
                "To create a Vocatech user for a person in Slack, mention them after new. To"
                " search, type a name or an extension.",
                "/vocatech users new @Ben",
            )
        if is_new:
            typed = " ".join(words[1:])
            view = self.users.new_form(asked.asker, slack_user=mention, typed=typed)
        else:
            view = self.users.list_view(asked.asker, typed=" ".join(words))
        asked.ack()
        self.slack.open_modal(asked.trigger_id, view)

    def show_list(self, ack: Ack, body: Json) -> None:
        """Open the list for a button."""
        ack()
        self.slack.show_modal(body, self.users.list_view(body["user"]["id"]))

    def turn_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the list."""
        ack()
        typed = json.loads(body["view"]["private_metadata"]).get("typed", "")
        view = self.users.list_view(body["user"]["id"], typed=typed, page=int(action["value"]))
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)

    def new(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form for a new user, for the Slack user in the button's value if there is one.

        The value `new` is for no one.
        """
        ack()
        slack_user = action["value"].removeprefix("new")
        view = self.users.new_form(body["user"]["id"], slack_user=slack_user, below=_below(body))
        self.slack.show_modal(body, view)

    def edit(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form of a user."""
        ack()
        view = self.users.edit_form(body["user"]["id"], action["value"], below=_below(body))
        self.slack.show_modal(body, view)

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """Save a form at Vocatech, and show the result or what is wrong."""
        by, about = body["user"]["id"], UserForm.from_metadata(view["private_metadata"])
        errors = self.users.validate(by, view)
        if errors and not self.slow_forms.is_repeated(about.token):
            reject_form(ack, view, errors)
            return
        form = self.slow_forms.begin(ack, body, about.token, progress=SAVING, repeated=SENT_TWICE)
        if form is None:
            return
        outcome, text = self.users.save(by, view)
        self.slow_forms.finish(form, outcome, text)
        below = view.get("previous_view_id")
        if not below or not about.below:
            return
        if about.below == UNMATCHED:
            self.slack.refresh_modal(below, self.people.unmatched_modal(by))
        else:
            self.slack.refresh_modal(below, self.users.list_view(by, **json.loads(about.below)))


UNMATCHED = "unmatched"


def _below(body: Json) -> str:
    """Return the metadata of the list of users with the button, or that it was another list."""
    view = body.get("view") or {}
    if view.get("callback_id") == USERS_MODAL:
        return str(view["private_metadata"])
    return UNMATCHED if view.get("type") == "modal" else ""


def _slack_user_in(view: Json) -> str:
    return str(json.loads(view["private_metadata"])["slack_user"])


def _typed(asked: CommandText) -> tuple[str | None, str | None]:
    """Return the person mentioned in a command, and its extension or first word with a meaning."""
    mention = next((token.text for token in asked.rest if token.is_mention), None)
    words = (token.text for token in asked.rest if not token.is_mention)
    meant = [one for one in words if one.lower().strip(".:") not in _ABOUT_ONESELF]
    typed = next((one for one in meant if one[-1:].isdigit()), next(iter(meant), None))
    return mention, re.sub(r"^(?:ext\.?|x)(?=\d)", "", typed) if typed else None
