"""Handlers for `/vocatech`: its subcommands, help, and system status."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond

from bot.errors import NotUnderstood
from bot.health.messages import Status, render_status
from bot.people.permissions import Permissions
from bot.store import Store
from bot.store.sync import COVERED
from bot.ui.command_text import CommandText, Token, tokenize
from bot.ui.commands import render_help, render_help_of_subcommand, render_unknown_subcommand
from bot.ui.formatting import Locale
from bot.ui.suggestions import asks_for_help
from bot.vocatech.client import VocatechClient

# Subcommands about the channel in which they are typed, with what a refusal says and an example.
# The others are about people.
ABOUT_CHANNEL = {
    "digest": ("Nothing was changed.", "digest on weekdays 8:30 AM"),
    "mute": ("This channel wasn't muted.", "mute 2h"),
}
NUMBER_TO_FORGET = "forget +1 212 555 0123"
ABOUT_PEOPLE = frozenset({"link", "unlink", "users", "follow-ups"})


@dataclass(frozen=True)
class VocatechCommand:
    """Dispatch to subcommands, help, and status."""

    store: Store
    vocatech: VocatechClient
    permissions: Permissions
    locale: Locale
    has_webhooks: bool

    def answer_vocatech(
        self,
        ack: Ack,
        respond: Respond,
        command: dict[str, Any],
        *,
        vocatech_words: Mapping[str, Callable[[CommandText], None]],
    ) -> None:
        """Run a subcommand, or suggest the nearest one."""
        if asks_for_help(command.get("text", "")):
            ack(**render_help())
            return
        typed = tokenize(command.get("text", ""))
        if typed and typed[0].text.lower().strip("/") == "vocatech":  # typed twice
            typed = typed[1:]
        first, *rest = typed or [Token("")]
        word = "help" if asks_for_help(first.text) and rest else first.text.lower()
        run_subcommand = vocatech_words.get(word)
        if run_subcommand is None:
            ack(**render_unknown_subcommand(first, list(vocatech_words)))
        elif rest and (asks_for_help(rest[0].text) or word == "help"):
            ack(**render_help_of_subcommand(rest[0].text.lower() if word == "help" else word))
        else:
            _refuse_others(word, rest)
            run_subcommand(CommandText(ack, respond, command, rest))

    def show_help(self, asked: CommandText) -> None:
        """Show the help for all commands."""
        asked.ack(**render_help())

    def show_status(self, asked: CommandText) -> None:
        """Show the system status and the linked extension of the person who asks."""
        is_admin = self.permissions.is_admin(asked.asker)
        last = self.store.calls.last_webhook()
        status = Status(
            person=self.store.links.person_of(asked.asker),
            last_webhook=last[0] if last else None,
            last_poll=self.store.key_values.moment(COVERED),
            has_webhooks=self.has_webhooks,
            waiting=self.store.posts.waiting(),
            incidents=tuple(self.store.incidents.open()),
            quota_left=self.vocatech.quota_left() if is_admin else None,
            unmatched=len(self.store.links.unmatched_in_slack()) if is_admin else None,
        )
        asked.ack(**render_status(status, locale=self.locale))


def _refuse_others(word: str, rest: Sequence[Token]) -> None:
    """Refuse a mention of a channel, of a person where it makes no sense, and of two people."""
    people = {one.text for one in rest if one.is_mention}
    if word in ABOUT_PEOPLE and len(people) > 1:
        raise NotUnderstood(
            "Nothing was changed. Mention one person at a time.", f"/vocatech {word} @Ben"
        )
    found = next((one for one in rest if one.is_place or one.is_mention), None)
    if found is None or word in ABOUT_PEOPLE:
        return
    leave_out = f"Leave out {found.shown}"
    if word == "forget":
        said = f"Type the phone number to erase. {leave_out}."
    elif word not in ABOUT_CHANNEL:
        said = f"This command shows only what you can see yourself. {leave_out}."
    elif found.is_place:
        said = f"This command is about the channel in which you type it. {leave_out}."
    else:
        said = f"This command can't be about a person. {leave_out}."
    kept, example = ABOUT_CHANNEL.get(word, ("", NUMBER_TO_FORGET if word == "forget" else word))
    raise NotUnderstood(f"{kept} {said}".strip(), f"/vocatech {example}")
