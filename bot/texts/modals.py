"""Modals of texts: opt-outs, recipients."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ui.action_ids import CHOOSE_NUMBER
from bot.ui.blocks import (
    Json,
    actions,
    bullets,
    line,
    moment,
    option,
    paragraph,
    plain,
    rich,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of, shorten

MOST_RECIPIENTS = 50

MOST_METADATA = 3_000


@dataclass(frozen=True)
class Recipient:
    """To whom a text goes: a number in E.164, and the contact's name where it is known."""

    number: str
    name: str | None = None
    contact_id: int | None = None


def render_recipients_modal(
    recipients: Sequence[Recipient], *, typed: str, words: str, locale: Locale
) -> Json:
    """Ask which of several is meant; the value of a choice is its number and its contact's id.

    `words` is the text to be sent; it comes back as the modal's `private_metadata`.
    """
    choices = [
        option(recipient_in_words(one, locale), f"{one.number} {one.contact_id or ''}")
        for one in recipients
    ]
    menu = {
        "type": "static_select",
        "action_id": CHOOSE_NUMBER,
        "placeholder": plain("Choose", 150),
        "options": choices[:MOST_RECIPIENTS],
    }
    ask = f"Several numbers fit {shorten(name_of(typed), 60)}. Which one?"
    shown = words_modal("Write a text", ask, blocks=[actions(menu)])
    return {**shown, "private_metadata": shorten(words, MOST_METADATA)}


def recipient_in_words(recipient: Recipient, locale: Locale) -> str:
    """Give the name, then the number as people write it."""
    number = locale.number(recipient.number)
    name = shorten(name_of(recipient.name or ""), 50)
    return f"{name}, {number}" if name else number


A_BLOCK = 50


@dataclass(frozen=True)
class OptedOut:
    """Somebody who wants no texts: number (E.164), the contact's name, since when (unix time)."""

    number: str
    name: str | None
    at: float


def render_opt_outs(people: Sequence[OptedOut], *, locale: Locale) -> Json:
    """List who wants no texts, the latest first."""
    if not people:
        return words_modal("No more texts", "Nobody has asked for no more texts.")
    said = "They wrote STOP or a word like it. Nothing is sent there until they write START."
    lists = [
        rich(bullets(*(_line(one, locale) for one in people[at : at + A_BLOCK])))
        for at in range(0, len(people), A_BLOCK)
    ]
    return words_modal("No more texts", said, blocks=lists)


def _line(one: OptedOut, locale: Locale) -> Json:
    number = locale.number(one.number)
    name = name_of(one.name or "")
    who = f"{name}, {number}" if name else number
    return paragraph(line(f"{who} · since "), moment(one.at, locale.plain_moment(one.at)))
