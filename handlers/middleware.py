"""Middleware before every listener: rejects external users and guests, queues new users."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import BoltContext

from bot.clock import Clock
from bot.errors import NotForGuests, NotForOutsiders
from bot.people.external_users import ExternalUsers
from bot.people.guests import Guests
from bot.people.slack_sync import Newcomers
from bot.server.metrics import Metrics
from bot.slack.client import SlackClient
from bot.store import Store

log = structlog.get_logger()

NOT_ALLOWED = "not allowed: use the bot from another company"
NOT_FOR_GUESTS = "not allowed: use this as a guest"


@dataclass(frozen=True)
class Middleware:
    """What runs before every listener."""

    external_users: ExternalUsers
    store: Store
    clock: Clock
    metrics: Metrics
    newcomers: Newcomers
    guests: Guests
    slack: SlackClient

    def is_external(self, body: Mapping[str, Any]) -> bool:
        """Return whether an external user sent this request; runs first."""
        return self.external_users.sent(body)

    def reject_external(self, ack: Callable[[], Any], body: Mapping[str, Any]) -> None:
        """Reject a request of an external user, and audit it; raises NotForOutsiders."""
        who = _begin_rejection(ack, body)
        self.metrics.count_refusal("outsider")
        log.warning("external_user_rejected", slack_user=who)
        team = (body.get("user") or {}).get("team_id") or body.get("team_id")
        detail = f"{_what(body)}, team {team}"
        self.store.audit.note(who, NOT_ALLOWED, detail, now=self.clock.now())
        raise NotForOutsiders

    def is_guest_refused(self, body: Mapping[str, Any]) -> bool:
        """Return whether a guest asks for more than their channels show; runs second."""
        return self.guests.is_refused(body)

    def reject_guest(self, ack: Callable[[], Any], body: Mapping[str, Any]) -> None:
        """Reject a request of a guest, and audit it; raises NotForGuests."""
        who = _begin_rejection(ack, body)
        self.metrics.count_refusal("guest")
        log.warning("guest_rejected", slack_user=who)
        self.store.audit.note(who, NOT_FOR_GUESTS, _what(body), now=self.clock.now())
        raise NotForGuests

    def notice_user(
        self, context: BoltContext, body: Mapping[str, Any], next_: Callable[[], None]
    ) -> None:
        """Queue the user for a lookup if they're new, note the open modal, and continue."""
        self.newcomers.notice(context.user_id)
        self.slack.note_modal(body.get("view") or {})
        next_()


def _begin_rejection(ack: Callable[[], Any], body: Mapping[str, Any]) -> str:
    """Acknowledge a click, since only commands and forms can be answered; return the user."""
    if body.get("type") == "block_actions":
        ack()
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or "")


def _what(body: Mapping[str, Any]) -> str:
    """Return what was used, without what was typed."""
    actions = body.get("actions") or [{}]
    named = (
        body.get("command"),
        actions[0].get("action_id"),
        body.get("action_id"),
        body.get("callback_id"),
        (body.get("view") or {}).get("callback_id"),
    )
    return str(next(filter(None, named), "something"))
