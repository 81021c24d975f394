"""Text back: who was missed gets the company's words by themselves, where that is switched on."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.models.calls import Call
from bot.people.names import contact_name
from bot.store import Store
from bot.store.send_queue import Draft
from bot.templates.presenter import TemplatePresenter
from bot.texts.service import TextService
from bot.texts.validation import what_is_wrong_with

log = structlog.get_logger()
SECONDS_BETWEEN_LOOKS = 20.0
# They may call again at once, or be called back; and nobody wants a text about this morning.
SECONDS_OF_PATIENCE, SECONDS_OF_INTEREST = 60.0, 15 * 60.0


def text_back_missed_calls(
    *,
    store: Store,
    texting: TextService,
    template_views: TemplatePresenter,
    clock: Clock,
    zone: ZoneInfo,
    business_hours: BusinessHours,
    text_back_lines: frozenset[str],
    send_texts: Callable[[], None],
) -> float:
    """Write to whoever was missed a while ago, once for each number and day; gives no pause.

    `text_back_lines` are the company numbers and extensions whose callers are written to; all
    where there are none.
    """
    now = clock.now()
    if not business_hours.include(now, zone):
        return 0.0
    for call in store.calls.missed_between(now - SECONDS_OF_INTEREST, now - SECONDS_OF_PATIENCE):
        lines = {call.extension, call.company_number, *(leg.extension for leg in call.legs)}
        if text_back_lines and not lines & text_back_lines:
            continue
        if _is_taken_care_of(call, store) or texting.obstacle(call.remote_number or ""):
            continue
        day = f"{datetime.fromtimestamp(now, zone):%Y-%m-%d}"
        draft = _draft(call, day, store, texting, template_views)
        if draft and store.replies.add(draft, now=now):
            log.info("texted_back")
            send_texts()
    return 0.0


def _is_taken_care_of(call: Call, store: Store) -> bool:
    """Say whether somebody took it, called or was called since, or any text went to and fro."""
    if call.remote_number is None or store.claims.of(call.call_id):
        return True
    [latest] = store.calls.latest_with([call.remote_number], limit=1) or [call]
    if latest.call_id != call.call_id:
        return True
    texts = store.texts.latest_with([call.remote_number], limit=1)
    return bool(texts) and (texts[0].at or 0.0) >= (call.started_at or 0.0)


def _draft(
    call: Call, day: str, store: Store, texting: TextService, template_views: TemplatePresenter
) -> Draft | None:
    """Give the text; its id is the number's of that day, so that there is never a second one."""
    template = store.templates.for_missed()
    number = call.remote_number
    if template is None or number is None:
        return None
    body = template_views.filled(template, None, name=contact_name(number, store), number=number)
    if what_is_wrong_with(body):
        log.warning("not_texted_back", template=template.template_id)  # empty, or too long
        return None
    return Draft(
        text_id=f"back_{number}_{day}",
        number=number,
        company_number=texting.usual_line(call.call_id, ()) or "",
        body=body,
        slack_user=None,
        call_id=call.call_id,
    )
