"""Handlers for missed calls and the menus of call cards."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.calls.claim_section import HAND_OVER, MUTE, WHY
from bot.channels.service import MuteService
from bot.clock import Clock
from bot.missed_calls.modals import NOT_A_COLLEAGUE, THEIRS_ALREADY, WHOM
from bot.missed_calls.service import ClaimService
from bot.people.permissions import Permissions
from bot.rules.words import render_why_modal
from bot.slack.client import SlackClient
from bot.store import Store
from bot.ui.formatting import Locale

Json = dict[str, Any]

RELEASE_OTHERS = "release what a colleague takes care of"

HAND_OVER_OTHERS = "hand over what a colleague takes care of"


@dataclass(frozen=True)
class MissedCallHandlers:
    """Missed calls: claim, release, reassign, mark as called back."""

    store: Store
    slack: SlackClient
    locale: Locale
    mutes: MuteService
    clock: Clock
    claims: ClaimService
    permissions: Permissions

    def choose_from_card_menu(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Explain why a card is in its channel, or ask for how long to mute the channel."""
        ack()
        what, _, call_id = action["selected_option"]["value"].partition(" ")
        answer_from_menu(
            body,
            what,
            call_id,
            store=self.store,
            slack=self.slack,
            locale=self.locale,
            mutes=self.mutes,
        )

    def claim_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Claim a missed call; whoever was not the first is told who was."""
        ack()
        user, call_id = body["user"]["id"], action["value"]
        claim = self.store.claims.take(call_id, user, now=self.clock.now())
        if claim is None or claim.slack_user != user:
            self.claims.explain(body, call_id)
        self.claims.show(body, call_id)

    def say_called_back(self, ack: Ack, action: Json, body: Json) -> None:
        """Take somebody's word for it that the caller was called back."""
        ack()
        call_id = action["value"]
        if not self.store.claims.call_back(call_id, body["user"]["id"], now=self.clock.now()):
            self.claims.explain(body, call_id)
        self.claims.show(body, call_id)

    def reopen_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Take it back that the caller was called back."""
        ack()
        self.store.claims.reopen(action["value"], body["user"]["id"], now=self.clock.now())
        self.claims.show(body, action["value"])

    def choose_from_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Release a call, or ask to whom it is handed over: its owner may, and admins.

        Everybody may ask why its card is here, and mute the channel.
        """
        ack()
        what, _, call_id = action["selected_option"]["value"].partition(" ")
        if answer_from_menu(
            body,
            what,
            call_id,
            store=self.store,
            slack=self.slack,
            locale=self.locale,
            mutes=self.mutes,
        ):
            return
        user, call, claim = (
            body["user"]["id"],
            self.store.calls.find(call_id),
            self.store.claims.of(call_id),
        )
        if call is None or claim is None or self.store.open_calls.standing(call).ending:
            self.claims.explain(body, call_id)
            self.claims.show(body, call_id)
            return
        if claim.slack_user != user:
            self.permissions.need_admin(
                user, HAND_OVER_OTHERS if what == HAND_OVER else RELEASE_OTHERS, call_id
            )
        if what == HAND_OVER:
            self.claims.ask_whom(body, call, claim.slack_user)
            return
        if not self.store.claims.release(call_id, claim.slack_user, by=user, now=self.clock.now()):
            self.claims.explain(body, call_id)
        self.claims.show(body, call_id)

    def hand_over(self, ack: Ack, body: Json) -> None:
        """Hand a call over, once; whoever gets it is told directly."""
        view, user = body["view"], body["user"]["id"]
        told = json.loads(view["private_metadata"])
        call_id, owner = told["call_id"], told["owner"]
        to = view["state"]["values"][WHOM][WHOM]["selected_user"]
        if owner != user:
            self.permissions.need_admin(user, HAND_OVER_OTHERS, call_id)
        if to == owner or self.store.slack_people.find(to) is None:
            words = THEIRS_ALREADY if to == owner else NOT_A_COLLEAGUE
            ack(response_action="errors", errors={WHOM: words})
            return
        if not self.store.claims.hand_over(call_id, owner, to, by=user, now=self.clock.now()):
            claim = self.store.claims.of(call_id)
            if claim is None or claim.slack_user != to:  # else it was sent twice
                ack(response_action="errors", errors={WHOM: self.claims.words(call_id)})
                return
        ack()
        self.claims.show_at(told["below"], call_id)
        if told["below"].get("in_home"):
            self.claims.refresh_home(user)


def answer_from_menu(
    body: Mapping[str, Any],
    what: str,
    call_id: str,
    *,
    store: Store,
    slack: SlackClient,
    locale: Locale,
    mutes: MuteService,
) -> bool:
    """Say why a card is in a channel, or ask how long to mute that; False for anything else."""
    channel = str((body.get("channel") or {}).get("id") or "")
    if what == WHY:
        why = store.posts.why(call_id, channel)
        shown = store.channels.shown_in(channel)
        slack.show_modal(body, render_why_modal(why, shown=shown, locale=locale))
    elif what == MUTE and channel:
        slack.show_modal(body, mutes.form(channel))
    return what in {WHY, MUTE}
