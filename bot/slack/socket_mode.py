"""Owns the connection of Socket Mode: made when Slack can be reached, and made again when lost."""

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.slack.errors import FAILURES, classify

log = structlog.get_logger()


class SocketMode:
    """Slack's requests over a connection that we open, to the listeners of the same Bolt app."""

    def __init__(self, bolt: App, app_token: str, client: WebClient) -> None:
        """Keep the parts; nothing is connected before the first `connect`."""
        self._handler = SocketModeHandler(bolt, app_token, web_client=client)

    def connect(self) -> str | None:
        """Connect if there is no connection; give the reason where that fails, else None."""
        if self._handler.client.is_connected():
            return None
        try:
            self._handler.client.connect_to_new_endpoint()
        except FAILURES as error:
            reason = classify(error).reason
            log.warning("socket_mode_not_connected", reason=reason)
            return reason
        log.info("socket_mode_connected")
        return None

    def close(self) -> None:
        """Close the connection; takes its time where there was never any."""
        self._handler.client.close()
