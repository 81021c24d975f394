"""Sending: texts that were written here leave one after the other, each once, whatever dies."""

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
from bot.models.texts import Step
from bot.server.metrics import Metrics
from bot.server.workers import DOUBTS_LANE
from bot.store import Store
from bot.store.send_queue import Draft, Queued
from bot.texts.polling import TextPoller
from bot.vocatech.client import VocatechClient
from bot.vocatech.messages import MessagesApi

log = structlog.get_logger()
SECONDS_BETWEEN_TRIES = 20.0
LONGEST_WAIT = 60.0
# What nobody wrote is about a call of just now: over the quota, or after an outage, it stays here.
SECONDS_OF_INTEREST = 20 * 60.0
TOO_LATE = "it could not leave in time"
OPTED_OUT, REFUSED = "they asked for no more texts", "Vocatech refused it"


def is_anything_to_send(*, store: Store) -> bool:
    """Say whether a text waits."""
    return store.replies.next_queued() is not None


def send_next_text(
    *,
    store: Store,
    vocatech: VocatechClient,
    metrics: Metrics,
    clock: Clock,
    timing: Timing,
    boundary: Callable[[str], None],
    hurry: Callable[[str], None],
    tell_admins: Callable[[str, str, Mapping[str, Any]], None],
) -> float:
    """Send one text; give the seconds until the next may follow."""
    one = store.replies.next_queued()
    if one is None:
        return 0.0
    draft, messages = one.draft, vocatech.interactive.messages
    if draft.slack_user is None and clock.now() - one.written_at > SECONDS_OF_INTEREST:
        store.replies.refuse(draft.text_id, TOO_LATE)
        return 0.0
    if store.opt_outs.of(draft.number):
        store.replies.refuse(draft.text_id, OPTED_OUT)
        return 0.0
    if (pause := messages.seconds_until_send()) > 0:
        _tell_when(store, messages)
        return min(pause, LONGEST_WAIT)
    boundary("text to be claimed")
    if not store.replies.begin(draft.text_id, now=clock.now()):
        return 0.0  # taken back, or refused, a moment ago
    boundary("text claimed")
    error = _send(draft, messages)
    boundary("text answered")
    pause = _note_answer(draft.text_id, error, store, clock, timing)
    boundary("text marked")
    metrics.texts.labels(type(error).__name__ if error else "taken").inc()
    if isinstance(error, OutcomeUnknown):
        hurry(DOUBTS_LANE)
    if isinstance(error, KeyRefused):
        tell_admins(KEY_REFUSED, KEY_REFUSED, {})
    return pause


def _send(draft: Draft, messages: MessagesApi) -> ApiError | None:
    """Ask Vocatech once to take a text; give what came instead of a good answer."""
    try:
        messages.send(
            draft.body, to=draft.number, sender=draft.company_number, platform=draft.platform
        )
    except ApiError as error:
        # A refusal may quote the text or the number; what it says stands in the thread alone.
        is_ours = isinstance(error, OutcomeUnknown | Unavailable | TooManyRequests)
        reason = str(error) if is_ours else None
        log.warning("text_not_taken", error=type(error).__name__, reason=reason)
        return error
    return None


def _tell_when(store: Store, messages: MessagesApi) -> None:
    """Note when the texts that wait will leave, where it is the five in ten minutes they wait for.

    Nobody knows how long anything else that is in the way will take.
    """
    waiting = store.replies.queued()
    times: list[float | None] = [None] * len(waiting)
    if messages.sends_left() == 0:
        times = [*messages.next_send_times(len(waiting))]
    store.replies.wait(dict(zip(waiting, times, strict=True)))


def _note_answer(
    text_id: str, error: ApiError | None, store: Store, clock: Clock, timing: Timing
) -> float:
    """Note what the answer means for a text; give the seconds until the next may follow."""
    if error is None:
        store.replies.mark_sent(text_id)
    elif isinstance(error, OutcomeUnknown):
        store.replies.doubt(text_id, look_at=clock.now() + timing.text_looks[0])
    elif may_pass(error):
        # Surely not sent, and to be tried again: the key may be mended, the line come back.
        store.replies.give_back(text_id)
        wait = error.retry_after if isinstance(error, TooManyRequests) else None
        return wait or SECONDS_BETWEEN_TRIES
    else:
        # Where Vocatech says no more than its status, nothing stands behind the colon.
        store.replies.refuse(text_id, f"{REFUSED}: {error}".rstrip(": "))
    return 0.0


def is_any_in_doubt(*, store: Store) -> bool:
    """Say whether a text was sent without an answer."""
    return bool(store.replies.in_doubt())


def look_for_texts(*, store: Store, text_lists: TextPoller, clock: Clock, timing: Timing) -> float:
    """Look in Vocatech's list for texts whose answer was lost; give the seconds until the next.

    None is ever sent again: where enough looks were in vain, a person is asked.
    """
    now = clock.now()
    waits = {one: _look_at(one, now, timing) - now for one in store.replies.in_doubt()}
    # After a clock was set back, a moment may lie further ahead than any wait is long.
    longest = max(timing.text_request, *timing.text_looks)
    due = [one for one, wait in waits.items() if not 0 < wait <= longest]
    if not due:
        return min(waits.values(), default=0.0)
    try:
        text_lists.take_in(min(now, *(one.sending_since or now for one in due)), now)
    except ApiError as error:
        log.warning("texts_not_looked_for", reason=str(error))
        for one in due:
            _look_again(one, one.looks, timing.text_looks[-1], store, clock)
        return 0.0
    for one in due:
        text, looks = store.texts.find(one.draft.text_id), one.looks + 1
        if text is None or text.message_id is not None:
            continue  # the intake has noted that it is out
        if looks < len(timing.text_looks):
            _look_again(one, looks, timing.text_looks[looks], store, clock)
        else:
            store.replies.ask(one.draft.text_id)
    return 0.0


def _look_at(one: Queued, now: float, timing: Timing) -> float:
    if one.step is Step.SENDING:
        # If its process died, the request may still be on its way.
        return (one.sending_since or now) + timing.text_request
    return one.look_at or now


def _look_again(one: Queued, looks: int, pause: float, store: Store, clock: Clock) -> None:
    store.replies.doubt(one.draft.text_id, look_at=clock.now() + pause, looks=looks)
