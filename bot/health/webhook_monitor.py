"""Checks that webhooks arrive when calls come in, and that calls come in at all."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import NO_CALLS, WEBHOOKS_REFUSED, WEBHOOKS_SILENT, WEBHOOKS_UNWELL
from bot.store import Store
from bot.store.sync import COVERED, synced_until

log = structlog.get_logger()
# A webhook may be retried for a while before it gets through.
SECONDS_FOR_A_WEBHOOK = 180.0
# Their clock says when a call began, ours when a webhook came.
SECONDS_THE_CLOCKS_DIFFER = 60.0
ENOUGH_CALLS = 3
# Quiet offices have few calls a day, and in busy ones months of calls take long to count.
MAX_LOOKBACK = 7 * 86_400.0
HOUR = 3_600.0
SECONDS_OF_SILENCE = 4 * HOUR
ENOUGH_USUALLY = 5
WEEK, WEEKS, FEWEST_WEEKS = 7 * 86_400.0, 4, 2
Tell = Callable[[str, str, dict[str, str]], None]


def check_webhooks(
    *,
    store: Store,
    clock: Clock,
    started: float,
    has_given_secrets: bool,
    tell_admins: Tell,
) -> float:
    """Report it when expected webhooks don't arrive; return no extra pause.

    `started` is when this process began (unix seconds): webhooks of earlier calls may have come
    while the server was down. Outgoing calls don't count, since on one account their webhooks
    never came (observed).
    """
    store.subscriptions.refresh()
    now = clock.now()
    last = store.calls.last_webhook()
    heard = last[0] if last else 0.0
    told = store.key_values.moment(WEBHOOKS_SILENT)
    if told is not None and heard > told and resolve_incident(WEBHOOKS_SILENT, store=store):
        log.info("webhooks_received_again")
        told = None
    made = max((one.made_at for one in store.subscriptions.all()), default=None)
    if made is None and not has_given_secrets:
        return 0.0  # no webhooks are set up
    since = max(started, heard, made or 0.0, now - MAX_LOOKBACK) + SECONDS_THE_CLOCKS_DIFFER
    until = now - SECONDS_FOR_A_WEBHOOK
    if store.calls.incoming_between(since, until, most=ENOUGH_CALLS) < ENOUGH_CALLS:
        return 0.0
    if told is None:
        log.warning("webhooks_silent", calls=ENOUGH_CALLS)
    # Otherwise an incident already says that webhooks fail.
    if not store.incidents.is_any(WEBHOOKS_UNWELL, WEBHOOKS_REFUSED):
        tell_admins(WEBHOOKS_SILENT, WEBHOOKS_SILENT, {})
    return 0.0


def check_call_activity(
    *,
    store: Store,
    clock: Clock,
    business_hours: BusinessHours,
    zone: ZoneInfo,
    tell_admins: Tell,
) -> float:
    """Report it when there are no calls in hours that usually have some; return no extra pause.

    No calls: none began, in or out, between the last known call and the last successful poll, and
    that is four business hours or more. Usually: the same hours had five calls or more in the
    weeks before, as the median of up to four weeks (of two, the one with fewer), and at least two
    weeks are known. So an office with three calls a day gets no report, nor does a new one.
    """
    until = synced_until(COVERED, store.key_values, now=clock.now())
    known = store.calls.first_and_last(until) if until is not None else None
    if until is None or known is None:
        return 0.0
    first, last = known
    open_for = business_hours.seconds_between(last, until, zone)
    usual = _usual_calls(store, first, last, until) if open_for >= SECONDS_OF_SILENCE else 0
    if usual < ENOUGH_USUALLY:
        if resolve_incident(NO_CALLS, store=store):
            log.info("calls_received_again")
        return 0.0
    hours = f"{open_for // HOUR:.0f}"
    log.warning("no_calls_received", business_hours=hours, usual=usual)
    tell_admins(NO_CALLS, NO_CALLS, {"hours": hours, "usual": f"{usual:,}"})
    return 0.0


def _usual_calls(store: Store, first: float, start: float, end: float) -> int:
    """Return the usual number of calls in a span: the lower median of the weeks before."""
    shifts = [week * WEEK for week in range(1, WEEKS + 1) if start - week * WEEK >= first]
    counts = sorted(store.calls.count_between(start - one, end - one) for one in shifts)
    return counts[(len(counts) - 1) // 2] if len(counts) >= FEWEST_WEEKS else 0
