"""A receiver of outgoing webhooks on this machine, which writes into the demo's log."""

from collections.abc import Callable
from pathlib import Path

from bot.models.integrations.outgoing_webhooks import CHOSEN_EVENTS, EVENTS, Endpoint, EventType
from bot.outgoing_webhooks.signing import make_secret
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.slack.workspace import ADMIN
from bot.sandbox.webhook_receiver import WebhookReceiver
from bot.store import Store

NAME = "Demo receiver"


class DemoReceiver(WebhookReceiver):
    """Checks each delivery, as a CRM would, and says in the log what arrived."""

    log: Callable[[str], object] = print

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Keep a delivery, log it, and answer it."""
        response = super().answer(request)
        newest = self.received[-1]
        if newest.is_signed:
            label = EVENTS[EventType(newest.event["type"])].label
            self.log(f"Webhook received: {label} (signature valid)")
        else:
            self.log("Webhook rejected: wrong signature. Copy the new secret to the receiver.")
        return response

    def subscribe(self, database: Path, *, now: float) -> None:
        """Add this receiver as an endpoint with all events; `now` is in unix seconds."""
        secret = make_secret()
        self.secrets.append(secret)
        endpoint = Endpoint(
            0, NAME, self.hook_url, tuple(map(str, CHOSEN_EVENTS)), has_content=True
        )
        store = Store.open(database)
        try:
            store.endpoints.create(endpoint, secret, by=ADMIN, now=now)
        finally:
            store.close()
