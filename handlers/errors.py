"""The one translator from errors to words for people, wherever they clicked or typed."""

from typing import Any

import structlog
from slack_bolt import BoltResponse, Respond

from bot.errors import BotError

log = structlog.get_logger()
SORRY = (
    "That did not work, and nothing was changed. Please try again; if it keeps failing, tell"
    " whoever runs this bot."
)


def explain_error(error: Exception, respond: Respond, body: dict[str, Any]) -> BoltResponse:
    """Tell whoever waited for an answer what happened, and keep the details for the log."""
    log.error("slack_listener_failed", error=type(error).__name__, exc_info=error)
    if body.get("response_url"):
        words = str(error) if isinstance(error, BotError) else SORRY
        respond(text=words, response_type="ephemeral", replace_original=False)
    return BoltResponse(status=200, body="")
