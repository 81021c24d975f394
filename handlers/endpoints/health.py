"""HTTP endpoints for monitoring: liveness, readiness, metrics."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json


@dataclass(frozen=True)
class HealthEndpoints:
    """`/healthz`, `/readyz` and `/metrics`."""

    obstacles: Callable[[], list[str]]
    metrics: Metrics

    def healthz(self, _: Request) -> Response:
        """Return 200 while the process serves requests."""
        return answer_json(200, status="alive")

    def readyz(self, _: Request) -> Response:
        """Return 200 when the app can do its work, else 503 with the obstacles."""
        found = self.obstacles()
        return answer_json(
            503 if found else 200, status="not ready" if found else "ready", obstacles=found
        )

    def metrics_page(self, _: Request) -> Response:
        """Return all metrics in Prometheus's text format."""
        return Response(200, self.metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
