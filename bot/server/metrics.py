"""Owns what can be counted and measured, as Prometheus reads it."""

from collections.abc import Callable, Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The bot's counters; each has its own registry, so that two bots in one process differ."""

    def __init__(self) -> None:
        """Start every count at nothing."""
        self._registry = CollectorRegistry()
        self.received = self._counter("received", "Webhooks accepted, by kind of event.", "kind")
        self.refused = self._counter("refused", "Requests refused, by reason.", "reason")
        self.stored = self._counter(
            "stored", "Events stored, by source and what they were.", "source", "result"
        )
        self.posted = self._counter("posted", "Messages posted to Slack.", "subject")
        self.edited = self._counter("edited", "Messages edited in Slack.", "subject")
        self.recovered = self._counter("recovered", "Doubtful posts settled, by how.", "how")
        self.parked = self._counter("parked", "Posts set aside for good, by reason.", "reason")
        self.slack_errors = self._counter(
            "slack_errors", "Answers of Slack that were no success.", "reason"
        )
        self.api_errors = self._counter(
            "api_errors", "Requests to Vocatech that failed, by kind.", "kind"
        )
        self.over_limit = self._counter(
            "over_limit",
            "Answers 429 of Vocatech: a defect, since this side keeps below its limits.",
        )
        self.texts = self._counter("texts", "Texts that left, by what their answer said.", "answer")
        self.polls = self._counter("polls", "Polls of Vocatech that came to their end.")
        self.lag = Histogram(
            "vocatech_slack_lag_seconds",
            "From the moment a call is to be shown to the moment it is.",
            registry=self._registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
        )

    def count_refusal(self, reason: str) -> None:
        """Count a request that was refused."""
        self.refused.labels(reason).inc()

    def measure(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Measure something anew whenever somebody looks."""
        gauge = Gauge(f"vocatech_slack_{name}", help_text, registry=self._registry)
        gauge.set_function(read)

    def measure_each(
        self, name: str, help_text: str, kinds: Iterable[str], read: Callable[[str], float]
    ) -> None:
        """Measure something for each of some kinds, anew whenever somebody looks."""
        gauge = Gauge(f"vocatech_slack_{name}", help_text, ["kind"], registry=self._registry)
        for kind in kinds:
            gauge.labels(kind).set_function(partial(read, kind))

    def text(self) -> bytes:
        """Give everything in Prometheus's text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"vocatech_slack_{name}", help_text, labels, registry=self._registry)
