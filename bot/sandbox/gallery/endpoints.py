"""Examples of outgoing webhooks: endpoints, the form, a secret, and failed events."""

from dataclasses import replace

from bot.models.integrations.outgoing_webhooks import (
    CHOSEN_EVENTS,
    MAX_ENDPOINTS,
    MAX_NAME,
    MAX_URL,
    Delivery,
    DeliveryCounts,
    DeliveryState,
    Endpoint,
    EventType,
)
from bot.outgoing_webhooks.modals import (
    render_endpoint_form,
    render_endpoints_modal,
    render_failed_events,
    render_secret,
)
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.store.integrations.deliveries import MOST_LISTED

SECRET = "whsec_" + "ZXhhbXBsZSBvZiBhIHNlY3JldCwgbm90IGEgcmVhbCE="
EVENTS = tuple(str(one) for one in CHOSEN_EVENTS)
CRM = Endpoint(1, "CRM", "https://hooks.example.com/vocatech", EVENTS, has_content=True,
               delivered_at=facts.NOW - 120)  # fmt: skip
NEW = Endpoint(2, "n8n", "https://n8n.example.com/webhook/5d1", EVENTS[:1])
FAILING = Endpoint(3, "Zapier", "https://hooks.example.org/catch/1", (), failures=9,
                   failing_since=facts.NOW - 7_200,
                   problem="it did not answer within 10 seconds")  # fmt: skip
GONE = Endpoint(4, "Old CRM", "https://old.example.com/hook", EVENTS[:2], is_on=False,
                problem="it answered HTTP 410, so it wants no more events",
                failing_since=facts.NOW - 86_400)  # fmt: skip
LONGEST = Endpoint(5, (facts.LONG_NAME * 2)[:MAX_NAME],
                   f"https://{'sub.' * 40}example.com/{'a' * 700}"[:MAX_URL], EVENTS,
                   failing_since=facts.NOW, problem="no connection could be made " * 8)  # fmt: skip
COUNTS = {3: DeliveryCounts(queued=12, failed=3), 5: DeliveryCounts(99_999, 99_999)}


def _failed(number: int, problem: str) -> Delivery:
    return Delivery(f"msg_{number:032x}", 3, EventType.CALL_MISSED, "call-2", facts.NOW - 9_000,
                    attempts=10, state=DeliveryState.FAILED, problem=problem)  # fmt: skip


ENDPOINTS = Group(
    "Outgoing webhooks",
    (
        Example("Endpoints", "After /vocatech webhooks.",
                lambda: render_endpoints_modal((CRM, NEW, FAILING, GONE), COUNTS, locale=LOCALE,
                                               notice="“CRM” saved.")),
        Example("No endpoints", "Nothing is sent until there is one.",
                lambda: render_endpoints_modal((), {}, locale=LOCALE)),
        Example("The most endpoints", "With the longest names.",
                lambda: render_endpoints_modal(
                    [replace(LONGEST, endpoint_id=5 + one) for one in range(MAX_ENDPOINTS)],
                    COUNTS, locale=LOCALE)),
        Example("New endpoint", "After Add endpoint.",
                lambda: render_endpoint_form(Endpoint(0, "", ""), token="t")),
        Example("Edit endpoint", "After Edit.", lambda: render_endpoint_form(CRM, token="t")),
        Example("Secret", "Once, after an endpoint was added.",
                lambda: render_secret("CRM", SECRET, is_new=True)),
        Example("New secret", "After Rotate secret.",
                lambda: render_secret("CRM", SECRET, is_new=False)),
        Example("Failed events", "Given up after three days.",
                lambda: render_failed_events(FAILING, [
                    _failed(1, "it answered HTTP 500"),
                    _failed(2, "it did not answer within 10 seconds"),
                ], 3)),
        Example("No failed events", "After all were tried again.",
                lambda: render_failed_events(FAILING, (), 0, notice="3 events queued again.")),
        Example("The most failed events", "All that are listed.",
                lambda: render_failed_events(
                    LONGEST, [_failed(one, "no answer " * 90) for one in range(MOST_LISTED)],
                    99_999)),
    ),
)  # fmt: skip
