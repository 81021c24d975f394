"""Refusals: notices when requests that say whose they are cannot be believed, again and again."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.health.refusals_bot import Refusals
from bot.models.health import CLOCK_WRONG, SLACK_UNSIGNED, WEBHOOKS_REFUSED, WEBHOOKS_UNWELL
from bot.outbox.notices import all_is_well
from bot.store import Store

log = structlog.get_logger()
_WHY = {
    "forged": "none of the secrets that I know fits their signatures",
    "stale": "their time is more than five minutes off mine",
}


def notice_refusals(
    *,
    refusals: Refusals,
    slack_refusals: Refusals,
    store: Store,
    clock: Clock,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Tell the admins when webhooks, or Slack's requests, are refused and none is believed.

    Not where they know why: a clock that is wrong, or a test webhook that failed. Gives no pause
    beyond the period.
    """
    now = clock.now()
    for kind, found in ((WEBHOOKS_REFUSED, refusals), (SLACK_UNSIGNED, slack_refusals)):
        told = store.notes.moment(kind)
        if told is not None and found.are_over(told, now=now):
            all_is_well(kind, store=store)
        elif found.are_many and not store.troubles.is_any(WEBHOOKS_UNWELL, CLOCK_WRONG):
            log.warning("requests_refused", kind=kind, count=found.count)
            detail = {"count": f"{found.count:,}", "reason": _WHY.get(found.reason, "")}
            tell_admins(kind, kind, detail)
    return 0.0
