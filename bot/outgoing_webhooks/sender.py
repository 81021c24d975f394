"""Worker that sends what is due for one endpoint; each endpoint has a queue of its own."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.models.integrations.outgoing_webhooks import (
    Delivery,
    Endpoint,
    pause_after,
    retry_delay,
)
from bot.outgoing_webhooks.client import Answer, ReceiverClient
from bot.outgoing_webhooks.payloads import make_payload
from bot.outgoing_webhooks.signing import sign
from bot.server.metrics import Metrics
from bot.server.workers import ENDPOINT_QUEUE
from bot.store import Store

log = structlog.get_logger()
GONE = "it answered HTTP 410, so it wants no more events"
NO_SECRET = "its signing secret was encrypted with another key"  # noqa: S105 (a reason)


def endpoints_with_work(*, store: Store, clock: Clock) -> list[str]:
    """Return the names of the queues with a delivery that is due."""
    return [f"{ENDPOINT_QUEUE}{one}" for one in store.endpoints.with_work(now=clock.now())]


def deliver_next(
    queue: str,
    *,
    store: Store,
    receivers: ReceiverClient,
    metrics: Metrics,
    clock: Clock,
    failpoint: Callable[[str], None],
) -> float:
    """Send the next delivery of an endpoint; return the seconds until the one after it.

    If the process ends before the answer is stored, the delivery is sent again under its ID.
    """
    endpoint = store.endpoints.find(int(queue.removeprefix(ENDPOINT_QUEUE)))
    if endpoint is None or not endpoint.is_on:
        return 0.0
    delivery = store.deliveries.next_due(endpoint.endpoint_id, now=clock.now())
    if delivery is None:
        return 0.0
    body = delivery.body or _freeze(delivery, endpoint, store)
    if body is None:
        return 0.0
    failpoint("webhook to be sent")
    answer = send(
        endpoint, delivery.delivery_id, body, store=store, receivers=receivers, clock=clock
    )
    failpoint("webhook answered")
    pause = _record(delivery, endpoint, answer, store, clock)
    failpoint("webhook marked")
    metrics.outgoing_webhooks.labels("failed" if answer.problem else "accepted").inc()
    return pause


def send(
    endpoint: Endpoint,
    delivery_id: str,
    body: str,
    *,
    store: Store,
    receivers: ReceiverClient,
    clock: Clock,
) -> Answer:
    """Send one signed request, and return the answer."""
    now = clock.now()
    secrets = store.endpoints.secrets(endpoint.endpoint_id, now=now)
    if not secrets:
        return Answer(NO_SECRET)
    content = body.encode()
    return receivers.post(
        endpoint.url, content, sign(delivery_id, int(now), content, secrets), now=now
    )


def _freeze(delivery: Delivery, endpoint: Endpoint, store: Store) -> str | None:
    """Return the body and keep it for all attempts; None if there is nothing to send any more."""
    body = make_payload(delivery, endpoint, store)
    if body is None:
        store.deliveries.drop(delivery.delivery_id)
        return None
    return body if store.deliveries.freeze(delivery.delivery_id, body) else None


def _record(
    delivery: Delivery, endpoint: Endpoint, answer: Answer, store: Store, clock: Clock
) -> float:
    now = clock.now()
    fields = {"delivery_id": delivery.delivery_id, "kind": str(delivery.kind)}
    if not answer.problem:
        store.deliveries.mark_done(delivery, now=now)
        log.info("outgoing_webhook_sent", **fields)
        return 0.0
    log.warning("outgoing_webhook_failed", problem=answer.problem, **fields)
    if answer.is_gone:
        store.deliveries.disable(endpoint.endpoint_id, GONE, now=now)
        return 0.0
    next_at: float | None = None
    if now < delivery.give_up_at:
        wait = max(retry_delay(delivery.attempts + 1), answer.retry_after)
        next_at = min(now + wait, max(delivery.give_up_at, now + answer.retry_after))
    pause = max(pause_after(endpoint.failures + 1), answer.retry_after)
    store.deliveries.mark_failed(
        delivery, answer.problem, now=now, next_at=next_at, not_before=now + pause
    )
    return 0.0
