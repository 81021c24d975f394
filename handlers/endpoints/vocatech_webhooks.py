"""Vocatech's webhooks: verified, parsed, stored, and acknowledged."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.clock import Clock
from bot.errors import PayloadUnreadable, SignatureRefused
from bot.health.refusals import RefusalCounter
from bot.models.events import Event
from bot.server.load import Load
from bot.server.metrics import Metrics
from bot.server.rate_limit import RateLimiter
from bot.server.web import Request, Response, answer_json
from bot.store import Store
from bot.store.ingest import Saved
from bot.vocatech.events import EVENT_KINDS, identify_event, parse_event
from bot.vocatech.signature import verify

log = structlog.get_logger()


@dataclass(frozen=True)
class VocatechWebhooks:
    """The endpoint for Vocatech's webhooks.

    `secrets` come from the settings; those of subscriptions that the app created are in the store.
    """

    secrets: list[str]
    region: str
    opt_out_words: tuple[str, ...]
    store: Store
    metrics: Metrics
    webhook_refusals: RefusalCounter
    load: Load
    clock: Clock
    wake: Callable[[], None]
    failpoint: Callable[[str], None]
    # A flood of forged requests must not fill the log.
    log_limit: RateLimiter = field(default_factory=lambda: RateLimiter(1, 60.0))

    def receive_webhook(self, request: Request) -> Response:
        """Store one delivery; the response depends on the local disk only, never on Slack.

        Responds with 200 if stored or already known, 400 if malformed, 401 if not verified. In a
        burst, a delivery is stored as it is, and a worker merges it into its call afterwards.
        """
        with self.load:
            return self._receive(request, is_burst=self.load.is_burst)

    def _receive(self, request: Request, *, is_burst: bool) -> Response:
        now = self.clock.now()
        try:
            form = _verify(request, given=self.secrets, store=self.store, clock=self.clock)
            event = identify_event(request.body) if is_burst else self._parse(request.body)
        except SignatureRefused as refusal:
            self.metrics.count_refusal(f"signature {refusal.reason}")
            if refusal.reason != "missing":
                self.webhook_refusals.add(refusal.reason, now=now)
            self._log_rejected(f"signature {refusal.reason}")
            return answer_json(401, error=f"signature {refusal.reason}")
        except PayloadUnreadable as refusal:
            self.metrics.count_refusal("unreadable")
            self._log_rejected(str(refusal))
            return answer_json(400, error=str(refusal))
        self.webhook_refusals.believe(now=now)
        kind = event.kind if event.kind in EVENT_KINDS else "other"
        self.metrics.received.labels(kind).inc()
        # Later log events about the call have its ID, too.
        call = {"call": event.report.call_id} if event.report else {}
        log.debug("webhook_received", kind=kind, event_id=event.event_id, **call)
        self.failpoint("before insert")
        calls = self.store.calls
        save = calls.defer if is_burst else calls.save
        saved = save(event, now=now, signature=form)
        self.failpoint("after commit")
        log.debug("webhook_stored", kind=kind, event_id=event.event_id, result=saved, form=form)
        is_deferred = is_burst and saved is Saved.NEWS
        if not is_deferred:  # otherwise counted once it is read
            self.metrics.stored.labels("webhook", saved).inc()
        if saved is Saved.NEWS and not (is_deferred and self.load.has_deferred):
            self.load.has_deferred = is_deferred or self.load.has_deferred
            self.wake()
        return answer_json(200, status=saved)

    def _parse(self, body: bytes) -> Event:
        return parse_event(body, region=self.region, opt_out_words=self.opt_out_words)

    def _log_rejected(self, reason: str) -> None:
        if self.log_limit.try_take(self.clock.monotonic()) <= 0:
            log.warning("webhook_rejected", reason=reason)


def _verify(request: Request, *, given: list[str], store: Store, clock: Clock) -> str:
    """Return the format of the signature. Raises SignatureRefused."""
    made = store.subscriptions.secrets()
    try:
        return verify(request.headers, request.body, secrets=[*given, *made], now=clock.now())
    except SignatureRefused as refusal:
        if refusal.reason != "forged":
            raise
        # A command that runs beside the app may have just created a subscription.
        store.subscriptions.refresh_if_stale(monotonic=clock.monotonic())
        new = set(store.subscriptions.secrets()) - set(made)
        if not new:
            raise
    return verify(request.headers, request.body, secrets=new, now=clock.now())
