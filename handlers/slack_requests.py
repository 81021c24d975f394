"""Slack's requests over HTTP: commands, clicks and modals, handed to Bolt."""

from collections.abc import Callable

import structlog
from slack_bolt import App, BoltRequest

from bot.clock import Clock
from bot.health.refusals import RefusalCounter
from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json

log = structlog.get_logger()
# How Bolt stumbles over a body that is not built as Slack builds them.
SENSELESS = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def answer_slack(
    request: Request,
    *,
    bolt: App,
    is_signed: Callable[[Request], bool],
    metrics: Metrics,
    slack_refusals: RefusalCounter,
    clock: Clock,
) -> Response:
    """Have Bolt answer what Slack signed: 401 for anything else, 400 for what makes no sense.

    Bolt reads a body before it has checked the signature, so it is checked here first.
    """
    if not is_signed(request):
        metrics.count_refusal("slack signature")
        if "x-slack-signature" in request.headers:
            slack_refusals.add("forged", now=clock.now())
        return answer_json(401, error="signature missing, stale or forged")
    slack_refusals.believe(now=clock.now())
    try:
        answer = bolt.dispatch(
            BoltRequest(
                body=request.body.decode(), query=request.query, headers=dict(request.headers)
            )
        )
    except SENSELESS as error:
        log.warning("slack_request_unreadable", error=type(error).__name__)
        metrics.count_refusal("slack unreadable")
        return answer_json(400, error="this is no request that Slack makes")
    content_type = answer.first_headers().get("content-type", "text/plain")
    return Response(answer.status, (answer.body or "").encode(), content_type)
