"""Gauges of the metrics, which are read at each scrape."""

from functools import partial

from bot.models.health import KINDS
from bot.models.integrations.outgoing_webhooks import DeliveryState
from bot.server.metrics import Metrics
from bot.store import Store
from bot.vocatech.client import VocatechClient


def measure(metrics: Metrics, store: Store, vocatech: VocatechClient) -> None:
    """Register the gauges that are read at each scrape."""
    metrics.measure("posts_pending", "Posts and edits waiting for Slack.", store.posts.waiting)
    metrics.measure("posts_deferred", "Posts deferred by quiet hours.", store.batches.held)
    metrics.measure(
        "requests_available", "Requests to Vocatech allowed right now.", vocatech.quota_left
    )
    metrics.measure(
        "outgoing_webhooks_pending",
        "Events queued for endpoints.",
        partial(store.deliveries.count, DeliveryState.QUEUED),
    )
    metrics.measure(
        "outgoing_webhooks_given_up",
        "Events that endpoints did not accept within three days.",
        partial(store.deliveries.count, DeliveryState.FAILED),
    )
    metrics.measure_each(
        "incidents_open", "Open incidents, by kind.", tuple(KINDS), store.incidents.counts
    )
