"""`/vocatech`: help, one's link with an extension, the bot's state, own settings, templates."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, Respond

from bot.health.messages import Status, render_status
from bot.people.permissions import Permissions
from bot.store import Store
from bot.store.watermark import COVERED
from bot.ui.command_text import CommandText, Token, tokenize
from bot.ui.commands import render_help
from bot.ui.formatting import Locale
from bot.vocatech.client import VocatechClient


def answer_vocatech(
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


def show_help(asked: CommandText) -> None:
    """Say what can be typed."""
    asked.ack(**render_help())


def show_status(
    asked: CommandText,
    *,
    store: Store,
    vocatech: VocatechClient,
    rights: Permissions,
    locale: Locale,
    has_webhooks: bool,
) -> None:
    """Say how the bot is doing, and how the asker is linked."""
    is_admin = rights.is_admin(asked.asker)
    last = store.calls.last_webhook()
    status = Status(
        person=store.links.person_of(asked.asker),
        last_webhook=last[0] if last else None,
        last_poll=store.notes.moment(COVERED),
        has_webhooks=has_webhooks,
        waiting=store.posts.waiting(),
        troubles=tuple(store.troubles.open()),
        quota_left=vocatech.quota_left() if is_admin else None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )
    asked.ack(**render_status(status, locale=locale))
