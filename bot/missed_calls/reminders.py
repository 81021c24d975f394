"""Job that reminds of missed calls during business hours, until someone calls back."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.missed_calls.presenter import CHANNEL, ESCALATION, OWNER
from bot.models.missed_calls import MissedCall
from bot.store import Store
from bot.store.claims import Place
from bot.store.outbox.notices import Notice
from bot.store.sync import INSTALLED, synced_until

log = structlog.get_logger()
SECONDS_BETWEEN_RUNS = 30.0
# In days on which the company is open, so that a long weekend doesn't end the reminders.
MAX_OPEN_DAYS, MAX_AGE = 2, 7 * 86_400.0
INTERVALS_UNTIL_ESCALATION = 2


class Reminder(NamedTuple):
    """A stage, and its recipients: a Slack user, or the threads of cards."""

    kind: str
    stage: str
    to: str | list[Place]


def remind_of_missed_calls(
    *,
    store: Store,
    clock: Clock,
    zone: ZoneInfo,
    business_hours: BusinessHours,
    remind_after: float,
    escalate_to: str | None,
    wake: Callable[[], None],
) -> float:
    """Send the due reminders of all open missed calls, each stage once; return no pause.

    `remind_after` is in seconds of business hours. After twice that time `escalate_to` (a Slack
    user) is notified.
    """
    now = clock.now()
    installed = synced_until(INSTALLED, store.key_values, now=now)
    if installed is None or not business_hours.include(now, zone):
        return 0.0
    for missed_call in store.missed_calls.all_since(max(installed, now - MAX_AGE)):
        since = missed_call.claim.at if missed_call.claim else missed_call.since
        latest = max(since, missed_call.calls[0].started_at or 0.0)
        if business_hours.days_after(latest, now, zone) > MAX_OPEN_DAYS:
            continue
        intervals = business_hours.seconds_between(since, now, zone) // remind_after
        escalation = escalate_to if intervals >= INTERVALS_UNTIL_ESCALATION else None
        if intervals >= 1 and _remind(missed_call, escalation, store, now):
            wake()
    return 0.0


def _remind(missed_call: MissedCall, escalate_to: str | None, store: Store, now: float) -> bool:
    owner = missed_call.claim.slack_user if missed_call.claim else None
    done = store.reminders.stages([call.call_id for call in missed_call.calls])
    has_reminded = False
    for one in _reminders(missed_call, owner, escalate_to, store):
        call_id = missed_call.calls[0].call_id
        detail = {"call_id": call_id, "owner": owner}
        notice = Notice(f"{one.stage} {call_id}", one.kind, detail)
        if one.stage not in done and store.reminders.remind(
            call_id, one.stage, notice, one.to, owner=owner, now=now
        ):
            log.info("reminder_queued", kind=one.kind, call_id=call_id)
            has_reminded = True
    return has_reminded


def _reminders(
    missed_call: MissedCall, owner: str | None, escalate_to: str | None, store: Store
) -> Iterator[Reminder]:
    """Yield the reminders; a call without a card in any channel is only its owner's business."""
    if owner:
        yield Reminder(OWNER, f"{OWNER} {owner}", owner)
    cards = next(filter(None, (store.reminders.places(c.call_id) for c in missed_call.calls)), [])
    if not owner and cards:
        yield Reminder(CHANNEL, CHANNEL, cards)
    if escalate_to and escalate_to != owner and (owner or cards):
        yield Reminder(ESCALATION, ESCALATION, escalate_to)
