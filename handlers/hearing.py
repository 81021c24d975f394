"""Hearing: notices when calls come in and webhooks, which should tell of them, do not."""

from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.notices import WEBHOOKS_SILENT, WEBHOOKS_UNWELL, all_is_well
from bot.store import Store

log = structlog.get_logger()
# A webhook may be retried for a while before it gets through.
SECONDS_FOR_A_WEBHOOK = 180.0
# Their clock says when a call began, ours when a webhook came.
SECONDS_THE_CLOCKS_DIFFER = 60.0
ENOUGH_CALLS = 3
# Quiet offices have few calls a day, and busy ones must not be counted through for months.
LONGEST_LOOK_BACK = 7 * 86_400.0


def notice_silence(
    *,
    store: Store,
    clock: Clock,
    started: float,
    has_given_secrets: bool,
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Tell the admins when webhooks are expected and stay away; gives no pause beyond the period.

    `started` is when this process began (unix seconds): of calls from before nobody knows whether
    their webhooks found a closed door. Outgoing calls do not count, since on one account their
    webhooks never came (observed).
    """
    store.subscriptions.look()
    now = clock.now()
    last = store.calls.last_webhook()
    heard = last[0] if last else 0.0
    told = store.notes.moment(WEBHOOKS_SILENT)
    if told is not None and heard > told and all_is_well(WEBHOOKS_SILENT, store=store):
        log.info("webhooks_heard_again")
        told = None
    made = max((one.made_at for one in store.subscriptions.all()), default=None)
    if made is None and not has_given_secrets:
        return 0.0  # nobody was asked to tell us anything
    since = max(started, heard, made or 0.0, now - LONGEST_LOOK_BACK) + SECONDS_THE_CLOCKS_DIFFER
    until = now - SECONDS_FOR_A_WEBHOOK
    if store.calls.incoming_between(since, until, most=ENOUGH_CALLS) < ENOUGH_CALLS:
        return 0.0
    if told is None:
        log.warning("webhooks_silent", calls=ENOUGH_CALLS)
    if store.notes.moment(WEBHOOKS_UNWELL) is None:  # else they know that none gets through
        tell_admins(WEBHOOKS_SILENT, WEBHOOKS_SILENT, {})
    return 0.0
