"""Prometheus metrics."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

PREFIX = "vocatech_slack_"
# New name to old name. The old ones, with their old labels, are served until version 0.2.
OLD_NAMES = {
    "webhooks_received_total": "received_total",
    "requests_refused_total": "refused_total",
    "events_stored_total": "stored_total",
    "messages_posted_total": "posted_total",
    "messages_edited_total": "edited_total",
    "unconfirmed_posts_resolved_total": "recovered_total",
    "dead_letter_posts_total": "parked_total",
    "web_api_errors_total": "slack_errors_total",
    "vocatech_api_errors_total": "api_errors_total",
    "rate_limit_exceeded_total": "over_limit_total",
    "texts_sent_total": "texts_total",
    "posts_pending": "waiting",
    "posts_deferred": "held",
    "requests_available": "quota_left",
    "incidents_open": "troubles",
}
OLD_LABELS = {
    "unconfirmed_posts_resolved_total": ("how",),
    "vocatech_api_errors_total": ("kind",),
    "texts_sent_total": ("answer",),
}
# Otherwise each counter has a second time series with its creation time.
disable_created_metrics()  # type: ignore[no-untyped-call]


def snake_case(label: str) -> str:
    """Return a label value in snake_case, such as `key_refused` for `KeyRefused`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label)
    return re.sub(r"\W+", "_", words).strip("_").lower()


class RenamedCounter:
    """A counter that is also served under its old name."""

    def __init__(self, counter: Counter, old: Counter | None) -> None:
        """Keep both; `old` is None for a counter that was never renamed."""
        self._counter = counter
        self._old = old
        # Each webhook needs two of them, and making them took 7 % of its time.
        self._labeled: dict[tuple[str, ...], Self] = {}

    def labels(self, *values: str) -> Self:
        """Return the counter for these label values."""
        if values not in self._labeled:
            self._labeled[values] = type(self)(
                self._counter.labels(*map(snake_case, values)),
                self._old.labels(*values) if self._old else None,
            )
        return self._labeled[values]

    def inc(self) -> None:
        """Count one."""
        self._counter.inc()
        if self._old:
            self._old.inc()


class Metrics:
    """The app's metrics, in a registry of their own, so that one process can have two apps."""

    def __init__(self) -> None:
        """Start all counters at zero."""
        self.registry = CollectorRegistry()
        self.received = self._counter(
            "webhooks_received_total", "Webhooks accepted, by event type.", "kind"
        )
        self.refused = self._counter(
            "requests_refused_total", "HTTP requests refused, by reason.", "reason"
        )
        self.stored = self._counter(
            "events_stored_total", "Events received, by source and result.", "source", "result"
        )
        self.posted = self._counter(
            "messages_posted_total", "Messages posted to Slack, by type.", "subject"
        )
        self.edited = self._counter(
            "messages_edited_total", "Messages edited in Slack, by type.", "subject"
        )
        self.recovered = self._counter(
            "unconfirmed_posts_resolved_total", "Unconfirmed posts resolved, by method.", "method"
        )
        self.parked = self._counter(
            "dead_letter_posts_total", "Posts given up, by reason.", "reason"
        )
        self.slack_errors = self._counter(
            "web_api_errors_total", "Slack Web API errors, by reason.", "reason"
        )
        self.api_errors = self._counter(
            "vocatech_api_errors_total", "Failed requests to Vocatech, by reason.", "reason"
        )
        self.over_limit = self._counter(
            "rate_limit_exceeded_total", "HTTP 429 responses from Vocatech (should be 0)."
        )
        self.texts = self._counter("texts_sent_total", "Attempts to send a text.", "result")
        self.outgoing_webhooks = self._counter(
            "outgoing_webhooks_total", "Attempts to send an event to an endpoint.", "result"
        )
        self.polls = self._counter("polls_total", "Completed polls of Vocatech.")
        self.lag = Histogram(
            f"{PREFIX}lag_seconds",
            "Time from queueing a call card to posting it.",
            registry=self.registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
        )

    def count_refusal(self, reason: str) -> None:
        """Count a request that was refused."""
        self.refused.labels(reason).inc()

    def measure(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Register a gauge whose value is read at each scrape."""
        for one, help_of in self._names(name, help_text):
            Gauge(one, help_of, registry=self.registry).set_function(read)

    def measure_each(
        self, name: str, help_text: str, kinds: Sequence[str], read: Callable[[], Mapping[str, int]]
    ) -> None:
        """Register a gauge with a value for each kind; `read` is called once for each scrape."""
        self.registry.register(_GaugeByKind(self._names(name, help_text), kinds, read))

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> RenamedCounter:
        all_labels = (labels, OLD_LABELS.get(name, labels))
        new, *old = [
            Counter(one, help_of, names, registry=self.registry)
            for (one, help_of), names in zip(self._names(name, help_text), all_labels, strict=False)
        ]
        return RenamedCounter(new, old[0] if old else None)

    def _names(self, name: str, help_text: str) -> list[tuple[str, str]]:
        """Return the full names, the old one last, each with its help text."""
        names = [(f"{PREFIX}{name}", help_text)]
        if old := OLD_NAMES.get(name):
            names.append((f"{PREFIX}{old}", f"Old name of {PREFIX}{name}."))
        return names


class _GaugeByKind(Collector):
    """A gauge by kind under its names: labels in snake_case under the first one only."""

    def __init__(
        self,
        names: list[tuple[str, str]],
        kinds: Sequence[str],
        read: Callable[[], Mapping[str, int]],
    ) -> None:
        self._names = names
        self._kinds = kinds
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Return the gauges without values, as the registry needs their names."""
        return [GaugeMetricFamily(name, text, labels=["kind"]) for name, text in self._names]

    def collect(self) -> Iterable[Metric]:
        """Return the gauges with a value for each kind."""
        values = self._read()
        for nth, (name, text) in enumerate(self._names):
            gauge = GaugeMetricFamily(name, text, labels=["kind"])
            for kind in self._kinds:
                gauge.add_metric([kind if nth else snake_case(kind)], values.get(kind, 0))
            yield gauge
