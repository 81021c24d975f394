"""Worker that sends queued texts, each exactly once, even if the process is killed."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.clock import Clock, Timing
from bot.errors import (
    ApiError,
    KeyRefused,
    OutcomeUnknown,
    TooManyRequests,
    Unavailable,
    may_pass,
)
from bot.models.health import KEY_REFUSED
from bot.models.texts import SendState
from bot.server.metrics import Metrics
from bot.server.workers import UNCONFIRMED_TEXTS_QUEUE
from bot.store import Store
from bot.store.send_queue import Draft, Queued
from bot.texts.polling import TextPoller
from bot.texts.send_times import HANDLED, REPEATED
from bot.vocatech.client import VocatechClient
from bot.vocatech.messages import MessagesApi

log = structlog.get_logger()
RETRY_SECONDS = 20.0
MAX_WAIT = 60.0
OPTED_OUT, REFUSED = "the contact opted out", "Vocatech rejected it"


def has_queued(*, store: Store) -> bool:
    """Return whether a text is queued."""
    return store.send_queue.next_queued() is not None


def has_sendable(*, store: Store, text_poller: TextPoller) -> bool:
    """Return whether a text is queued and may be sent.

    After a start, that is once Vocatech's list of texts was read: the recipient may have replied
    STOP while the app was off. In a burst, it is once the texts from customers were read.
    """
    is_known = text_poller.caught_up.is_set() and not store.send_queue.must_wait()
    return is_known and has_queued(store=store)


def send_next_text(
    *,
    store: Store,
    vocatech: VocatechClient,
    metrics: Metrics,
    clock: Clock,
    timing: Timing,
    failpoint: Callable[[str], None],
    run_now: Callable[[str], None],
    tell_admins: Callable[[str, str, Mapping[str, Any]], None],
    why_not_now: Callable[[Queued], str | None],
) -> float:
    """Send one text; return the seconds until the next one may be sent."""
    queued = store.send_queue.next_queued()
    if queued is None:
        return 0.0
    draft, messages = queued.draft, vocatech.interactive.messages
    is_opted_out = store.opt_outs.of(draft.number) is not None
    reason = OPTED_OUT if is_opted_out else why_not_now(queued)
    if reason in (HANDLED, REPEATED):
        store.send_queue.cancel(draft.text_id, reason=reason)
        return 0.0
    if reason is not None:
        store.send_queue.refuse(draft.text_id, reason)
        return 0.0
    if (pause := messages.seconds_until_send()) > 0:
        _schedule(store, messages)
        return min(pause, MAX_WAIT)
    failpoint("text to be claimed")
    if not store.send_queue.begin(draft.text_id, now=clock.now()):
        return 0.0  # canceled or refused a moment ago
    failpoint("text claimed")
    error = _send(draft, messages)
    failpoint("text answered")
    pause = _record_result(draft.text_id, error, store, clock, timing)
    failpoint("text marked")
    metrics.texts.labels(type(error).__name__ if error else "taken").inc()
    if error is None:
        log.info("sms_sent", text_id=draft.text_id)
    if isinstance(error, OutcomeUnknown):
        run_now(UNCONFIRMED_TEXTS_QUEUE)
    if isinstance(error, KeyRefused):
        tell_admins(KEY_REFUSED, KEY_REFUSED, {})
    return pause


def _send(draft: Draft, messages: MessagesApi) -> ApiError | None:
    """Send one request to Vocatech; return the error, if any."""
    try:
        messages.send(
            draft.body, to=draft.number, sender=draft.company_number, platform=draft.platform
        )
    except ApiError as error:
        # A refusal may quote the text or the number, so its reason is shown in the thread only.
        is_ours = isinstance(error, OutcomeUnknown | Unavailable | TooManyRequests)
        reason = str(error) if is_ours else None
        log.warning("sms_not_sent", error=type(error).__name__, reason=reason)
        return error
    return None


def _schedule(store: Store, messages: MessagesApi) -> None:
    """Record when queued texts will be sent, if the limit of five in ten minutes delays them.

    Other delays, such as an outage, have no known end.
    """
    waiting = store.send_queue.queued()
    times: list[float | None] = [None] * len(waiting)
    if messages.sends_left() == 0:
        times = [*messages.next_send_times(len(waiting))]
    store.send_queue.wait(dict(zip(waiting, times, strict=True)))


def _record_result(
    text_id: str, error: ApiError | None, store: Store, clock: Clock, timing: Timing
) -> float:
    """Record the result of a send; return the seconds until the next text may be sent."""
    if error is None:
        store.send_queue.mark_sent(text_id)
    elif isinstance(error, OutcomeUnknown):
        store.send_queue.mark_unconfirmed(text_id, look_at=clock.now() + timing.text_looks[0])
    elif may_pass(error):
        # Definitely not sent. Retry, because the key or the connection may be restored.
        store.send_queue.requeue(text_id)
        wait = error.retry_after if isinstance(error, TooManyRequests) else None
        return wait or RETRY_SECONDS
    else:
        # If Vocatech gives a status without a reason, there is nothing after the colon.
        store.send_queue.refuse(text_id, f"{REFUSED}: {error}".rstrip(": "))
    return 0.0


def has_unconfirmed(*, store: Store) -> bool:
    """Return whether a text was requested without a response."""
    return bool(store.send_queue.unconfirmed())


def check_unconfirmed(
    *, store: Store, text_poller: TextPoller, clock: Clock, timing: Timing
) -> float:
    """Look up texts without a response in Vocatech's list; return the seconds until the next check.

    They are never resent automatically: after enough checks a person decides.
    """
    now = clock.now()
    waits = {one: _next_check(one, now, timing) - now for one in store.send_queue.unconfirmed()}
    # After the clock was set back, a time may be further ahead than any wait is long.
    longest = max(timing.text_request, *timing.text_looks)
    due = [one for one, wait in waits.items() if not 0 < wait <= longest]
    if not due:
        return min(waits.values(), default=0.0)
    try:
        text_poller.ingest(min(now, *(one.sending_since or now for one in due)), now)
    except ApiError as error:
        log.warning("text_check_failed", reason=str(error))
        for one in due:
            _check_later(one, one.looks, timing.text_looks[-1], store, clock)
        return 0.0
    for one in due:
        text, checks = store.texts.find(one.draft.text_id), one.looks + 1
        if text is None or text.message_id is not None:
            continue  # it was in the list, so the ingest has marked it as sent
        if checks < len(timing.text_looks):
            _check_later(one, checks, timing.text_looks[checks], store, clock)
        else:
            store.send_queue.ask(one.draft.text_id)
    return 0.0


def _next_check(one: Queued, now: float, timing: Timing) -> float:
    if one.step is SendState.SENDING:
        # If the process was killed, the request may still be in progress.
        return (one.sending_since or now) + timing.text_request
    return one.look_at or now


def _check_later(one: Queued, checks: int, pause: float, store: Store, clock: Clock) -> None:
    store.send_queue.mark_unconfirmed(one.draft.text_id, look_at=clock.now() + pause, looks=checks)
