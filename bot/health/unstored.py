"""Direct messages to admins that don't need the database, for when the disk is full."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.clock import Clock
from bot.health.messages import render_incident
from bot.slack.client import SlackClient
from bot.slack.errors import Sent

log = structlog.get_logger()
SECONDS_BETWEEN_REPORTS = 3_600.0


class UnstoredIncidents:
    """Incidents that are sent to the admins before they are stored.

    Other messages are rows of the database first, which a full disk prevents. While an incident
    can't be stored, it is sent once an hour.
    """

    def __init__(self, slack: SlackClient, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._told: dict[str, float] = {}
        self._lock = threading.Lock()

    def report(
        self, name: str, kind: str, detail: Mapping[str, Any], admins: Sequence[str]
    ) -> bool:
        """Send every admin a direct message; return whether any was told within the hour."""
        now = self._clock.monotonic()
        with self._lock:
            if now - self._told.get(name, float("-inf")) < SECONDS_BETWEEN_REPORTS:
                return True
            message = render_incident(f"{name} {self._clock.now():.0f}", kind, detail)
            outcomes = [self._slack.post(admin, message) for admin in admins]
            is_told = any(isinstance(outcome, Sent) for outcome in outcomes)
            if is_told:
                self._told[name] = now
        log.warning("incident_reported", name=name, told=is_told)
        return is_told

    def forget(self, name: str) -> None:
        """Note that an incident was stored, so that the next one is sent immediately."""
        with self._lock:
            self._told.pop(name, None)
