"""One example in the gallery."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.ui.formatting import Locale
from bot.ui.message import Message

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = Message | Json

LOCALE = Locale(zone=ZoneInfo("America/New_York"))


@dataclass(frozen=True)
class Example:
    """A message, modal, or App Home, with a sentence on when people see it.

    `make` returns a message, a view, or the private response to a command.
    """

    name: str
    when: str
    make: Callable[[], Shown]

    @property
    def key(self) -> str:
        """The name as in a link: `answered-call`."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name.lower())
        return "-".join(words.split())


@dataclass(frozen=True)
class Group:
    """Examples under one heading."""

    title: str
    examples: tuple[Example, ...]
