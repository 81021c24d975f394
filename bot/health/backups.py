"""Nightly backups of the database."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.errors import BotError
from bot.health.service import resolve_incident
from bot.models.health import BACKUP_FAILED
from bot.store import Store
from bot.store.database.backup import back_up, delete_old_backups
from bot.ui.formatting import full_date

log = structlog.get_logger()
SECONDS_BETWEEN_CHECKS = 600.0
LAST_BACKUP = "last backup"
HOUR = 3  # at night, in the company's time zone


def back_up_nightly(
    *,
    store: Store,
    database: Path,
    folder: Path,
    keep: int,
    zone: ZoneInfo,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Back up the database once each night, or as soon as possible after a missed night.

    Delete the oldest backups beyond `keep`. Report a failure to the admins until a backup
    succeeds. Return no extra delay.
    """
    if store.database.damage is not None:
        return 0.0  # copies of a damaged database would replace the good backups
    now = clock.now()
    last = store.key_values.moment(LAST_BACKUP) or 0.0
    if last >= _latest_due(now, zone):
        return 0.0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = back_up(database, folder, now=now)
        store.key_values.set_moment(LAST_BACKUP, now)
        deleted = delete_old_backups(folder, keep=keep)
    except (OSError, sqlite3.Error, BotError) as error:
        log.exception("backup_failed")
        since = full_date(datetime.fromtimestamp(last, zone)) if last else "none yet"
        tell_admins(BACKUP_FAILED, BACKUP_FAILED, {"reason": _reason(error), "last": since})
        return 0.0
    resolve_incident(BACKUP_FAILED, store=store)
    log.info("backup_written", file=path.name, bytes=path.stat().st_size, deleted=len(deleted))
    return 0.0


def _reason(error: Exception) -> str:
    """Return the reason of the operating system or of SQLite, without the path."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _latest_due(now: float, zone: ZoneInfo) -> float:
    """Return the last time (unix seconds) at which a backup was due."""
    local = datetime.fromtimestamp(now, zone)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0, fold=0)
    due = due if due <= local else (due - timedelta(days=1))
    return due.timestamp()
