"""Webhooks API: event subscriptions and their signing secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import AnswerLost
from bot.vocatech.http import HttpClient
from bot.vocatech.shapes import Subscription, read_subscription


@dataclass(frozen=True)
class TestDelivery:
    """The result of a test delivery: the status that this app returned, or the error."""

    is_ok: bool
    status: int | None
    error: str | None


@dataclass(frozen=True)
class WebhooksApi:
    """`/webhooks`; list, update, and test are observed, create and delete are documented."""

    http: HttpClient

    def all(self) -> list[Subscription]:
        """Return all subscriptions; the response is an array (observed). Raises ApiError."""
        answer = self.http.get("/webhooks")
        rows = answer.get("webhooks") if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            raise AnswerLost("the response has no webhooks")
        found = (read_subscription(row) for row in rows)
        return [one for one in found if one is not None]

    def create(self, *, name: str, url: str, kinds: Sequence[str]) -> Subscription:
        """Subscribe `url` to event types; only this response has the secret. Raises ApiError."""
        body = {"name": name, "url": url, "event_filters": list(kinds)}
        return _needed(self.http.request("POST", "/webhooks", body=body))

    def update(self, subscription_id: str, **changes: Any) -> None:
        """Update `name`, `url`, or `event_filters`, not the secret (observed). Raises ApiError."""
        self.http.request("PATCH", _path(subscription_id), body=changes)

    def delete(self, subscription_id: str) -> None:
        """Delete a subscription (format assumed). Raises NotFound or another ApiError."""
        self.http.request("DELETE", _path(subscription_id))

    def test(self, subscription_id: str) -> TestDelivery:
        """Make Vocatech send a test event and return the result. Raises ApiError."""
        answer = self.http.request("POST", f"{_path(subscription_id)}/test", body={})
        result = answer if isinstance(answer, dict) else {}
        status, error = result.get("status_code"), result.get("error")
        return TestDelivery(
            is_ok=result.get("success") is True,
            status=status if isinstance(status, int) else None,
            error=str(error)[:200] if error else None,
        )


def _path(subscription_id: str) -> str:
    return f"/webhooks/{quote(subscription_id, safe='')}"


def _needed(row: Any) -> Subscription:
    made = read_subscription(row)
    if made is None:
        raise AnswerLost("the response has no subscription")
    return made
