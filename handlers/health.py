"""What machines ask the bot: is it alive, can it do its work, what has it counted?"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json


@dataclass(frozen=True)
class HealthEndpoints:
    """`/healthz`, `/readyz` and `/metrics`."""

    obstacles: Callable[[], list[str]]
    metrics: Metrics

    def say_alive(self, _: Request) -> Response:
        """Answer 200 as long as the process serves at all."""
        return answer_json(200, status="alive")

    def say_ready(self, _: Request) -> Response:
        """Answer 200 when the bot can do its work, else 503 with what stands in the way."""
        found = self.obstacles()
        return answer_json(
            503 if found else 200, status="not ready" if found else "ready", obstacles=found
        )

    def show_metrics(self, _: Request) -> Response:
        """Give all counts in Prometheus's text format."""
        return Response(200, self.metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
