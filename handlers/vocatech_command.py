"""`/vocatech`: help, one's link with an extension, the bot's state, own settings, templates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond

from bot.health.messages import Status, render_status
from bot.people.permissions import Permissions
from bot.store import Store
from bot.store.sync import COVERED
from bot.ui.command_text import CommandText, Token, tokenize
from bot.ui.commands import render_help
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient


@dataclass(frozen=True)
class VocatechCommand:
    """`/vocatech`: its words and what they do."""

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
        """Do what was asked for, or say what works."""
        first, *rest = tokenize(command.get("text", "")) or [Token("")]
        answer_word = vocatech_words.get(first.text.lower())
        if answer_word is None:
            ack(**render_help(f"I do not know /vocatech {first.text.lower()[:80]}. This works:"))
        else:
            answer_word(CommandText(ack, respond, command, rest))

    def show_help(self, asked: CommandText) -> None:
        """Say what can be typed."""
        asked.ack(**render_help())

    def show_status(self, asked: CommandText) -> None:
        """Say how the bot is doing, and how the asker is linked."""
        is_admin = self.permissions.is_admin(asked.asker)
        last = self.store.calls.last_webhook()
        status = Status(
            person=self.store.links.person_of(asked.asker),
            last_webhook=last[0] if last else None,
            last_poll=self.store.notes.moment(COVERED),
            has_webhooks=self.has_webhooks,
            waiting=self.store.posts.waiting(),
            incidents=tuple(self.store.troubles.open()),
            quota_left=self.vocatech.quota_left() if is_admin else None,
            unmatched=len(self.store.links.unmatched_in_slack()) if is_admin else None,
        )
        asked.ack(**render_status(status, locale=self.locale))
