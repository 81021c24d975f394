"""Slack's requests over HTTP: commands, clicks and modals, handed to Bolt."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from slack_bolt import App, BoltRequest

from bot.clock import Clock
from bot.health.refusals import RefusalCounter
from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json

log = structlog.get_logger()

# How Bolt stumbles over a body that is not built as Slack builds them.
SENSELESS = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True)
class SlackRequests:
    """Slack's requests over HTTP."""

    bolt: App
    is_signed: Callable[[Request], bool]
    metrics: Metrics
    slack_refusals: RefusalCounter
    clock: Clock

    def answer_slack(self, request: Request) -> Response:
        """Have Bolt answer what Slack signed: 401 for anything else, 400 for what makes no sense.

        Bolt reads a body before it has checked the signature, so it is checked here first.
        """
        if not self.is_signed(request):
            self.metrics.count_refusal("slack signature")
            if "x-slack-signature" in request.headers:
                self.slack_refusals.add("forged", now=self.clock.now())
            return answer_json(401, error="signature missing, stale or forged")
        self.slack_refusals.believe(now=self.clock.now())
        try:
            answer = self.bolt.dispatch(
                BoltRequest(
                    body=request.body.decode(), query=request.query, headers=dict(request.headers)
                )
            )
        except SENSELESS as error:
            log.warning("slack_request_unreadable", error=type(error).__name__)
            self.metrics.count_refusal("slack unreadable")
            return answer_json(400, error="this is no request that Slack makes")
        content_type = answer.first_headers().get("content-type", "text/plain")
        return Response(answer.status, (answer.body or "").encode(), content_type)
