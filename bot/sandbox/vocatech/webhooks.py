"""Webhook delivery: subscriptions, signing, retries, and faults."""

import itertools
import json
import random
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from bot.sandbox.vocatech.signing import FORMS, sign
from bot.sandbox.vocatech.webhook_queue import WebhookDelivery, WebhookQueue

Event = dict[str, Any]

CALL_EVENTS: Final = ("call.started", "call.answered", "call.ended", "call.transcription")
MESSAGE_EVENTS: Final = ("message.sent", "message.received", "message.status_updated")
BACKOFF: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


@dataclass
class WebhookFaults:
    """Faults of the webhook delivery; each can be changed at any time.

    `lost` event types are never sent. Each event is delayed by `delay` seconds plus a random time
    up to `shuffle_seconds`, and is sent `copies` times.
    """

    lost: frozenset[str] = frozenset()
    delay: float = 0.0
    copies: int = 1
    shuffle_seconds: float = 0.0


@dataclass(frozen=True)
class FakeSubscription:
    """A URL that receives events, with its own signing secret."""

    url: str
    secret: str
    form: str = "documented"
    event_filters: Sequence[str] = CALL_EVENTS + MESSAGE_EVENTS
    name: str = "Slack"
    id: str = field(default_factory=lambda: uuid4().hex)


class WebhookSender:
    """Delivers events on some threads; those of one call or message stay in order until a retry."""

    def __init__(
        self, *, secret: str, backoff: Sequence[float] = BACKOFF, workers: int = 4, seed: int = 0
    ) -> None:
        self.secret = secret
        self.form = "documented"
        self.backoff = backoff
        self.faults = WebhookFaults()
        self.seconds_ahead: Callable[[], float] = lambda: 0.0  # of the signing clock
        self.subscriptions: list[FakeSubscription] = []
        self.sent: deque[tuple[str, int]] = deque(maxlen=100_000)
        self.abandoned: deque[str] = deque(maxlen=10_000)
        self._random = random.Random(seed)
        self._numbers = itertools.count()
        self._pending = 0
        self._settled = threading.Condition()
        self._queues = [WebhookQueue(self._after) for _ in range(workers)]

    def connect(
        self,
        webhook_url: str,
        *,
        form: str = "documented",
        secret: str | None = None,
        event_filters: Sequence[str] = CALL_EVENTS + MESSAGE_EVENTS,
    ) -> FakeSubscription:
        """Subscribe a URL, replacing its earlier subscription."""
        if form not in FORMS:
            message = f"no such form of signature: {form}"
            raise ValueError(message)
        self.disconnect(webhook_url)
        made = FakeSubscription(webhook_url, secret or self.secret, form, tuple(event_filters))
        self.subscribe(made)
        return made

    def subscribe(self, made: FakeSubscription) -> None:
        """Add or replace a subscription."""
        with self._settled:
            others = {one.id: one for one in self.subscriptions}
            self.subscriptions = list((others | {made.id: made}).values())

    def unsubscribe(self, gone: str) -> None:
        """Remove a subscription by its ID."""
        with self._settled:
            self.subscriptions = [one for one in self.subscriptions if one.id != gone]

    def disconnect(self, webhook_url: str | None = None) -> None:
        """Stop new events to a URL, or to all."""
        with self._settled:
            kept = [one for one in self.subscriptions if webhook_url and one.url != webhook_url]
            self.subscriptions = kept

    def deliver(self, event: Event, times: int = 1) -> None:
        """Queue an event for every subscription to its type."""
        faults = self.faults
        if event["event_type"] in faults.lost:
            return
        body = json.dumps(event).encode()
        for subscription in list(self.subscriptions):
            if event["event_type"] in subscription.event_filters:
                for _ in range(times * faults.copies):
                    delay = faults.delay + self._random.uniform(0, faults.shuffle_seconds)
                    self._send(event, body, subscription, delay)

    def _send(self, event: Event, body: bytes, to: FakeSubscription, delay: float) -> None:
        def signed(now: float) -> Mapping[str, str]:
            return sign(to.form, to.secret, body, now + self.seconds_ahead())

        with self._settled:
            self._pending += 1
            number = next(self._numbers)
        due = time.monotonic() + delay
        delivery = WebhookDelivery(due, number, str(event["id"]), to.url, body, signed)
        data = event.get("data", {})
        subject = str(data.get("call_id") or data.get("message_id") or event["id"])
        queue = zlib.crc32(subject.encode(errors="surrogatepass")) % len(self._queues)
        self._queues[queue].put(delivery)

    def _after(
        self, delivery: WebhookDelivery, status: int, put: Callable[[WebhookDelivery], None]
    ) -> None:
        self.sent.append((delivery.event_id, status))
        if not 200 <= status < 300:
            if delivery.attempt < len(self.backoff):
                delivery.due = time.monotonic() + self.backoff[delivery.attempt]
                delivery.attempt += 1
                put(delivery)
                return
            self.abandoned.append(delivery.event_id)
        with self._settled:
            self._pending -= 1
            self._settled.notify_all()

    def wait_until_delivered(self, timeout: float = 5.0) -> bool:
        """Wait until no delivery or retry is left; return whether that happened in time."""
        with self._settled:
            return self._settled.wait_for(lambda: self._pending == 0, timeout)

    def stop(self) -> None:
        """Stop sending and drop queued events."""
        for queue in self._queues:
            queue.stop()
