"""Owns what people see at once when they claim a call, pass it on or settle it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.calls.claim_section import NO_CALLBACK
from bot.calls.presenter import callback_of, show_in_modal
from bot.calls.words import other_party
from bot.contacts.modals import render_words_modal
from bot.missed_calls.modals import render_hand_over, words_for_standing
from bot.models.calls import Call
from bot.people.names import with_contact_name
from bot.slack.client import SlackClient
from bot.store import Store
from bot.ui.action_ids import CALL_MODAL
from bot.ui.formatting import Locale

Json = dict[str, Any]


@dataclass(frozen=True)
class ClaimService:
    """Cards follow by themselves once `wake` was called; modals and Homes are shown here."""

    store: Store
    slack: SlackClient
    locale: Locale
    refresh_home: Callable[[str], None]
    wake: Callable[[], None]

    def words(self, call_id: str) -> str:
        """Say how a call stands by now."""
        call = self.store.calls.find(call_id)
        return words_for_standing(callback_of(call, self.store) if call else NO_CALLBACK)

    def explain(self, body: Json, call_id: str) -> None:
        """Tell whoever was too late who was faster, or what came of it."""
        self.slack.show_modal(body, render_words_modal("Too late", self.words(call_id)))

    def ask_whom(self, body: Json, call: Call, owner: str) -> None:
        """Ask to whom a call is handed over that `owner` has."""
        who = other_party(with_contact_name(call, self.store), self.locale)
        view = render_hand_over(call.call_id, owner, who=who, below=_origin(body))
        self.slack.show_modal(body, view)

    def show(self, body: Json, call_id: str) -> None:
        """Show how a call stands, wherever the button was that changed it."""
        self.show_at(_origin(body), call_id)
        if (body.get("view") or {}).get("type") == "home":
            self.refresh_home(body["user"]["id"])

    def show_at(self, origin: Json, call_id: str) -> None:
        """Show it on the cards, and in the modal `origin` where there is one."""
        self.wake()
        call = self.store.calls.find(call_id)
        if call is None or origin.get("call_id") != call_id:
            return
        view = show_in_modal(
            call,
            self.store,
            self.locale,
            channel=origin["channel"],
            seen_in=origin.get("seen_in", ""),
        )
        self.slack.refresh_modal(origin["view"], view)


def _origin(body: Json) -> Json:
    """Give the modal with a call's card in which a button was, and what it was made from."""
    view = body.get("view") or {}
    if view.get("type") == "home":
        return {"in_home": True}
    if view.get("callback_id") != CALL_MODAL:
        return {}
    return {"view": view["id"], **json.loads(view["private_metadata"])}
