"""Owns the Webhooks family: who is told of events, and with which secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.errors import AnswerLost
from bot.vocatech.http import HttpClient
from bot.vocatech.shapes import Subscription, read_subscription


@dataclass(frozen=True)
class TestDelivery:
    """What came of a test delivery: the status that our own door gave, or the error on the way."""

    is_ok: bool
    status: int | None
    error: str | None


@dataclass(frozen=True)
class WebhooksApi:
    """`/webhooks`: list, change and test are observed, create and delete documented."""

    http: HttpClient

    def all(self) -> list[Subscription]:
        """Give all subscriptions, a bare array (observed). Raises ApiError."""
        answer = self.http.get("/webhooks")
        rows = answer.get("webhooks") if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            raise AnswerLost("the answer has no webhooks")
        found = (read_subscription(row) for row in rows)
        return [one for one in found if one is not None]

    def create(self, *, name: str, url: str, kinds: Sequence[str]) -> Subscription:
        """Subscribe `url` to these kinds of event; the secret comes only now. Raises ApiError."""
        body = {"name": name, "url": url, "event_filters": list(kinds)}
        return _needed(self.http.request("POST", "/webhooks", body=body))

    def update(self, subscription_id: str, **changes: Any) -> None:
        """Change `name`, `url` or `event_filters`; the secret stays (observed). Raises ApiError."""
        self.http.request("PATCH", _path(subscription_id), body=changes)

    def delete(self, subscription_id: str) -> None:
        """Drop a subscription (its form is assumed). Raises NotFound, or another ApiError."""
        self.http.request("DELETE", _path(subscription_id))

    def test(self, subscription_id: str) -> TestDelivery:
        """Have Vocatech deliver a test event and say how that went. Raises ApiError."""
        answer = self.http.request("POST", f"{_path(subscription_id)}/test", body={})
        told = answer if isinstance(answer, dict) else {}
        status, error = told.get("status_code"), told.get("error")
        return TestDelivery(
            is_ok=told.get("success") is True,
            status=status if isinstance(status, int) else None,
            error=str(error)[:200] if error else None,
        )


def _path(subscription_id: str) -> str:
    return f"/webhooks/{quote(subscription_id, safe='')}"


def _needed(row: Any) -> Subscription:
    made = read_subscription(row)
    if made is None:
        raise AnswerLost("the answer names no subscription")
    return made
