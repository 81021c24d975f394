"""The webhook subscription: kept and tested at start and daily, and soon again when unwell."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.errors import ApiError, KeyRefused
from bot.models.health import WEBHOOKS_UNWELL
from bot.outbox.notices import all_is_well
from bot.server.metrics import Metrics
from bot.store import Store
from bot.sync.subscription import Upkeep, explain

log = structlog.get_logger()
SECONDS_BETWEEN_TRIES = 60.0
LONGEST_PAUSE = 3_600.0
DAY = 86_400.0
TROUBLED = "webhook subscription troubled since"
# A proxy that starts together with the bot is not there at the first try.
SECONDS_BEFORE_A_WORD = 30.0


def keep_subscription(
    *,
    upkeep: Upkeep,
    store: Store,
    metrics: Metrics,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Keep one working subscription; gives the seconds to pause beyond those between tries.

    The longer something is wrong, the longer it is left alone, up to an hour.
    """
    try:
        kept = upkeep.keep_one()
    except KeyRefused:
        return 0.0  # the catch-up tells the admins
    except ApiError as error:
        metrics.api_errors.labels(type(error).__name__).inc()
        log.warning("subscription_not_kept", error=type(error).__name__, reason=str(error))
        return _seconds_troubled(store, clock) / 2
    if kept.deeds:
        log.info("subscription_kept", did=", ".join(kept.deeds))
    if kept.test.is_well:
        store.notes.forget(TROUBLED)
        if all_is_well(WEBHOOKS_UNWELL, store=store):
            log.info("webhooks_reach_the_bot_again")
        return DAY - SECONDS_BETWEEN_TRIES
    reason = explain(kept.test)
    log.warning("test_webhook_failed", reason=reason)
    seconds = _seconds_troubled(store, clock)
    if seconds >= SECONDS_BEFORE_A_WORD:
        tell_admins(WEBHOOKS_UNWELL, WEBHOOKS_UNWELL, {"url": upkeep.url, "reason": reason})
    return seconds / 2


def _seconds_troubled(store: Store, clock: Clock) -> float:
    """Give the seconds since the trouble began, at most two of the longest pauses."""
    now = clock.now()
    since = store.notes.moment(TROUBLED)
    if since is None:
        since = now
        store.notes.set_moment(TROUBLED, since)
    return min(max(0.0, now - since), 2 * LONGEST_PAUSE)
