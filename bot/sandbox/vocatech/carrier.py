"""Delivery of outgoing messages: sent, delivered, read, or failed."""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from bot.sandbox.delayed_tasks import DelayedTasks

Message = dict[str, Any]
Emit = Callable[[str, dict[str, Any]], object]

# Assumption: it is unknown in which field Vocatech reports why a message failed.
REASON: Final = "error"
OUT_OF_REACH: Final = "The handset is switched off or out of reach."
IS_A_LANDLINE: Final = "The number is a landline."
REFUSED: Final = "The carrier refused the message."


class Carrier:
    """Delivers messages to customers and emits their status.

    After `delay` seconds, `message.sent` is emitted, and after `delay` more,
    `message.status_updated`: delivered, or failed with a reason for `unreachable` numbers and
    `landlines`. After `delay` more, a WhatsApp message is read.
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
        """Make one more of the next messages fail."""
        self._failing.append(reason)

    def carry(self, message: Message) -> None:
        """Send a message; its status changes later."""
        self.delayed.put(self.delay, partial(self._emit, "message.sent", as_event(message)))
        statuses = ["delivered", "read"] if message["channel"] == "whatsapp" else ["delivered"]
        reason = self._failure(message["remote_number"])
        for place, status in enumerate(["failed"] if reason else statuses, start=2):
            self.delayed.put(self.delay * place, partial(self._arrive, message, status, reason))

    def _failure(self, number: str) -> str:
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


def as_event(message: Message) -> dict[str, Any]:
    """Return a message as in a webhook, whose field names differ from the list."""
    sides = (message["remote_number"], message["group_number"])
    from_, to = sides if message["direction"] == "incoming" else sides[::-1]
    same = {name: message[name] for name in ("message_id", "direction", "channel")}
    words = {"from": from_, "to": to, "body": message["body"], "status": message["status"]}
    return same | words | {"sent_at": message["sent_time"]}
