"""Vocatech's webhooks: verify, parse, store, answer 200, wake the workers."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.errors import PayloadUnreadable, SignatureRefused
from bot.health.refusals import RefusalCounter
from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json
from bot.store import Store
from bot.store.ingest import Saved
from bot.vocatech.events import EVENT_KINDS, parse_event
from bot.vocatech.signature import verify

log = structlog.get_logger()


@dataclass(frozen=True)
class VocatechWebhooks:
    """Vocatech's webhooks."""

    secrets: list[str]
    region: str
    opt_out_words: tuple[str, ...]
    store: Store
    metrics: Metrics
    webhook_refusals: RefusalCounter
    clock: Clock
    wake: Callable[[], None]
    boundary: Callable[[str], None]

    def receive_webhook(self, request: Request) -> Response:
        """Take one delivery in; the answer depends on our disk only, never on Slack.

        200 stored (or known already), 400 senseless, 401 not proved to be Vocatech's. `secrets` are
        those of the settings; the ones of subscriptions that the bot made come beside them.
        """
        now = self.clock.now()
        try:
            form = _prove(request, given=self.secrets, store=self.store, clock=self.clock)
            event = parse_event(request.body, region=self.region, opt_out_words=self.opt_out_words)
        except SignatureRefused as refusal:
            self.metrics.count_refusal(f"signature {refusal.reason}")
            if refusal.reason != "missing":
                self.webhook_refusals.add(refusal.reason, now=now)
            return answer_json(401, error=f"signature {refusal.reason}")
        except PayloadUnreadable as refusal:
            self.metrics.count_refusal("unreadable")
            return answer_json(400, error=str(refusal))
        self.webhook_refusals.believe(now=now)
        kind = event.kind if event.kind in EVENT_KINDS else "other"
        self.metrics.received.labels(kind).inc()
        self.boundary("before insert")
        saved = self.store.calls.save(event, now=now, signature=form)
        self.boundary("after commit")
        self.metrics.stored.labels("webhook", saved).inc()
        log.debug("webhook_stored", kind=kind, event_id=event.event_id, result=saved, form=form)
        if saved is Saved.NEWS:
            self.wake()
        return answer_json(200, status=saved)


def _prove(request: Request, *, given: list[str], store: Store, clock: Clock) -> str:
    """Give the form of the signature; raises SignatureRefused."""
    made = store.subscriptions.secrets()
    try:
        return verify(request.headers, request.body, secrets=[*given, *made], now=clock.now())
    except SignatureRefused as refusal:
        if refusal.reason != "forged":
            raise
        # A command run beside the bot may have made a new subscription a moment ago.
        store.subscriptions.look_again(monotonic=clock.monotonic())
        new = set(store.subscriptions.secrets()) - set(made)
        if not new:
            raise
    return verify(request.headers, request.body, secrets=new, now=clock.now())
