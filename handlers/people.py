"""Handlers for people: linked extensions and personal settings."""

import json
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.missed_calls.departures import Departures
from bot.models.people import Mentions
from bot.people.modals import DIRECT, EXTENSION, MENTIONS, render_linked
from bot.people.service import LinkRefused, PeopleService
from bot.slack.client import SlackClient
from bot.ui.action_ids import CHOOSE_EXTENSION
from bot.ui.blocks import answer
from bot.ui.command_text import CommandText
from bot.ui.inputs import chosen_in, read_quiet, ticked_in

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
        self.departures.note_change(event["user"])

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


def _slack_user_in(view: Json) -> str:
    return str(json.loads(view["private_metadata"])["slack_user"])


def _typed(asked: CommandText) -> tuple[str | None, str | None]:
    """Return the person mentioned in a command, and its first word that means something."""
    mention = next((token.text for token in asked.rest if token.is_mention), None)
    words = (token.text for token in asked.rest if not token.is_mention)
    meant = (one for one in words if one.lower().strip(".:") not in _ABOUT_ONESELF)
    typed = next(meant, None)
    return mention, re.sub(r"^(?:ext\.?|x)(?=\d)", "", typed) if typed else None
