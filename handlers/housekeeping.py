"""Housekeeping: drops what need not be kept any longer."""

import structlog

from bot.clock import Clock
from bot.store import Store

log = structlog.get_logger()


def keep_house(*, store: Store, clock: Clock) -> float:
    """Drop events past their thirty days; give no pause beyond the day."""
    log.info("old_events_dropped", count=store.calls.forget_old_events(now=clock.now()))
    return 0.0
