"""Outgoing webhooks: endpoints, their secrets, and failed events."""

from typing import Any

from slack_bolt import Ack

from bot.outgoing_webhooks.service import FAILED, TEST, EndpointService
from bot.slack.list_flow import ListFlow
from bot.slack.modal_state import reject_form

Json = dict[str, Any]


class EndpointHandlers(ListFlow[EndpointService]):
    """The list of endpoints."""

    def save(self, ack: Ack, body: Json, view: Json) -> None:
        """Save a form; show the secret of a new endpoint in its place."""
        user = body["user"]["id"]
        change = self.service.save(user, view)
        if change.errors and not self.submissions.knows(self._token_of(view)):
            reject_form(ack, view, change.errors)
            return
        if change.form:
            ack(response_action="update", view=change.form)
        else:
            ack()
        self._refresh(user, change.notice, view["previous_view_id"])

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
