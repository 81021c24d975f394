"""Sending: texts that were written here leave one after the other, each once, whatever dies."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import (
    ApiError,
    KeyRefused,
    NotFound,
    OutcomeUnknown,
    RequestRefused,
    TooManyRequests,
    Unavailable,
)
from bot.metrics import Metrics
from bot.notices import KEY_REFUSED
from bot.outbox import Timing
from bot.render.trouble import words_for
from bot.store import Store
from bot.store.replies import Queued
from bot.text_lists import TextLists
from bot.texts import Step
from bot.vocatech.client import VocatechClient

log = structlog.get_logger()
SECONDS_BETWEEN_TRIES = 20.0
LONGEST_WAIT = 60.0
OPTED_OUT = "they asked for no more texts"


def is_anything_to_send(*, store: Store) -> bool:
    """Say whether a text waits, or is in doubt."""
    return store.replies.is_anything_open()


def send_next_text(
    *,
    store: Store,
    vocatech: VocatechClient,
    text_lists: TextLists,
    metrics: Metrics,
    clock: Clock,
    timing: Timing,
    boundary: Callable[[str], None],
    wake: Callable[[], None],
    tell_admins: Callable[[str, str, Mapping[str, Any]], None],
) -> float:
    """Send one text, or look for one in doubt; give the seconds until there is more to do."""
    pauses = [_look_for(one, store, text_lists, clock, timing) for one in store.replies.in_doubt()]
    one = store.replies.next_queued()
    if one is None:
        wake()
        return min(pauses, default=0.0)
    if store.opt_outs.of(one.draft.number):
        store.replies.refuse(one.draft.text_id, OPTED_OUT)
        wake()
        return 0.0
    messages = vocatech.for_people.messages
    if (pause := messages.wait_for_a_send()) > 0:
        waiting = store.replies.queued()
        store.replies.wait(dict(zip(waiting, messages.times_of_sends(len(waiting)), strict=True)))
        wake()
        return min([*pauses, pause, LONGEST_WAIT])
    pause = _send(one, store, vocatech, clock, timing, boundary, tell_admins)
    metrics.texts.labels("sent").inc()
    wake()
    return pause


def _send(
    one: Queued,
    store: Store,
    vocatech: VocatechClient,
    clock: Clock,
    timing: Timing,
    boundary: Callable[[str], None],
    tell_admins: Callable[[str, str, Mapping[str, Any]], None],
) -> float:
    """Send a text once; what its answer means is committed before anything else is done."""
    draft = one.draft
    boundary("text to be claimed")
    if not store.replies.begin(draft.text_id, now=clock.now()):
        return 0.0  # taken back, or refused, a moment ago
    boundary("text claimed")
    try:
        vocatech.for_people.messages.send(
            draft.body, to=draft.number, sender=draft.company_number, platform=draft.platform
        )
    except OutcomeUnknown as error:
        log.warning("text_in_doubt", reason=str(error))
        store.replies.doubt(draft.text_id, look_at=clock.now() + timing.text_looks[0])
        return timing.text_looks[0]
    except (RequestRefused, NotFound) as error:
        boundary("text answered")
        store.replies.refuse(draft.text_id, words_for(error))
        return 0.0
    except (TooManyRequests, KeyRefused, Unavailable) as error:
        # Surely not sent, and to be tried again: the key may be mended, the line come back.
        store.replies.give_back(draft.text_id)
        if isinstance(error, KeyRefused):
            tell_admins(KEY_REFUSED, KEY_REFUSED, {})
            return SECONDS_BETWEEN_TRIES
        return getattr(error, "retry_after", None) or SECONDS_BETWEEN_TRIES
    boundary("text answered")
    store.replies.mark_sent(draft.text_id)
    boundary("text marked")
    return 0.0


def _look_for(
    one: Queued, store: Store, text_lists: TextLists, clock: Clock, timing: Timing
) -> float:
    """Look in the provider's list for a text whose answer was lost; it is never sent again."""
    now, text_id, looks = clock.now(), one.draft.text_id, timing.text_looks
    since = one.sending_since or now
    if one.step is Step.SENDING:
        # Its process died: the request may still be on its way.
        if (left := since + timing.text_request - now) > 0:
            return left
        store.replies.doubt(text_id, look_at=now)
    elif one.look_at is not None and one.look_at > now:
        return one.look_at - now
    try:
        text_lists.take_in(since, now)
    except ApiError as error:
        log.warning("text_not_looked_for", reason=str(error))
        store.replies.doubt(text_id, look_at=now + looks[-1], looks=one.looks)
        return looks[-1]
    found = store.texts.find(text_id)
    if found is None or found.message_id is not None:
        return 0.0  # the intake has noted that it is out
    if one.looks + 1 >= len(looks):
        store.replies.ask(text_id)
        return 0.0
    pause = looks[one.looks + 1]
    store.replies.doubt(text_id, look_at=now + pause, looks=one.looks + 1)
    return pause
