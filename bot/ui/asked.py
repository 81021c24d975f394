"""Owns what a word after `/vocatech` is handed: what was typed, by whom, and where."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.ui.command_text import Token


@dataclass(frozen=True)
class Asked:
    """A command as it came; `rest` is what stands after its first word."""

    ack: Callable[..., Any]
    respond: Callable[..., Any]
    command: dict[str, Any]
    rest: list[Token]

    @property
    def asker(self) -> str:
        """Who typed it (a Slack user)?"""
        return str(self.command["user_id"])

    @property
    def channel(self) -> str:
        """In which channel was it typed?"""
        return str(self.command["channel_id"])

    @property
    def trigger_id(self) -> str:
        """Give what opens a modal once, within three seconds."""
        return str(self.command["trigger_id"])

    @property
    def words(self) -> list[str]:
        """Give what was typed after the first word."""
        return [token.text for token in self.rest]
