"""Alerts: mentions in the thread of a call's card, as rules ask for, each once."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from bot.models.calls import RoutableCall
from bot.models.channels import DeliveryPolicy, Visibility
from bot.models.outbox import ALERT
from bot.models.rules import Why
from bot.rules.messages import render_alert
from bot.rules.router import Routed
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.message import Message


def enqueue_alerts(
    routed: Iterable[tuple[RoutableCall, Routed]],
    receptions: Mapping[str, DeliveryPolicy],
    *,
    store: Store,
    now: float,
    outcome: int | None = None,
) -> None:
    """Enqueue the alerts of the matching rules, once for each call, rule, and channel.

    With the ID of an `outcome` that was set, once for that outcome, too.
    """
    mark = "" if outcome is None else f" {outcome}"
    for one, where in routed:
        for alert in where.alerts:
            call_id = one.call.call_id
            notice_id = f"{ALERT} {call_id} {alert.rule_id} {alert.channel}{mark}"
            detail = {
                "call_id": call_id,
                "slack_user": alert.slack_user,
                "why": asdict(alert.why),
            }
            notice = Notice(notice_id, ALERT, detail)
            store.notices.alert(
                notice,
                one,
                alert.channel,
                where.places[alert.channel],
                receptions[alert.channel],
                now=now,
            )


def present_alert(
    notice: Notice, *, shown: Visibility, store: Store, locale: Locale
) -> Message | None:
    """Return the message in the card's thread, without what its channel hides."""
    call = store.calls.find(notice.detail["call_id"])
    if call is None:
        return None
    why = Why.from_json(notice.detail["why"])
    return render_alert(
        notice.notice_id,
        call,
        why,
        slack_user=notice.detail["slack_user"],
        shown=shown,
        locale=locale,
    )
