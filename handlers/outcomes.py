"""Outcomes: the list that admins keep, and the menu on call cards."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack

from bot.missed_calls.service import ClaimService
from bot.outcomes.service import OutcomeListService, OutcomeService
from bot.slack.client import SlackClient
from bot.slack.list_flow import ListFlow
from bot.ui.action_ids import CALL_MODAL

Json = dict[str, Any]


class OutcomeListHandlers(ListFlow[OutcomeListService]):
    """The list of outcomes."""


@dataclass(frozen=True)
class OutcomeHandlers:
    """The outcome of a call."""

    slack: SlackClient
    outcomes: OutcomeService
    claims: ClaimService
    redraw_below: Callable[[Json], None]

    def choose_outcome(self, ack: Ack, action: Json, body: Json) -> None:
        """Set the chosen outcome; if someone else was faster, show theirs and ask."""
        ack()
        outcome_id, _, call_id = action["selected_option"]["value"].partition(" ")
        seen = action["action_id"].rpartition(":")[2]
        below = _call_modal_in(body)
        conflict = self.outcomes.set(
            call_id, int(outcome_id), seen=int(seen), by=body["user"]["id"], below=below
        )
        if conflict:
            self.slack.show_modal(body, conflict)
        self._refresh(below)
        self.redraw_below(body)

    def replace_outcome(self, ack: Ack, body: Json) -> None:
        """Set an outcome after all; ask again if it was changed once more."""
        known = json.loads(body["view"]["private_metadata"])
        conflict = self.outcomes.set(
            known["call_id"],
            known["outcome_id"],
            seen=known["seen"],
            by=body["user"]["id"],
            below=known["below"],
        )
        if conflict:
            ack(response_action="update", view=conflict)
        else:
            ack()
        self._refresh(known["below"])

    def _refresh(self, below: Json) -> None:
        """Show the new state in the call modal where the menu was."""
        if below:
            self.slack.redraw_modal(below["view"], CALL_MODAL, below, self.claims.redraw)


def _call_modal_in(body: Json) -> Json:
    """Return the ID and metadata of the call modal with the menu; empty for a message."""
    view = body.get("view") or {}
    if view.get("callback_id") != CALL_MODAL:
        return {}
    return {"view": view["id"], **json.loads(view["private_metadata"])}
