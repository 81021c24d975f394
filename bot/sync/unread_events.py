"""Reading of webhooks that a burst left unread: stored and acknowledged, but not merged yet."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.errors import PayloadUnreadable
from bot.models.events import Event
from bot.server.load import Load
from bot.server.metrics import Metrics
from bot.store import Store
from bot.store.ingest import Arrival, Saved
from bot.vocatech.events import parse_event

log = structlog.get_logger()
# Few enough that a webhook hardly waits for their commit.
EVENTS_AT_ONCE = 32
# What a fault in this program raises; the disk's errors are others, and pass.
FAULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# During a burst, events wait for this long at most: answers come first.
LONGEST_WAIT = 1.0
PAUSE_IN_A_BURST = 0.05


def has_unread(*, store: Store) -> bool:
    """Return whether an event was stored unread."""
    return bool(store.calls.unread(1))


def read_next_events(
    *,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    load: Load,
    region: str,
    opt_out_words: tuple[str, ...],
    wake: Callable[[], None],
) -> float:
    """Read the oldest unread events; return the seconds until the next."""
    # Cleared before the check, so that an event stored during the check isn't lost.
    load.has_deferred = False
    unread = store.calls.unread(EVENTS_AT_ONCE)
    if not unread:
        return 0.0
    if load.is_burst and clock.now() - unread[0].at < LONGEST_WAIT:
        return PAUSE_IN_A_BURST
    arrivals = [_read(one, region=region, opt_out_words=opt_out_words) for one in unread]
    for saved in _save(store, arrivals):
        metrics.stored.labels("webhook", saved).inc()
    wake()
    return 0.0


def _read(unread: Arrival, *, region: str, opt_out_words: tuple[str, ...]) -> Arrival:
    """Return an event with its report; if it can't be read, without one."""
    given = unread.event
    try:
        read = parse_event(given.body.encode(), region=region, opt_out_words=opt_out_words)
    except (PayloadUnreadable, *FAULTS):
        log.exception("event_unreadable", event_id=given.event_id)
        return unread
    event = replace(read, event_id=given.event_id, kind=given.kind, body=given.body)
    return Arrival(event, unread.at, unread.hold, unread.signature)


def _save(store: Store, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Merge events; if one of them fails, each separately, so that the others succeed."""
    try:
        return store.calls.save_unread(arrivals)
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, *FAULTS):
        if len(arrivals) > 1:
            return [saved for one in arrivals for saved in _save(store, [one])]
        [failed] = arrivals
        log.exception("event_not_merged", event_id=failed.event.event_id)
        # It is kept. Polling finds the call, too.
        bare = Event(failed.event.event_id, failed.event.kind, failed.event.body)
        return store.calls.save_unread([Arrival(bare, failed.at, failed.hold, failed.signature)])
