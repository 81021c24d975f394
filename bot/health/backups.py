"""Nightly backups of the database."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.store import Store
from bot.store.database.backup import back_up, delete_old_backups

log = structlog.get_logger()
SECONDS_BETWEEN_CHECKS = 600.0
LAST_BACKUP = "last backup"
HOUR = 3  # at night, in the company's time zone


def back_up_nightly(
    *, store: Store, database: Path, folder: Path, keep: int, zone: ZoneInfo, clock: Clock
) -> float:
    """Back up the database once each night, or as soon as possible after a missed night.

    Delete the oldest backups beyond `keep`. Return no extra delay.
    """
    if store.database.damage is not None:
        return 0.0  # copies of a damaged database would replace the good backups
    now = clock.now()
    last = store.key_values.moment(LAST_BACKUP) or 0.0
    if last >= _latest_due(now, zone):
        return 0.0
    folder.mkdir(parents=True, exist_ok=True)
    path = back_up(database, folder, now=now)
    store.key_values.set_moment(LAST_BACKUP, now)
    deleted = delete_old_backups(folder, keep=keep)
    log.info("backup_written", file=path.name, bytes=path.stat().st_size, deleted=len(deleted))
    return 0.0


def _latest_due(now: float, zone: ZoneInfo) -> float:
    """Return the last time (unix seconds) at which a backup was due."""
    local = datetime.fromtimestamp(now, zone)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0, fold=0)
    due = due if due <= local else (due - timedelta(days=1))
    return due.timestamp()
