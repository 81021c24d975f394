"""Minimal workspace and phone company for tests of the demo page."""

import threading
from dataclasses import dataclass
from typing import Any

from tests.support.page_samples import BEGAN, Json


@dataclass(frozen=True)
class Play:
    """A scenario of the phone company."""

    label: str
    description: str
    group: str = "Calls"
    key: str = ""


PLAYS = {
    "answered": Play("Answered call", "Rings, is answered, ends; the summary comes later"),
    "missed": Play("Missed call", "Rings out, nobody picks up"),
    "burst": Play("Fifty calls at once", "One channel, one second", "Busy hours"),
    "weather_rate": Play("Slack says slow down", "429 for ten seconds", "Weather"),
    "weather_drop": Play("Answers get lost", "Posted, but the bot never hears", "Weather"),
}


class FakeWorkspace:
    """The minimum that the page needs: messages by channel, and a log of actions."""

    def __init__(self, *messages: Json) -> None:
        self.revision = 1
        self.shown: list[Json] = list(messages)
        self.view: Json | None = None
        self.done: list[tuple[Any, ...]] = []
        self.answer: Any = None
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self._changed = threading.Condition()

    def change(self) -> None:
        """Wake waiting requests."""
        with self._changed:
            self.revision += 1
            self._changed.notify_all()

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Wait for another revision."""
        with self._changed:
            self._changed.wait_for(lambda: self.revision != revision, timeout)
            return self.revision

    def messages(self, channel: str) -> list[Json]:
        """Return the messages of the only busy channel."""
        return list(self.shown) if channel == "C1" else []

    def pane(self, _user: str) -> None:
        """Return no side pane."""

    def thread(self, _channel: str, ts: str) -> list[Json]:
        """Return a message and one reply."""
        reply = {"ts": f"{BEGAN + 20}.000001", "bot_id": "B1", "text": "Summary arrived."}
        return [message for message in self.shown if message["ts"] == ts] + [reply]

    def channels(self) -> dict[str, str]:
        """Return the channels."""
        return {"C1": "calls", "C2": "sales", "D1": "Vocatech"}

    def places(self, user: str) -> dict[str, str]:
        """Return the channels, and the direct messages of one person."""
        mine = {"U1": "D1"}.get(user)
        return {"C1": "calls", "C2": "sales"} | ({mine: "Vocatech"} if mine else {})

    def file(self, file_id: str) -> tuple[str, str, bytes]:
        """Return a file."""
        return self.files[file_id]

    def users(self) -> dict[str, str]:
        """Return the people."""
        return {"U1": "Alex Moreno", "U2": "Priya Nair"}

    def open_view(self, _user: str) -> Json | None:
        """Return the open modal."""
        return self.view

    def click(self, *given: Any) -> Any:
        """Record a click."""
        if given[2] == "gone":
            msg = "That message is gone."
            raise LookupError(msg)
        self.done.append(("click", *given))
        return self.answer

    def click_in_view(self, *given: Any, values: Any = None) -> Any:
        """Record a click in a modal."""
        self.done.append(("click_in_view", *given, values))
        return self.answer

    def type_in_view(self, *given: Any, values: Any = None, enter: bool = False) -> Any:
        """Record text typed in a modal."""
        self.done.append(("type_in_view", *given, values, enter))
        return self.answer

    def load_options(self, *given: Any, **where: Any) -> Any:
        """Record text typed into a menu and return its options."""
        self.done.append(("options", *given, where))
        return self.answer

    def use_shortcut(self, *given: Any) -> Any:
        """Record a shortcut of the workspace."""
        self.done.append(("shortcut", *given))
        return self.answer

    def use_message_shortcut(self, *given: Any) -> Any:
        """Record a shortcut of a message."""
        self.done.append(("message shortcut", *given))
        return self.answer

    def close_view(self, *given: Any) -> None:
        """Close the modal."""
        self.view = None
        self.done.append(("close", *given))

    def submit_view(self, *given: Any) -> Any:
        """Record a submission."""
        self.done.append(("submit", *given))
        return self.answer
