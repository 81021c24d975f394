"""The Webhooks endpoints."""

import json
import secrets
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal
from uuid import uuid4

from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.request_validation import (
    Check,
    PathNotFound,
    by_method,
    check_query,
    is_like,
    is_text,
    read_fields,
)
from bot.sandbox.vocatech.signing import sign
from bot.sandbox.vocatech.webhook_queue import NO_ANSWER, WebhookConnection, WebhookDelivery
from bot.sandbox.vocatech.webhooks import (
    CALL_EVENTS,
    MESSAGE_EVENTS,
    FakeSubscription,
    WebhookSender,
)

EVENTS: Final = CALL_EVENTS + MESSAGE_EVENTS
LONGEST_NAME: Final = 200
_LOOPBACK: Final = r"http://(?:127\.0\.0\.1|localhost|\[::1\])"
# The real API accepts only HTTPS; in tests and the demo the app listens on loopback without it.
ADDRESS: Final = rf"^(?:https://[A-Za-z0-9.-]+|{_LOOPBACK})(?::[0-9]{{1,5}})?(?:/[!-~]*)?$"
_FIELDS: Final = ("name", "url", "event_filters")


def _are_events(value: Any) -> str | None:
    if not isinstance(value, list) or not value:
        return "must be a list of event types"
    if any(not isinstance(one, str) or one not in EVENTS for one in value):
        return f"must be some of {', '.join(EVENTS)}"
    return "must not repeat itself" if len(set(value)) < len(value) else None


_CHECKS: Final[dict[str, Check]] = {
    "name": is_text(most=LONGEST_NAME),
    "url": is_like(ADDRESS, "an https address"),
    "event_filters": _are_events,
}


class FakeSubscriptions:
    """The subscriptions of a `WebhookSender`; `secret_name` is the field of the secret."""

    def __init__(self, webhooks: WebhookSender) -> None:
        self.secret_name: Literal["secret", "signing_secret"] = "secret"
        self._webhooks = webhooks

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/webhooks`."""
        if not rest:
            return by_method(request, {"GET": self._list, "POST": self._create})
        one, slash, action = rest.partition("/")
        found = next((sub for sub in self._webhooks.subscriptions if sub.id == one), None)
        if found is None or (slash and action != "test"):
            raise PathNotFound
        if action:
            return by_method(request, {"POST": partial(self._test, found)})
        acts = {"PATCH": partial(self._change, found), "DELETE": partial(self._delete, found)}
        return by_method(request, acts)

    def _list(self, request: HttpRequest) -> HttpResponse:
        check_query(request)
        return HttpResponse(200, [_shown(one) for one in self._webhooks.subscriptions])

    def _create(self, request: HttpRequest) -> HttpResponse:
        given = read_fields(request, _CHECKS, needed=_FIELDS)
        made = FakeSubscription(
            url=given["url"],
            secret=secrets.token_hex(24),
            form=self._webhooks.form,
            event_filters=tuple(given["event_filters"]),
            name=given["name"],
        )
        self._webhooks.subscribe(made)
        return HttpResponse(201, _shown(made) | {self.secret_name: made.secret})

    def _change(self, found: FakeSubscription, request: HttpRequest) -> HttpResponse:
        given = read_fields(request, _CHECKS)
        changed = replace(found, **given)
        self._webhooks.subscribe(changed)
        return HttpResponse(200, _shown(changed))

    def _delete(self, found: FakeSubscription, request: HttpRequest) -> HttpResponse:
        check_query(request)
        self._webhooks.unsubscribe(found.id)
        return HttpResponse(204)

    def _test(self, found: FakeSubscription, request: HttpRequest) -> HttpResponse:
        check_query(request)
        if request.body:
            read_fields(request, {})
        status = _send_test(found)
        error = "no answer" if status == NO_ANSWER else f"the address answered {status}"
        good = 200 <= status < 300
        body = {"success": good, "status_code": status or None, "error": None if good else error}
        return HttpResponse(200, body)


def _send_test(to: FakeSubscription) -> int:
    """Send a test event on this thread; return the status or `NO_ANSWER`."""
    data = {"subscription_id": to.id, "message": "This is a test."}
    event = {"id": f"evt_{uuid4().hex}", "event_type": "test", "data": data}
    body = json.dumps(event).encode()

    def signed(now: float) -> dict[str, str]:
        return sign(to.form, to.secret, body, now)

    connection = WebhookConnection()
    try:
        return connection.post(WebhookDelivery(0.0, 0, str(event["id"]), to.url, body, signed))
    finally:
        connection.close()


def _shown(one: FakeSubscription) -> dict[str, Any]:
    filters = list(one.event_filters)
    return {"id": one.id, "name": one.name, "url": one.url, "event_filters": filters}
