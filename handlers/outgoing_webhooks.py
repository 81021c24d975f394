"""Outgoing webhooks: endpoints, their secrets, and failed events."""

from typing import Any

from slack_bolt import Ack

from bot.outgoing_webhooks.service import FAILED, TEST, EndpointService
from bot.slack.list_flow import ListFlow

Json = dict[str, Any]


class EndpointHandlers(ListFlow[EndpointService]):
    """The list of endpoints."""

    def send_test(self, ack: Ack, action: Json, body: Json) -> None:
        """Queue a test event."""
        ack()
        self._change(body, TEST, action["value"])

    def show_failed(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the list of failed events."""
        ack()
        self._change(body, FAILED, action["value"])

    def retry(self, ack: Ack, action: Json, body: Json) -> None:
        """Try failed events again."""
        ack()
        self._show_failed(body, self.service.retry(body["user"]["id"], action["value"]))

    def discard(self, ack: Ack, action: Json, body: Json) -> None:
        """Delete failed events."""
        ack()
        self._show_failed(body, self.service.discard(body["user"]["id"], action["value"]))

    def _show_failed(self, body: Json, view: Json) -> None:
        self.slack.refresh_modal(body["view"]["id"], view)
        self._refresh(body["user"]["id"], "", body["view"].get("previous_view_id"))
