"""Trigger IDs: each opens one modal, within three seconds."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.slack.state import MethodError

_MOST: Final = 10_000


@dataclass
class _Trigger:
    user: str
    until: float
    is_spent: bool = False


class Triggers:
    """The trigger IDs of one workspace."""

    def __init__(self, *, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._triggers: dict[str, _Trigger] = {}

    def clear(self) -> None:
        """Forget every trigger."""
        self._triggers.clear()

    def make(self, user: str) -> str:
        """Return a new trigger ID for a user."""
        trigger_id = f"{time.time_ns()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user, self._clock() + self._seconds)
        while len(self._triggers) > _MOST:
            self._triggers.pop(next(iter(self._triggers)))
        return trigger_id

    def look(self, trigger_id: str) -> str:
        """Return the user of a valid trigger."""
        return self._good(trigger_id).user

    def spend(self, trigger_id: str) -> str:
        """Use up a trigger and return its user."""
        trigger = self._good(trigger_id)
        trigger.is_spent = True
        return trigger.user

    def _good(self, trigger_id: str) -> _Trigger:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise MethodError("invalid_trigger_id")
        if trigger.is_spent:
            raise MethodError("exchanged_trigger_id")
        if self._clock() > trigger.until:
            raise MethodError("expired_trigger_id")
        return trigger
