"""The one translator from errors to words for people, wherever they clicked or typed."""

from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_bolt import BoltResponse, Respond

from bot.errors import BotError

log = structlog.get_logger()
SORRY = (
    "That did not work, and nothing was changed. Please try again; if it keeps failing, tell"
    " whoever runs this bot."
)


def explain_error(
    error: Exception, respond: Respond, body: dict[str, Any], *, slack_host: str
) -> BoltResponse:
    """Tell whoever waited for an answer what happened, and keep the details for the log.

    Words go to Slack's own addresses only, whatever the request says.
    """
    log.error("slack_listener_failed", error=type(error).__name__, exc_info=error)
    if urlsplit(str(body.get("response_url", ""))).hostname in {slack_host, "hooks.slack.com"}:
        words = str(error) if isinstance(error, BotError) else SORRY
        respond(text=words, response_type="ephemeral", replace_original=False)
    return BoltResponse(status=200, body="")
