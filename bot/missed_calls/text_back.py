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
from bot.texts.automatic import ended_at, is_handled
from bot.texts.service import TextService
from bot.texts.validation import validate_body
from bot.ui.emoji import drop_custom_emoji

log = structlog.get_logger()
SECONDS_BETWEEN_RUNS = 20.0
# Callers may try again or be called back within a minute, and don't expect a text hours later.
MIN_AGE, MAX_AGE = 60.0, 15 * 60.0
# No one waits longer on the line before they hang up.
LONGEST_CALL = 3 * 3_600.0
# Hardly anyone exchanges more in a day.
LATEST_TEXTS = 50


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

    def is_unsure(call: Call) -> bool:
        return not call.says_how and now - ended_at(call, now) < LONGEST_UNSURE

    def gets_no_text(call: Call) -> bool:
        lines = {call.extension, call.company_number, *(leg.extension for leg in call.legs)}
        is_on_other_line = bool(text_back_lines) and not lines & text_back_lines
        return is_on_other_line and call.needs_a_call_back and not is_unsure(call)

    for call in store.calls.missed_between(now - MAX_AGE - LONGEST_CALL, now - MIN_AGE):
        if now - ended_at(call, call.started_at or 0.0) > MAX_AGE:
            continue
        if is_unsure(call) or gets_no_text(call):
            continue
        # It's an SMS, even if their last message came by WhatsApp.
        blocked = texts.policy.blocked_because(call.remote_number or "", Platform.SMS)
        if is_handled(call, store, passes_over=gets_no_text) or blocked:
            continue
        day = _day_of(now, zone)
        draft = _draft(call, day, store, texts, templates)
        if draft is None or _was_sent_elsewhere(draft, day, store, zone):
            continue
        if store.send_queue.add(replace(draft, needed_at=now), now=now):
            log.info("auto_text_queued", call_id=call.call_id)
            send_texts()
    return 0.0


def _knows_sent_texts(store: Store) -> bool:
    """Return False after a restore until the texts that were sent since the backup are read."""
    restored = store.key_values.moment(RESTORED_AT) or 0.0
    return (store.key_values.moment(TEXTS_COVERED) or 0.0) >= restored


def _day_of(moment: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d}"


def _was_sent_elsewhere(draft: Draft, day: str, store: Store, zone: ZoneInfo) -> bool:
    """Return whether the same text left on a day, but isn't known as ours, as after a restore."""
    return any(
        text.reply is None
        and not (text.is_incoming or text.has_failed)
        and text.body.split() == draft.body.split()
        and _day_of(text.at or 0.0, zone) == day
        for text in store.texts.latest_with([draft.number], limit=LATEST_TEXTS)
    )


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
