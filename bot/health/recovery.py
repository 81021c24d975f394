"""Recovery of claims, outcomes, and opt-outs from the cards in Slack after a restore."""

import threading
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.clock import Clock
from bot.models.customers.card_state import CardState, unpack_state
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, Retry, classify
from bot.slack.history import payload_of
from bot.store import Store
from bot.store.customers.card_states import APPLIED_AT_ONCE, FoundCard
from bot.store.database.restore_marks import READ_CHANNEL, RESTORED_AT, RESTORED_FROM

log = structlog.get_logger()

# Cards of older calls are hardly claimed any more.
SECONDS_READ = 30 * 86_400.0
# Two clocks may differ by this much.
MARGIN = 60.0
MESSAGES_AT_ONCE = 200
DONE, UNREADABLE = "done", "unreadable"


@dataclass(frozen=True)
class CardRecovery:
    """Reads what the cards of a channel show, before the app edits the first of them."""

    store: Store
    slack: SlackClient
    clock: Clock
    # Set from one check at which everything was read and posted until the next.
    was_settled: threading.Event = field(default_factory=threading.Event)
    _done: set[str] = field(default_factory=set)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _has_kept: threading.Event = field(default_factory=threading.Event)

    def learn(self, channel: str) -> float:
        """Read a channel once after a restore; return the seconds to wait before a retry."""
        if channel not in self._done:
            with self._reading:
                pause = 0.0 if channel in self._done else self._read(channel)
            if pause:
                return pause
            self._done.add(channel)
        self.apply()
        return 0.0

    def learn_all(self) -> float:
        """Read all channels with cards; return the seconds to wait before a retry."""
        taken_at = self.store.key_values.moment(RESTORED_FROM)
        if taken_at is None:
            return 0.0
        channels = self.store.card_states.channels(since=taken_at - SECONDS_READ)
        return max(map(self.learn, channels), default=0.0)

    def apply(self) -> None:
        """Take back what was found on cards, of all calls that are known by now."""
        if not self._has_kept.is_set():
            return
        taken_at = self.store.key_values.moment(RESTORED_FROM)
        restored_at = self.store.key_values.moment(RESTORED_AT)
        states, now = self.store.card_states, self.clock.now()
        if taken_at is None or restored_at is None:
            states.forget_kept()
        else:
            while (
                states.apply(taken_at=taken_at, restored_at=restored_at, now=now) == APPLIED_AT_ONCE
            ):
                pass
            states.apply_to_numbers(
                self.store.key_values.opaque_id, restored_at=restored_at, now=now
            )
        if not states.kept():
            self._has_kept.clear()

    def unread(self, taken_at: float) -> list[str]:
        """Return the channels whose history could not be read after a restore of that time."""
        return [
            channel
            for channel in self.store.card_states.channels(since=taken_at - SECONDS_READ)
            if self.store.key_values.text(f"{READ_CHANNEL}{channel}") != DONE
        ]

    def _read(self, channel: str) -> float:
        taken_at = self.store.key_values.moment(RESTORED_FROM)
        if taken_at is None:
            return 0.0
        self._has_kept.set()
        place = f"{READ_CHANNEL}{channel}"
        before = self.store.key_values.text(place)
        if before in (DONE, UNREADABLE):
            return 0.0
        found: list[dict[str, Any]] = []
        try:
            for message in self.slack.own_messages(
                channel, since=taken_at - SECONDS_READ, before=before
            ):
                found.append(message)
                if len(found) == MESSAGES_AT_ONCE:
                    self._keep(channel, found, taken_at)
                    found = []
        except FAILURES as error:
            self._keep(channel, found, taken_at)
            outcome = classify(error)
            if isinstance(outcome, Retry):
                return max(outcome.seconds, 1.0)
            log.warning("history_not_read", channel=channel, reason=outcome.reason)
            self.store.key_values.set_text(place, UNREADABLE)
            return 0.0
        self._keep(channel, found, taken_at)
        self.store.key_values.set_text(place, DONE)
        return 0.0

    def _keep(self, channel: str, messages: list[dict[str, Any]], taken_at: float) -> None:
        """Keep what these cards show, and that they were read."""
        if messages:
            cards = [card for one in messages if (card := _card(one, taken_at))]
            self.store.card_states.keep(cards)
            self.store.key_values.set_text(f"{READ_CHANNEL}{channel}", messages[-1]["ts"])


def _card(message: dict[str, Any], taken_at: float) -> FoundCard | None:
    """Return what a card or the head of a thread shows; None if the backup knows it, too."""
    payload = payload_of(message)
    subject = payload.get("call_id") or payload.get("conversation")
    blocks = message.get("blocks") or [{}]
    state = unpack_state(blocks[0].get("block_id", ""))
    if not subject or state is None:
        return None
    changed_at = float((message.get("edited") or {}).get("ts") or message["ts"])
    if changed_at < taken_at - MARGIN:
        return None
    is_newer = changed_at > taken_at + MARGIN
    return FoundCard(str(subject), state, is_newer) if is_newer or state != CardState() else None
