"""Cleanup of old events, and checks of the disk and the database file."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.health.retention import Retention
from bot.health.service import resolve_incident
from bot.models.health import DATABASE_DAMAGED, DATABASE_REPLACED, DISK_FULL
from bot.slack.errors import FAILURES, Rejected, Retry, classify
from bot.store import Store

log = structlog.get_logger()
SECONDS_BETWEEN_DISK_CHECKS = 600.0
SECONDS_BETWEEN_DATABASE_CHECKS = 20.0
SECONDS_BETWEEN_MOVES = 2.0
# Slack allows about a hundred publications a minute, and people open their Home, too.
SECONDS_BETWEEN_ERASURES, HOMES_AT_ONCE = 20.0, 20
# A check reads the whole file. It may take this share of the time.
SHARE_OF_TIME = 0.02
MEGABYTE = 1_000_000
# An incident opens below MIN_FREE, and is resolved MARGIN above it so that it doesn't flap.
MIN_FREE, MARGIN = 200 * MEGABYTE, 50 * MEGABYTE


def delete_old_events(*, store: Store, clock: Clock) -> float:
    """Delete events older than 30 days; return no extra pause."""
    log.info("old_events_deleted", count=store.calls.forget_old_events(now=clock.now()))
    return 0.0


def move_log(*, store: Store) -> float:
    """Move the database's write-ahead log into its file; return no extra pause."""
    if store.database.is_in_place():  # else SQLite would create an empty file
        store.database.move_log()
    return 0.0


def finish_erasures(store: Store, show_home: Callable[[str], object]) -> float:
    """Finish interrupted erasures, and publish App Homes that may show what was erased.

    Return the extra seconds to wait.
    """
    if count := store.erasures.finish():
        log.info("erasures_finished", count=count)
    for slack_user in store.home_pages.stale(limit=HOMES_AT_ONCE):
        try:
            show_home(slack_user)
        except FAILURES as error:
            outcome = classify(error)
            if not isinstance(outcome, Rejected):  # such as of a person who left
                return outcome.seconds if isinstance(outcome, Retry) else 0.0
        store.home_pages.mark_fresh(slack_user)
    return 0.0


def delete_expired(*, store: Store, clock: Clock, retention: Retention) -> float:
    """Delete what is older than its retention period; return no extra pause."""
    log.info("expired_data_deleted", **store.retention.apply(retention.limits(clock.now())))
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


def check_database(
    *, store: Store, clock: Clock, tell_admins: Callable[[str, str, dict[str, str]], None]
) -> float:
    """Report a damaged or replaced database file; return an extra pause.

    It is longer for a larger file.
    """
    began = clock.monotonic()
    if not store.database.is_in_place():
        log.critical("database_replaced")
        tell_admins(DATABASE_REPLACED, DATABASE_REPLACED, {})
        return 0.0
    problem = store.database.find_damage()
    if problem is not None:
        log.critical("database_damaged", problem=problem)
        tell_admins(DATABASE_DAMAGED, DATABASE_DAMAGED, {"problem": problem})
    else:
        resolve_incident(DATABASE_DAMAGED, store=store)
    return (clock.monotonic() - began) / SHARE_OF_TIME
