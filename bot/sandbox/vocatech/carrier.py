"""Owns what becomes of a text that left the company: told of, delivered, read, or failed."""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from bot.sandbox.delayed_tasks import DelayedTasks

Message = dict[str, Any]
Emit = Callable[[str, dict[str, Any]], object]

# Assumed: nobody has reported under which name Vocatech says why a text failed.
REASON: Final = "error"
OUT_OF_REACH: Final = "The handset is switched off or out of reach."
IS_A_LANDLINE: Final = "The number is a landline."
REFUSED: Final = "The carrier refused the message."


class Carrier:
    """Carries texts to customers, and tells of each what became of it.

    `delay` seconds after a text was taken its `message.sent` is emitted, and after as many again
    its `message.status_updated`: delivered, or failed with its reason where it went to one of the
    `unreachable` or the `landlines`. What goes by WhatsApp is read after as many again.
    """

    def __init__(self, emit: Emit) -> None:
        self.unreachable: set[str] = set()
        self.landlines: set[str] = set()
        self.delay = 0.05
        self.delayed = DelayedTasks()
        self._failing: deque[str] = deque()
        self._emit = emit
        self._lock = threading.Lock()

    def fail_next(self, reason: str = REFUSED) -> None:
        """Let the next text fail, whoever it goes to; told twice, the next two."""
        self._failing.append(reason)

    def carry(self, message: Message) -> None:
        """Put a text on its way; its status changes while it goes."""
        self.delayed.put(self.delay, partial(self._emit, "message.sent", told(message)))
        fates = ["delivered", "read"] if message["channel"] == "whatsapp" else ["delivered"]
        reason = self._obstacle(message["remote_number"])
        for place, status in enumerate(["failed"] if reason else fates, start=2):
            self.delayed.put(self.delay * place, partial(self._arrive, message, status, reason))

    def _obstacle(self, number: str) -> str:
        if self._failing:
            return self._failing.popleft()
        if number in self.landlines:
            return IS_A_LANDLINE
        return OUT_OF_REACH if number in self.unreachable else ""

    def _arrive(self, message: Message, status: str, reason: str) -> None:
        news = {"status": status} | ({REASON: reason} if reason else {})
        with self._lock:
            message |= news
        data = {"message_id": message["message_id"]} | news
        self._emit("message.status_updated", data)


def told(message: Message) -> dict[str, Any]:
    """Give a message as a webhook tells it, under other names than the list has."""
    sides = (message["remote_number"], message["group_number"])
    from_, to = sides if message["direction"] == "incoming" else sides[::-1]
    same = {name: message[name] for name in ("message_id", "direction", "channel")}
    words = {"from": from_, "to": to, "body": message["body"], "status": message["status"]}
    return same | words | {"sent_at": message["sent_time"]}
