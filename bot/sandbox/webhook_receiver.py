"""A receiver of outgoing webhooks that checks signatures, and that can misbehave."""

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from bot.sandbox.http import FakeServer, HttpRequest, HttpResponse

Json = dict[str, Any]
TOLERANCE = 300.0
PATH = "/hook"


@dataclass(frozen=True)
class Received:
    """A request as it arrived; `is_signed` with one of the secrets that the receiver knows."""

    delivery_id: str
    body: bytes
    headers: Mapping[str, str]
    is_signed: bool
    status: int

    @property
    def event(self) -> Json:
        """The payload."""
        parsed: Json = json.loads(self.body)
        return parsed


@dataclass
class ReceiverFaults:
    """How the receiver answers: with a status and headers, or not before `until_released`."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    until_released: Event | None = None


class WebhookReceiver(FakeServer):
    """Keeps every delivery; `secrets` are those that it accepts."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.secrets: list[str] = []
        self.answering = ReceiverFaults()
        self.received: deque[Received] = deque(maxlen=1_000)
        self.now: Callable[[], float] = time.time

    @property
    def hook_url(self) -> str:
        """The URL to add as an endpoint."""
        return f"{self.url}{PATH}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Keep a delivery and answer it."""
        told = self.answering
        is_signed = self._is_signed(request)
        status = told.status if is_signed or told.status >= 300 else 401
        delivery_id = request.headers.get("webhook-id", "")
        self.received.append(
            Received(delivery_id, request.body, request.headers, is_signed, status)
        )
        if told.until_released is not None:
            told.until_released.wait(60.0)
        return HttpResponse(status, {}, told.headers)

    def accepted(self) -> list[Json]:
        """Return the events that were accepted, in order."""
        return [one.event for one in self.received if one.status < 300]

    def kinds(self) -> list[str]:
        """Return the types of the events that were accepted, in order."""
        return [one["type"] for one in self.accepted()]

    def _is_signed(self, request: HttpRequest) -> bool:
        stamp = request.headers.get("webhook-timestamp", "")
        if not stamp.isdecimal() or abs(self.now() - int(stamp)) > TOLERANCE:
            return False
        content = f"{request.headers.get('webhook-id', '')}.{stamp}.".encode() + request.body
        given = request.headers.get("webhook-signature", "").split()
        return any(
            hmac.compare_digest(f"v1,{_signature(secret, content)}", one)
            for secret in self.secrets
            for one in given
        )


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
