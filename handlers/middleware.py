"""What comes before every listener: new people are noticed, outsiders turned away."""

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
    """What comes before every listener."""

    external_users: ExternalUsers
    store: Store
    clock: Clock
    metrics: Metrics
    newcomers: Newcomers

    def is_outsider(self, body: Mapping[str, Any]) -> bool:
        """Say whether somebody of another company did this; before anything else looks at it."""
        return self.external_users.are_behind(body)

    def turn_away(self, ack: Callable[[], Any], body: Mapping[str, Any]) -> None:
        """Do nothing of what an outsider wants, and tell them so; raises NotForOutsiders."""
        if body.get("type") == "block_actions":
            ack()  # the words come afterwards; elsewhere they are the acknowledgement
        user, team = body.get("user") or {}, body.get("team_id")
        who = str(body.get("user_id") or user.get("id") or "")
        self.metrics.count_refusal("outsider")
        log.warning("outsider_turned_away", slack_user=who)
        detail = f"{_what(body)}, team {user.get('team_id') or team}"
        self.store.audit.note(who, NOT_ALLOWED, detail, now=self.clock.now())
        raise NotForOutsiders

    def notice_newcomer(self, context: BoltContext, next_: Callable[[], None]) -> None:
        """Note whoever does something and was not there at the last look, and go on at once."""
        self.newcomers.notice(context.user_id)
        next_()


def _what(body: Mapping[str, Any]) -> str:
    """Name what they did, without the words that they typed."""
    actions = body.get("actions") or [{}]
    named = (
        body.get("command"),
        actions[0].get("action_id"),
        body.get("action_id"),
        (body.get("view") or {}).get("callback_id"),
    )
    return str(next(filter(None, named), "something"))
