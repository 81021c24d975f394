"""Owns the noun "example": one thing that the bot can show, and when people see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.ui.formatting import Locale
from bot.ui.message import Message

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = Message | Json

LOCALE = Locale()


@dataclass(frozen=True)
class Example:
    """One thing to look at: what it is, when people see it, and how it is made.

    `make` gives a message, a modal, a Home, or the private answer to a command.
    """

    name: str
    when: str
    make: Callable[[], Shown]

    @property
    def key(self) -> str:
        """Give the name as an address has it: `answered-call`."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name.lower())
        return "-".join(words.split())


@dataclass(frozen=True)
class Group:
    """Examples under one heading."""

    title: str
    examples: tuple[Example, ...]
