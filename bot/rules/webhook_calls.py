"""Calls that rules send to endpoints of outgoing webhooks, each once."""

from collections.abc import Iterable

from bot.models.calls import RoutableCall
from bot.rules.router import Routed
from bot.store import Store


def enqueue_webhook_calls(
    routed: Iterable[tuple[RoutableCall, Routed]],
    *,
    store: Store,
    now: float,
    outcome: int | None = None,
) -> None:
    """Queue the calls that are over for the endpoints of the rules that matched.

    Repeating this queues nothing twice. What waits for rules that no longer match, as a late report
    has changed the call, isn't sent. With the ID of an `outcome` that was set, once for that
    outcome, too.
    """
    mark = "" if outcome is None else f" {outcome}"
    for one, where in routed:
        if outcome is None:
            matching = [asked.rule_id for asked in where.webhooks]
            store.deliveries.drop_rule_matches(one.call.call_id, but=matching)
        for asked in where.webhooks if one.call.is_over else ():
            store.deliveries.add_rule_match(
                one.call,
                asked.endpoint,
                rule_id=asked.rule_id,
                rule=asked.rule,
                mark=mark,
                now=now,
            )
