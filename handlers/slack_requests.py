"""Slack's requests over HTTP: commands, clicks and modals, handed to Bolt."""

from http import HTTPStatus

import structlog
from slack_bolt import App, BoltRequest

from bot.metrics import Metrics
from bot.web import Request, Response, answer_json

log = structlog.get_logger()


def answer_slack(request: Request, *, bolt: App, metrics: Metrics) -> Response:
    """Have Bolt check the signature and answer; 401 where it cannot be Slack's."""
    # Bolt answers 500 where this header is no number.
    if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
        metrics.count_refusal("slack signature missing")
        return answer_json(401, error="signature missing")
    answer = bolt.dispatch(
        BoltRequest(
            body=request.body.decode(errors="replace"),
            query=request.query,
            headers=dict(request.headers),
        )
    )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        metrics.count_refusal("slack signature forged")
    content_type = answer.first_headers().get("content-type", "text/plain")
    return Response(answer.status, (answer.body or "").encode(), content_type)
