"""Housekeeping: drops what need not be kept any longer, and sees that there is room for more."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.health.service import resolve_incident
from bot.models.health import DISK_FULL
from bot.store import Store

log = structlog.get_logger()
SECONDS_BETWEEN_LOOKS_AT_DISK = 600.0
MEGABYTE = 1_000_000
# So many are little, and so many more are enough again, lest it be said again and again.
LITTLE, MORE = 200 * MEGABYTE, 50 * MEGABYTE


def delete_old_events(*, store: Store, clock: Clock) -> float:
    """Drop events past their thirty days; give no pause beyond the day."""
    log.info("old_events_dropped", count=store.calls.forget_old_events(now=clock.now()))
    return 0.0


def check_disk_space(
    *, store: Store, tell_admins: Callable[[str, str, dict[str, str]], None]
) -> float:
    """Tell the admins, while that can still be written down, that the disk is nearly full.

    Gives no pause beyond the period.
    """
    free = store.database.free_bytes()
    if free < LITTLE:
        log.warning("disk_nearly_full", free=free)
        tell_admins(DISK_FULL, DISK_FULL, {"free": f"{free // MEGABYTE:,}"})
    elif free >= LITTLE + MORE:
        resolve_incident(DISK_FULL, store=store)
    return 0.0
