"""Which channels are shared through Slack Connect: a cache, refreshed daily."""

import threading
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

# Slack allows about 50 requests per minute, and other requests may need some of them.
CHANNELS_PER_RUN = 30


@dataclass
class SharedChannels:
    """Asks Slack about each channel before the first post there, and once a day.

    At the start it asks about all own channels with one request: the first posts don't wait for it,
    and events that Slack sent while the app was off are made up for.
    """

    store: Store
    slack: SlackClient
    clock: Clock
    tell_admins: Callable[..., object]
    _has_listed: bool = False
    _known: set[str] = field(default_factory=set)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, channel: str) -> float:
        """Ask about a channel if it is unknown; return the seconds to wait before a retry."""
        if channel in self._known or is_direct(channel):
            return 0.0
        pause = 0.0 if self.store.channels.is_asked_about(channel) else self._ask(channel)
        if pause and self._ask_about_all(channel):
            pause = 0.0
        if not pause:
            self._known.add(channel)
        return pause

    def ask_again(self) -> float:
        """Ask about channels with no answer, or one a day old; return the seconds to wait."""
        if not self._has_listed:
            self._has_listed = True
            with self._asking:
                self._list_own()
        before = self.clock.now() - DAY
        for channel in self.store.channels.asked_before(before, most=CHANNELS_PER_RUN):
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
            # Yesterday, so that Slack is asked again soon.
            self.store.channels.record_no_answer(channel, looked_at=now - DAY)
            return 0.0
        self.store.channels.set_shared(channel, is_shared=is_shared, now=now)
        resolve_incident(SHARING_UNKNOWN, store=self.store)
        return 0.0

    def _ask_about_all(self, wanted: str) -> bool:
        """Ask about all own channels with one request; return whether `wanted` is known then.

        Slack allows about 50 questions a minute about single channels.
        """
        with self._asking:
            if not self.store.channels.is_asked_about(wanted):
                self._list_own()
            return self.store.channels.is_asked_about(wanted)

    def _list_own(self) -> None:
        """Record which own channels are shared, and which were shared while the app was off.

        That another was unshared can wait for its daily check: it shows too little until then.
        """
        now = self.clock.now()
        try:
            shared = self.slack.sharing_of_own()
        except FAILURES as error:
            log.warning("sharing_not_listed", reason=classify(error).reason)
            return
        for channel, is_shared in shared.items():
            known = self.store.channels
            is_new = is_shared and not known.is_shared(channel)
            if is_new or not known.is_asked_about(channel):
                known.set_shared(channel, is_shared=is_shared, now=now)


SECONDS_BETWEEN_REFRESHES = 600.0


def refresh_shared_channels(*, sharing: SharedChannels, wake: Callable[[], None]) -> float:
    """Ask Slack about channels with an old or no answer; return the extra seconds to wait."""
    pause = sharing.ask_again()
    wake()
    return pause
