"""Reminders: of missed calls that nobody called back, within business hours, until it is done."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog

from bot.business_hours import BusinessHours
from bot.clock import Clock
from bot.missed_calls.presenter import CHANNEL, NAMED, OWNER
from bot.models.missed_calls import MissedCall
from bot.store import Store
from bot.store.claims import Place
from bot.store.outbox.notices import Notice
from bot.store.sync import INSTALLED, synced_until

log = structlog.get_logger()
SECONDS_BETWEEN_LOOKS = 30.0
# Days on which the company opens; over a long weekend nothing is forgotten.
DAYS_OF_INTEREST, LONGEST_WEEKEND = 2, 7 * 86_400.0
TIMES_UNTIL_NAMED = 2


class Reminder(NamedTuple):
    """A stage, and who is reminded in it: a Slack user, or the threads of cards."""

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
    """Remind of every caller who waits too long, each stage once; gives no pause.

    `remind_after` in seconds in which the company is open; after twice that `escalate_to` (a
    Slack user) is told.
    """
    now = clock.now()
    installed = synced_until(INSTALLED, store.notes, now=now)
    if installed is None or not business_hours.include(now, zone):
        return 0.0
    since = max(installed, now - LONGEST_WEEKEND)
    for callback in store.open_calls.all_since(since):
        begun = callback.claim.at if callback.claim else callback.since
        news = max(begun, callback.calls[0].started_at or 0.0)
        if business_hours.days_after(news, now, zone) > DAYS_OF_INTEREST:
            continue
        times = business_hours.seconds_between(begun, now, zone) // remind_after
        named = escalate_to if times >= TIMES_UNTIL_NAMED else None
        if times >= 1 and _remind(callback, named, store, now):
            wake()
    return 0.0


def _remind(callback: MissedCall, named: str | None, store: Store, now: float) -> bool:
    owner = callback.claim.slack_user if callback.claim else None
    done = store.reminders.stages([call.call_id for call in callback.calls])
    has_reminded = False
    for one in _reminders(callback, owner, named, store):
        call_id = callback.calls[0].call_id
        detail = {"call_id": call_id, "owner": owner}
        notice = Notice(f"{one.stage} {call_id}", one.kind, detail)
        if one.stage not in done and store.reminders.remind(
            call_id, one.stage, notice, one.to, owner=owner, now=now
        ):
            log.info("reminded", kind=one.kind)
            has_reminded = True
    return has_reminded


def _reminders(
    callback: MissedCall, owner: str | None, named: str | None, store: Store
) -> Iterator[Reminder]:
    """Give who is to be reminded; of what stands in no channel, only who has it."""
    if owner:
        yield Reminder(OWNER, f"{OWNER} {owner}", owner)
    places = next(filter(None, (store.reminders.places(c.call_id) for c in callback.calls)), [])
    if not owner and places:
        yield Reminder(CHANNEL, CHANNEL, places)
    if named and named != owner and (owner or places):
        yield Reminder(NAMED, NAMED, named)
