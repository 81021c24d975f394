"""Owns what the demo's buttons do to webhooks on their way: late, doubled, shuffled or lost."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.sandbox.demo.call_scenarios import DemoAction, make_action
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.webhooks import CALL_EVENTS, MESSAGE_EVENTS, WebhookFaults

SECONDS: Final = 30.0
GROUP: Final = "Webhooks, for 30 s"
# Several may be in force at once, and each takes back only what it brought.
_TURNING: Final = threading.Lock()


def late(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Deliver every event 10 s late."""
    return _last(vocatech, speed, late=10.0 / speed)


def doubled(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Deliver every event twice, 4 s apart at most."""
    return _last(vocatech, speed, doubled=2, shuffled=4.0 / speed)


def shuffled(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Deliver events in any order: an end may come before its start."""
    return _last(vocatech, speed, shuffled=8.0 / speed)


def lost(vocatech: FakeVocatech, *, speed: float = 1.0) -> list[str]:
    """Deliver no event: only the lists of calls and texts tell what happened."""
    return _last(vocatech, speed, lost=frozenset(CALL_EVENTS + MESSAGE_EVENTS))


def _last(vocatech: FakeVocatech, speed: float, **brought: Any) -> list[str]:
    fair = WebhookFaults()
    with _TURNING:
        vocatech.webhooks.faults = replace(vocatech.webhooks.faults, **brought)
    time.sleep(SECONDS / speed)
    with _TURNING:
        now = vocatech.webhooks.faults
        over = {name for name, value in brought.items() if getattr(now, name) == value}
        vocatech.webhooks.faults = replace(now, **{name: getattr(fair, name) for name in over})
    return []


WEBHOOK_FAULTS: Final[Mapping[str, DemoAction]] = {
    "fault_late": make_action("Late", late, GROUP, lasts=SECONDS),
    "fault_doubled": make_action("Doubled", doubled, GROUP, lasts=SECONDS),
    "fault_shuffled": make_action("Shuffled", shuffled, GROUP, lasts=SECONDS),
    "fault_lost": make_action("Lost", lost, GROUP, lasts=SECONDS),
}
