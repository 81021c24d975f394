"""Job that texts missed callers automatically, where that is enabled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.models.calls import LONGEST_UNSURE, Call
from bot.models.templates import find_unknown_placeholder
from bot.models.texts import Platform
from bot.store import Store
from bot.store.database.restore_marks import RESTORED_AT
from bot.store.send_queue import Draft
from bot.store.sync import TEXTS_COVERED
from bot.templates.presenter import TemplatePresenter
from bot.texts.automatic import is_handled
from bot.texts.service import TextService
from bot.texts.validation import validate_body
from bot.ui.emoji import drop_custom_emoji

log = structlog.get_logger()
SECONDS_BETWEEN_RUNS = 20.0
# Callers may try again or be called back within a minute, and don't expect a text hours later.
MIN_AGE, MAX_AGE = 60.0, 15 * 60.0
# No one waits longer on the line before they hang up.
LONGEST_CALL = 3 * 3_600.0


def text_back_missed_calls(
    *,
    store: Store,
    texts: TextService,
    templates: TemplatePresenter,
    clock: Clock,
    zone: ZoneInfo,
    business_hours: BusinessHours,
    text_back_lines: frozenset[str],
    send_texts: Callable[[], None],
) -> float:
    """Text the callers of recent missed calls, once per number and day; return no pause.

    `text_back_lines` are the company numbers and extensions for which this is enabled; all if
    empty.
    """
    now = clock.now()
    if not business_hours.include(now, zone) or not _knows_sent_texts(store):
        return 0.0
    for call in store.calls.missed_between(now - MAX_AGE - LONGEST_CALL, now - MIN_AGE):
        if now - _ended_at(call, call.started_at or 0.0) > MAX_AGE:
            continue
        if not call.says_how and now - _ended_at(call, now) < LONGEST_UNSURE:
            continue
        lines = {call.extension, call.company_number, *(leg.extension for leg in call.legs)}
        if text_back_lines and not lines & text_back_lines:
            continue
        # It's an SMS, even if their last message came by WhatsApp.
        blocked = texts.policy.blocked_because(call.remote_number or "", Platform.SMS)
        if is_handled(call, store) or blocked:
            continue
        day = f"{datetime.fromtimestamp(now, zone):%Y-%m-%d}"
        draft = _draft(call, day, store, texts, templates)
        if draft and store.send_queue.add(replace(draft, needed_at=now), now=now):
            log.info("auto_text_queued", call_id=call.call_id)
            send_texts()
    return 0.0


def _ended_at(call: Call, unknown: float) -> float:
    """Return when a call ended (unix seconds), or `unknown` if no report says it."""
    if call.ended_at is None and call.seconds is not None:
        return (call.started_at or unknown) + call.seconds
    return call.ended_at or unknown


def _knows_sent_texts(store: Store) -> bool:
    """Return False after a restore until the texts that were sent since the backup are read."""
    restored = store.key_values.moment(RESTORED_AT) or 0.0
    return (store.key_values.moment(TEXTS_COVERED) or 0.0) >= restored


def _draft(
    call: Call, day: str, store: Store, texts: TextService, templates: TemplatePresenter
) -> Draft | None:
    """Return the text; one ID per number and day, so a second one is never stored."""
    template = store.templates.for_missed()
    number = call.remote_number
    if template is None or number is None:
        return None
    line = texts.policy.default_number(call.call_id, ())
    greeting = texts.times.greeting_now(number)
    said = templates.outgoing(template.body, None, number=number, line=line, greeting=greeting)
    body = drop_custom_emoji(said)
    if validate_body(body) or find_unknown_placeholder(template.body):
        # Empty, too long, or saved before such a placeholder was refused.
        log.warning("auto_text_skipped", template=template.template_id)
        return None
    # Earlier versions had the number in the ID; on the day of the upgrade, that text counts, too.
    if store.texts.find(f"back_{number}_{day}"):
        return None
    return Draft(
        text_id=f"back_{store.key_values.opaque_id(number)}_{day}",
        number=number,
        company_number=line or "",
        body=body,
        slack_user=None,
        call_id=call.call_id,
    )
