"""Handlers for calls: `/calls`, transcripts, calls in modals, sharing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, Respond

from bot.calls.card_menu import chosen_in
from bot.calls.modals import render_missing_modal
from bot.calls.presenter import (
    present_call_modal,
    present_calls_modal,
    present_transcript,
    seen_in,
)
from bot.calls.service import CallSearchService
from bot.calls.sharing import CallSharingService
from bot.channels.masking import fit_blocks
from bot.clock import Clock
from bot.contacts.shortcuts import calls_modal
from bot.people.guests import Guests
from bot.slack.client import SlackClient
from bot.slack.views import is_in_modal
from bot.store import Store
from bot.ui.action_ids import CALL_MODAL
from bot.ui.blocks import Json
from bot.ui.commands import CALLS, render_help_of
from bot.ui.formatting import Locale
from bot.ui.suggestions import asks_for_help


@dataclass(frozen=True)
class CallHandlers:
    """Search, open, read, and share calls."""

    call_search: CallSearchService
    call_sharing: CallSharingService
    store: Store
    slack: SlackClient
    locale: Locale
    clock: Clock
    guests: Guests

    def list_calls(self, ack: Callable[..., Any], command: Json, respond: Respond) -> None:
        """Answer `/calls` from the store; if days are missing, fetch them and answer again."""
        typed = command.get("text") or ""
        if asks_for_help(typed):
            ack(**render_help_of(CALLS))
            return
        channel = self.guests.channel_for(command)
        answer, pending = self.call_search.begin(command["user_id"], typed, channel=channel)
        ack(**self._fit(answer, channel))
        if pending:
            respond(**self.call_search.finish(pending), replace_original=True)

    def turn_calls_page(self, ack: Ack, action: Json, body: Json, respond: Respond) -> None:
        """Replace the list with another page of it."""
        ack()
        wanted = json.loads(action["value"])
        channel = self.guests.channel_for(body)
        answer = self.call_search.page(
            body["user"]["id"], wanted["typed"], wanted["page"], channel=channel
        )
        if is_in_modal(body):
            self.slack.update_modal(body["view"]["id"], calls_modal(answer), seen_hash=None)
            return
        respond(**self._fit(answer, channel), replace_original=True)

    def open_transcript(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the transcript of a call."""
        ack()
        channel = self.guests.channel_for(body)
        view = present_transcript(
            action["value"],
            0,
            seen_in=seen_in(body) if channel is None else channel,
            store=self.store,
            locale=self.locale,
        )
        self.slack.show_modal(body, self._fit(view, channel))

    def turn_transcript_page(self, ack: Ack, action: Json, body: Json) -> None:
        """Show another page of the open transcript."""
        ack()
        wanted = json.loads(action["value"])
        view = present_transcript(
            wanted["call_id"],
            wanted["page"],
            seen_in=wanted.get("seen_in", ""),
            store=self.store,
            locale=self.locale,
        )
        channel = None if self.guests.channel_for(body) is None else wanted.get("seen_in", "")
        self.slack.update_modal(
            body["view"]["id"], self._fit(view, channel), seen_hash=body["view"]["hash"]
        )

    def open_calls(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the list of all calls of a summary."""
        ack()
        view = present_calls_modal(
            action["value"],
            slack_user=body["user"]["id"],
            seen_in=seen_in(body),
            now=self.clock.now(),
            store=self.store,
            locale=self.locale,
        )
        view = self._fit(view, self.guests.channel_for(body))
        self.slack.open_modal(body["trigger_id"], view)

    def open_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the card of a call."""
        ack()
        call, channel = self.store.calls.find(action["value"]), self.guests.channel_for(body)
        view = (
            present_call_modal(
                call,
                self.store,
                self.locale,
                channel=_channel_to_share_to(body) if channel is None else None,
                seen_in=seen_in(body) if channel is None else channel,
            )
            if call
            else render_missing_modal()
        )
        self.slack.show_modal(body, self._fit(view, channel))

    def share_call(self, ack: Ack, body: Json) -> None:
        """Share the open call to the channel in which it was searched."""
        ack()
        known = json.loads(body["view"]["private_metadata"])
        view = self.call_sharing.share(
            known["call_id"], known["channel"], by=body["user"]["id"], seen_in=seen_in(body)
        )
        # Without the hash: after two clicks either result may be shown, and both are true.
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)

    def _fit(self, shown: Json, channel: str | None) -> Json:
        """Return what a guest may see and use of a view; without a channel, all of it."""
        if channel is None:
            return shown
        usable = self.guests.usable(shown, channel)
        return fit_blocks(usable, self.store.channels.shown_in(channel))


@dataclass(frozen=True)
class CardMenuHandler:
    """The menu "More" of call cards; `entries` are its handlers by key.

    `reset` has the menu of a call's card in a channel shown without a choice. `redraw` returns the
    new content of an open call modal, by its metadata; its menus show no choice.
    """

    entries: Mapping[str, Callable[[Ack, Json, Json], None]]
    slack: SlackClient
    reset: Callable[[str, str], None]
    redraw: Callable[[Json], Json | None]

    def choose(self, ack: Ack, action: Json, body: Json) -> None:
        """Do what was chosen; the handler gets the call ID as the value of the action."""
        key, call_id = chosen_in(action["selected_option"]["value"])
        try:
            self.entries[key](ack, {**action, "value": call_id}, body)
        finally:
            self._reset(call_id, body)

    def _reset(self, call_id: str, body: Json) -> None:
        view = body.get("view") or {}
        if view.get("callback_id") == CALL_MODAL:
            # Of a full stack, what the choice opened has replaced the modal.
            known = json.loads(view["private_metadata"])
            self.slack.redraw_modal(view["id"], CALL_MODAL, known, self.redraw)
        elif channel := seen_in(body) if not view else "":
            self.reset(call_id, channel)


def _channel_to_share_to(body: Json) -> str | None:
    """Return the channel in which a command was typed; None for a direct one."""
    channel = str((body.get("channel") or {}).get("id") or "")
    is_answer = bool((body.get("container") or {}).get("is_ephemeral"))
    return channel if is_answer and channel.startswith(("C", "G")) else None
