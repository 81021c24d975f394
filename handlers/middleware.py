"""Middleware before every listener: external users are rejected, new users are queued."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import BoltContext

from bot.clock import Clock
from bot.errors import NotForOutsiders
from bot.people.external_users import ExternalUsers
from bot.people.slack_sync import Newcomers
from bot.server.metrics import Metrics
from bot.store import Store

log = structlog.get_logger()

NOT_ALLOWED = "not allowed: use the bot from another company"


@dataclass(frozen=True)
class Middleware:
    """What runs before every listener."""

    external_users: ExternalUsers
    store: Store
    clock: Clock
    metrics: Metrics
    newcomers: Newcomers

    def is_external(self, body: Mapping[str, Any]) -> bool:
        """Return whether an external user sent this request; runs first."""
        return self.external_users.sent(body)

    def reject_external(self, ack: Callable[[], Any], body: Mapping[str, Any]) -> None:
        """Reject a request of an external user, and audit it; raises NotForOutsiders."""
        if body.get("type") == "block_actions":
            ack()  # elsewhere the error message is the acknowledgement
        user, team = body.get("user") or {}, body.get("team_id")
        who = str(body.get("user_id") or user.get("id") or "")
        self.metrics.count_refusal("outsider")
        log.warning("external_user_rejected", slack_user=who)
        detail = f"{_what(body)}, team {user.get('team_id') or team}"
        self.store.audit.note(who, NOT_ALLOWED, detail, now=self.clock.now())
        raise NotForOutsiders

    def notice_user(self, context: BoltContext, next_: Callable[[], None]) -> None:
        """Queue the user for a lookup if they're new, and continue."""
        self.newcomers.notice(context.user_id)
        next_()


def _what(body: Mapping[str, Any]) -> str:
    """Return what was used, without what was typed."""
    actions = body.get("actions") or [{}]
    named = (
        body.get("command"),
        actions[0].get("action_id"),
        body.get("action_id"),
        (body.get("view") or {}).get("callback_id"),
    )
    return str(next(filter(None, named), "something"))
