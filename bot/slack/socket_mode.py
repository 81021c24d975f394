"""Socket Mode connection, which reconnects when it is lost."""

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.slack.errors import FAILURES, classify

log = structlog.get_logger()


class SocketMode:
    """An outgoing connection that brings Slack's requests to the listeners of the Bolt app."""

    def __init__(self, bolt: App, app_token: str, client: WebClient) -> None:
        """Store the parts; nothing connects before the first `connect`."""
        self._handler = SocketModeHandler(bolt, app_token, web_client=client)

    def connect(self) -> str | None:
        """Connect if not connected; return the reason if that fails, otherwise None."""
        if self._handler.client.is_connected():
            return None
        try:
            self._handler.client.connect_to_new_endpoint()
        except FAILURES as error:
            reason = classify(error).reason
            log.warning("socket_mode_connect_failed", reason=reason)
            return reason
        log.info("socket_mode_connected")
        return None

    def close(self) -> None:
        """Close the connection; this is slow if there never was one."""
        self._handler.client.close()
