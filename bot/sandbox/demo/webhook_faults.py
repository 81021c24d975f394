"""Demo buttons for late, duplicate, reordered, and lost webhooks."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.sandbox.demo.call_scenarios import DemoAction, make_action
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.webhooks import CALL_EVENTS, MESSAGE_EVENTS, WebhookFaults

SECONDS: Final = 30.0
GROUP: Final = "Webhook faults (30 s)"
# Several can be active at the same time, and each undoes only its own change.
_LOCK: Final = threading.Lock()


def late(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every webhook arrives 10 s late."""
    return _last(vocatech, speed, delay=10.0 / speed)


def doubled(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Every webhook arrives twice, up to 4 s apart."""
    return _last(vocatech, speed, copies=2, shuffle_seconds=4.0 / speed)


def shuffled(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Webhooks arrive in random order."""
    return _last(vocatech, speed, shuffle_seconds=8.0 / speed)


def lost(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """No webhooks arrive. The app finds calls and messages by polling."""
    return _last(vocatech, speed, lost=frozenset(CALL_EVENTS + MESSAGE_EVENTS))


def _last(vocatech: FakeVocatech, speed: float, **changes: Any) -> list[str]:
    normal = WebhookFaults()
    with _LOCK:
        vocatech.webhooks.faults = replace(vocatech.webhooks.faults, **changes)
    time.sleep(SECONDS / speed)
    with _LOCK:
        now = vocatech.webhooks.faults
        over = {name for name, value in changes.items() if getattr(now, name) == value}
        vocatech.webhooks.faults = replace(now, **{name: getattr(normal, name) for name in over})
    return []


WEBHOOK_FAULTS: Final[Mapping[str, DemoAction]] = {
    "fault_late": make_action("Late", late, GROUP, lasts=SECONDS),
    "fault_doubled": make_action("Duplicate", doubled, GROUP, lasts=SECONDS),
    "fault_shuffled": make_action("Out of order", shuffled, GROUP, lasts=SECONDS),
    "fault_lost": make_action("Lost", lost, GROUP, lasts=SECONDS),
}
