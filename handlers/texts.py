"""Handlers for texts: `/sms`, and the buttons about texts."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt import Ack

from bot.errors import NotUnderstood
from bot.models.texts import TextForm
from bot.people.names import contact_name, contacts_of, slack_name
from bot.people.permissions import Permissions
from bot.phone_numbers import is_emergency, is_whole, normalise
from bot.slack.client import SlackClient
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.texts.modals import (
    MOST_RECIPIENTS,
    OptedOut,
    Recipient,
    render_opt_outs,
    render_recipients_modal,
)
from bot.texts.service import TextService
from bot.ui.blocks import Json, words_modal
from bot.ui.command_text import Token, read_words, tokenize
from bot.ui.commands import SMS, render_help_of
from bot.ui.formatting import Locale

EXAMPLE = "/sms (212) 555-0123, or a name: /sms Maria Lopez"

MOST_WORDS_OF_A_NAME = 4

_NUMBER = re.compile(r"[+()\d][\d().\-/]*")

TOO_LATE = "It has left already, or somebody was quicker. Its thread shows how it stands."


@dataclass(frozen=True)
class TextHandlers:
    """`/sms`, and buttons about texts."""

    store: Store
    slack: SlackClient
    locale: Locale
    texts: TextService
    wake: Callable[[], None]
    permissions: Permissions

    def open_sms(self, ack: Ack, command: Json) -> None:
        """Open the modal for whoever was typed; several who fit are offered as a choice."""
        tokens = tokenize(command.get("text", ""))
        if [token.text.lower() for token in tokens] == ["help"]:
            ack(render_help_of(SMS))
            return
        if tokens and tokens[0].is_mention:
            raise NotUnderstood("People in Slack don't get texts.", EXAMPLE)
        if tokens and is_emergency(tokens[0].text, self.locale.region):
            raise NotUnderstood(
                "That is an emergency number, which gets no texts: please call.", EXAMPLE
            )
        if not tokens:
            raise NotUnderstood("To whom? Type a number or the name of a contact.", EXAMPLE)
        recipients, used = _find(tokens, self.store, self.locale.region)
        if not recipients:
            typed = " ".join(token.text for token in tokens)[:80]
            raise NotUnderstood(
                f"I found neither a number nor a contact with one in: {typed}.", EXAMPLE
            )
        ack()
        words = read_words(command["text"][tokens[used - 1].end :])
        if len(recipients) > 1:
            typed = " ".join(token.text for token in tokens[:used])
            view = render_recipients_modal(recipients, typed=typed, words=words, locale=self.locale)
        else:
            view = self.texts.begin(
                TextForm(make_token(), recipients[0].number), viewer=command["user_id"], words=words
            )
        self.slack.open_modal(command["trigger_id"], view)

    def choose_number(self, ack: Ack, action: Json, body: Json) -> None:
        """Show the modal for the one who was chosen among several."""
        ack()
        number, _, _ = action["selected_option"]["value"].partition(" ")
        view = body["view"]
        writing = TextForm(make_token(), number)
        shown = self.texts.begin(writing, viewer=body["user"]["id"], words=view["private_metadata"])
        self.slack.update_modal(view["id"], shown, seen_hash=view["hash"])

    def take_back(self, ack: Ack, action: Json, body: Json) -> None:
        """Take back a text that waits for its turn."""
        ack()
        name = slack_name(body["user"]["id"], self.store) or "a colleague"
        if self.store.replies.take_back(action["value"], reason=f"taken back by {name}"):
            self.wake()
        else:
            self.slack.show_modal(body, words_modal("Too late", TOO_LATE))

    def believe_text(self, ack: Ack, action: Json, body: Json) -> None:
        """Note that a text of which nobody knows was sent, as somebody says."""
        ack()
        if self.store.replies.believe(action["value"]):
            self.wake()
        else:
            self.slack.show_modal(body, words_modal("Known already", TOO_LATE))

    def show_opt_outs(self, ack: Ack, body: Json) -> None:
        """List for an admin to whom nothing is sent."""
        ack()
        self.permissions.need_admin(body["user"]["id"], "see who wants no texts")
        found = self.store.opt_outs.all()
        people = [
            OptedOut(one.number, contact_name(one.number, self.store), one.at) for one in found
        ]
        self.slack.show_modal(body, render_opt_outs(people, locale=self.locale))


def _find(tokens: list[Token], store: Store, region: str) -> tuple[list[Recipient], int]:
    """Give who is meant by the first words, and how many words that took."""
    number, used = _leading_number(tokens, region)
    if number:
        named = next((one.name for one in contacts_of(number, store)), None)
        return [Recipient(number, named)], used
    # A quoted name is whole; else the longest beginning that fits somebody is the name.
    most = 1 if tokens[0].is_quoted else min(len(tokens), MOST_WORDS_OF_A_NAME)
    for length in range(most, 0, -1):
        name = " ".join(token.text for token in tokens[:length])
        if contacts := store.contacts.search(name, limit=MOST_RECIPIENTS):
            found = [
                Recipient(number, contact.name, contact.contact_id)
                for contact in contacts
                for number in contact.numbers
                if is_whole(number)
            ]
            return found[:MOST_RECIPIENTS], length
    return [], 0


def _leading_number(tokens: list[Token], region: str) -> tuple[str | None, int]:
    """Read the longest beginning that is one phone number, such as `212 555 0123`."""
    digits = 0
    while digits < len(tokens) and _NUMBER.fullmatch(tokens[digits].text):
        digits += 1
    for length in range(digits, 0, -1):
        number = normalise(" ".join(token.text for token in tokens[:length]), region)
        if number and is_whole(number):
            return number, length
    return None, 0
