"""Slack's HTTP requests: verified, then passed to Bolt."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import structlog
from slack_bolt import App, BoltRequest

from bot.clock import Clock
from bot.health.refusals import RefusalCounter
from bot.server.metrics import Metrics
from bot.server.rate_limit import RateLimiter
from bot.server.web import Request, Response, answer_json

log = structlog.get_logger()

# What Bolt raises for a body that Slack would never send.
MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class SlackRequests:
    """The endpoint for Slack's HTTP requests."""

    bolt: App
    is_signed: Callable[[Request], bool]
    metrics: Metrics
    slack_refusals: RefusalCounter
    clock: Clock
    # A flood of forged requests must not fill the log.
    log_limit: RateLimiter = field(default_factory=lambda: RateLimiter(1, 60.0))

    def answer_slack(self, request: Request) -> Response:
        """Pass a signed request to Bolt; respond with 401 if not signed, 400 if malformed.

        Bolt reads the body before it verifies the signature, so this verifies it first.
        """
        if not self.is_signed(request):
            return self._reject(request)
        self.slack_refusals.believe(now=self.clock.now())
        if b"ssl_check=1" in request.body.split(b"&"):
            # Slack checks the certificate this way; Bolt would respond with 404.
            return Response(200, b"ok", "text/plain")
        try:
            answer = self.bolt.dispatch(
                BoltRequest(
                    body=_body_for_bolt(request.body.decode()),
                    query=request.query,
                    headers=dict(request.headers),
                )
            )
        except MALFORMED as error:
            log.warning("slack_request_malformed", error=type(error).__name__)
            self.metrics.count_refusal("slack unreadable")
            return answer_json(400, error="malformed request")
        content_type = answer.first_headers().get("content-type", "text/plain")
        return Response(answer.status, (answer.body or "").encode(), content_type)

    def _reject(self, request: Request) -> Response:
        self.metrics.count_refusal("slack signature")
        if "x-slack-signature" in request.headers:
            self.slack_refusals.add("forged", now=self.clock.now())
        if self.log_limit.try_take(self.clock.monotonic()) <= 0:
            log.warning("slack_request_rejected", reason="signature missing, stale, or forged")
        return answer_json(401, error="signature missing, stale, or forged")


def _body_for_bolt(body: str) -> str:
    """Return a form without a `payload` field as JSON, and any other body unchanged.

    Bolt takes the word "payload" anywhere in a form for that field, and then drops the form. A
    person may type the word after a command.
    """
    if "payload" not in body or body.startswith("{"):
        return body
    form = dict(parse_qsl(body, keep_blank_values=True))
    return body if "payload" in form else json.dumps(form)
