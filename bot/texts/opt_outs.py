"""Owns the list of those who want no texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ui.blocks import Json, bullets, line, moment, paragraph, rich, words_modal
from bot.ui.formatting import Locale
from bot.ui.message import name_of

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
