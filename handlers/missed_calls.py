"""Handlers for missed calls and for the menus of call cards."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.calls.card_menu import HAND_OVER, MUTE, WHY, chosen_in
from bot.channels.service import MuteService
from bot.missed_calls.modals import ASSIGNEE
from bot.missed_calls.service import ClaimService
from bot.rules.presenter import RulePresenter
from bot.slack.client import SlackClient
from bot.ui.action_ids import CALL_MODAL, CALLBACKS_MODAL

Json = dict[str, Any]


@dataclass(frozen=True)
class MissedCallHandlers:
    """Missed calls: claim, release, reassign, mark as called back, reopen."""

    slack: SlackClient
    claims: ClaimService
    mutes: MuteService
    rule_presenter: RulePresenter
    refresh_home: Callable[[str], None]
    refresh_side_pane: Callable[[Json], None]
    redraw_below: Callable[[Json], None]

    def choose_from_card_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Explain why a card is in its channel, or open the form that mutes the channel.

        Cards posted by older versions have this menu if the call was unclaimed.
        """
        ack()
        what, call_id = chosen_in(action["selected_option"]["value"])
        self._choose_about_channel(body, what, call_id)

    def claim_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Claim a missed call; a user who is too late sees the owner."""
        ack()
        conflict = self.claims.claim(action["value"], by=body["user"]["id"])
        self._answer(body, conflict)

    def mark_called_back(self, ack: Ack, action: Json, body: Json) -> None:
        """Record that the caller was called back."""
        ack()
        conflict = self.claims.mark_called_back(action["value"], by=body["user"]["id"])
        self._answer(body, conflict)

    def reopen_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Reopen a call that was marked as called back."""
        ack()
        self._answer(body, self.claims.reopen(action["value"], by=body["user"]["id"]))

    def choose_from_menu(self, ack: Ack, action: Json, body: Json) -> None:
        """Release a call, open the form that reassigns it, or do what concerns the channel."""
        ack()
        what, call_id = chosen_in(action["selected_option"]["value"])
        user = body["user"]["id"]
        if what in {WHY, MUTE}:
            self._choose_about_channel(body, what, call_id)
        elif what == HAND_OVER:
            view, is_form = self.claims.reassign_form(call_id, by=user, below=_origin(body))
            self.slack.show_modal(body, view)
            if not is_form:
                self._refresh(_origin(body), user)
        else:
            self._answer(body, self.claims.release(call_id, by=user))

    def reassign(self, ack: Ack, body: Json) -> None:
        """Reassign a call; problems appear at the field."""
        view = body["view"]
        form = json.loads(view["private_metadata"])
        problem = self.claims.reassign(
            form["call_id"],
            owner=form["owner"],
            to=view["state"]["values"][ASSIGNEE][ASSIGNEE]["selected_user"],
            by=body["user"]["id"],
        )
        if problem:
            ack(response_action="errors", errors={ASSIGNEE: problem})
            return
        ack()
        self._refresh(form["below"], body["user"]["id"])
        self.redraw_below(body)

    def _choose_about_channel(self, body: Json, what: str, call_id: str) -> None:
        channel = str((body.get("channel") or {}).get("id") or "")
        if what == WHY:
            self.slack.show_modal(body, self.rule_presenter.explain(call_id, channel))
        elif what == MUTE and channel:
            self.slack.show_modal(body, self.mutes.form(channel))

    def _answer(self, body: Json, conflict: Json | None) -> None:
        """Show a conflict, and the new state in the view with the button."""
        if conflict:
            self.slack.show_modal(body, conflict)
        else:
            self.refresh_side_pane(body)
        self._refresh(_origin(body), body["user"]["id"])
        self.redraw_below(body)

    def _refresh(self, origin: Json, user: str) -> None:
        """Show the new state in the call modal where the button was, and in the App Home below."""
        if "view" in origin:
            self.slack.redraw_modal(origin["view"], CALL_MODAL, origin, self.claims.redraw)
        if origin:
            self.refresh_home(user)


def _origin(body: Json) -> Json:
    """Return where a button was: the App Home or its list, or the id and metadata of a modal."""
    view = body.get("view") or {}
    if view.get("type") == "home" or view.get("callback_id") == CALLBACKS_MODAL:
        return {"in_home": True}
    if view.get("callback_id") != CALL_MODAL:
        return {}
    return {"view": view["id"], **json.loads(view["private_metadata"])}
