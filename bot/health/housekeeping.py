"""Cleanup: deletes old events and checks the free disk space."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import DISK_FULL
from bot.store import Store

log = structlog.get_logger()
SECONDS_BETWEEN_DISK_CHECKS = 600.0
MEGABYTE = 1_000_000
# An incident opens below MIN_FREE, and is resolved MARGIN above it so that it doesn't flap.
MIN_FREE, MARGIN = 200 * MEGABYTE, 50 * MEGABYTE


def delete_old_events(*, store: Store, clock: Clock) -> float:
    """Delete events older than 30 days; return no extra pause."""
    log.info("old_events_deleted", count=store.calls.forget_old_events(now=clock.now()))
    return 0.0


def check_disk_space(
    *, store: Store, tell_admins: Callable[[str, str, dict[str, str]], None]
) -> float:
    """Report an almost full disk while the database can still be written; return no extra pause."""
    free = store.database.free_bytes()
    if free < MIN_FREE:
        log.warning("disk_almost_full", free=free)
        tell_admins(DISK_FULL, DISK_FULL, {"free": f"{free // MEGABYTE:,}"})
    elif free >= MIN_FREE + MARGIN:
        resolve_incident(DISK_FULL, store=store)
    return 0.0
