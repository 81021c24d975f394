"""Owns knowing which channels are shared with people outside: Slack is asked, and asked again."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import SHARING_UNKNOWN
from bot.models.outbox import is_direct
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, UNKNOWN_METHOD, Retry, classify
from bot.store import Store

log = structlog.get_logger()

DAY = 86_400.0

# Slack allows about fifty a minute, and somebody else may need one.
CHANNELS_AT_ONCE = 30


@dataclass(frozen=True)
class SharedChannels:
    """Asks Slack of each channel before the first post there, and once a day."""

    store: Store
    slack: SlackClient
    clock: Clock
    tell_admins: Callable[..., object]
    _known: set[str] = field(default_factory=set)

    def learn(self, channel: str) -> float:
        """Ask of a channel unless that was done; give the seconds after which to ask again."""
        if channel in self._known or is_direct(channel):
            return 0.0
        pause = 0.0 if self.store.channels.is_asked_about(channel) else self._ask(channel)
        if not pause:
            self._known.add(channel)
        return pause

    def ask_again(self) -> float:
        """Ask of channels whose answer is a day old, or never came; give seconds to pause."""
        before = self.clock.now() - DAY
        for channel in self.store.channels.asked_before(before, most=CHANNELS_AT_ONCE):
            if pause := self._ask(channel):
                return pause
        return 0.0

    def _ask(self, channel: str) -> float:
        now = self.clock.now()
        try:
            is_shared = self.slack.is_shared(channel)
        except FAILURES as error:
            outcome = classify(error)
            if isinstance(outcome, Retry):
                return outcome.seconds
            if outcome.reason in UNKNOWN_METHOD:
                self.store.channels.set_shared(channel, is_shared=False, now=now)
                return 0.0
            log.warning("sharing_unknown", channel=channel, reason=outcome.reason)
            if outcome.reason == "missing_scope":
                self.tell_admins(SHARING_UNKNOWN, SHARING_UNKNOWN, {})
            self.store.channels.record_no_answer(channel, looked_at=now - DAY)  # asked again soon
            return 0.0
        self.store.channels.set_shared(channel, is_shared=is_shared, now=now)
        resolve_incident(SHARING_UNKNOWN, store=self.store)
        return 0.0


SECONDS_BETWEEN_LOOKS = 600.0


def look_who_shares(*, sharing: SharedChannels, wake: Callable[[], None]) -> float:
    """Ask Slack again of channels whose answer is old or missing; give seconds to pause longer."""
    pause = sharing.ask_again()
    wake()
    return pause
