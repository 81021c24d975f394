"""Handlers for `/vocatech`: its subcommands, help, and system status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond

from bot.health.messages import Status, render_status
from bot.people.permissions import Permissions
from bot.store import Store
from bot.store.sync import COVERED
from bot.ui.command_text import CommandText, Token, tokenize
from bot.ui.commands import render_help, render_unknown_subcommand
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient


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
        first, *rest = tokenize(command.get("text", "")) or [Token("")]
        run_subcommand = vocatech_words.get(first.text.lower())
        if run_subcommand is None:
            ack(**render_unknown_subcommand(first, list(vocatech_words)))
        else:
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
