"""Handlers for calls: `/calls`, transcripts, calls in modals, sharing."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt import Ack, Respond

from bot.calls.messages import LOOKING, render_not_linked, render_words
from bot.calls.modals import (
    render_missing_modal,
    render_not_shown_modal,
    render_transcript_modal,
    say_already_there,
    say_not_possible,
    say_not_there,
    say_on_its_way,
    say_shared,
)
from bot.calls.presenter import calls_shown_by, seen_in, show_in_modal
from bot.calls.service import CallSearchService
from bot.calls.summary_messages import render_calls_modal
from bot.clock import Clock
from bot.errors import NotLinked, NotUnderstood
from bot.people.lookup import locale_for_user
from bot.slack.client import SlackClient
from bot.store import Store
from bot.ui.action_ids import CALLS_MODAL
from bot.ui.commands import CALLS, render_help_of
from bot.ui.formatting import Locale

LEAST_SECONDS_BETWEEN_ANSWERS = 0.3


@dataclass(frozen=True)
class CallHandlers:
    """What people do with calls: search, open, read, share."""

    call_search: CallSearchService
    store: Store
    slack: SlackClient
    locale: Locale
    clock: Clock
    hurry: Callable[[str], None]

    def list_calls(
        self, ack: Callable[..., Any], command: dict[str, Any], respond: Respond
    ) -> None:
        """Answer from the store; where days are missing, ask Vocatech first."""
        typed = command.get("text") or ""
        if typed.strip().lower() == "help":
            ack(**render_help_of(CALLS))
            return
        try:
            asked = self.call_search.read(command["user_id"], typed)
        except NotUnderstood as error:
            ack(**render_words(str(error)))
            return
        except NotLinked as error:
            ack(**render_not_linked(error))
            return
        gaps = self.call_search.missing(asked)
        if not gaps:
            ack(**self.call_search.show(asked))
            return
        ack(**render_words(LOOKING))
        began = time.monotonic()
        looked = self.call_search.look_back.look(gaps)
        # A second answer that overtakes the first would be followed by it, and not replace it.
        time.sleep(max(0.0, LEAST_SECONDS_BETWEEN_ANSWERS - (time.monotonic() - began)))
        respond(**self.call_search.show(asked, looked=looked), replace_original=True)

    def turn_calls_page(
        self,
        ack: Callable[..., Any],
        action: dict[str, Any],
        body: dict[str, Any],
        respond: Respond,
    ) -> None:
        """Show another page in the place of the one that is shown."""
        ack()
        wanted = json.loads(action["value"])
        try:
            asked = self.call_search.read(body["user"]["id"], wanted["typed"])
            answer = self.call_search.show(asked, page=wanted["page"])
        except NotUnderstood as error:
            answer = render_words(str(error))
        except NotLinked as error:  # since the list was made
            answer = render_not_linked(error)
        respond(**answer, replace_original=True)

    def open_transcript(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the transcript of a call, where its channel shows transcripts."""
        ack()
        self.slack.show_modal(
            body, _transcript(action["value"], 0, seen_in(body), self.store, self.locale)
        )

    def turn_transcript_page(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Show another page of the transcript that is open."""
        ack()
        wanted = json.loads(action["value"])
        view = _transcript(
            wanted["call_id"], wanted["page"], wanted.get("seen_in", ""), self.store, self.locale
        )
        self.slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])

    def open_calls(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the list of all calls that a summary stands for."""
        ack()
        calls = calls_shown_by(action["value"], self.store)
        reader = locale_for_user(body["user"]["id"], store=self.store, locale=self.locale)
        today = datetime.fromtimestamp(self.clock.now(), reader.zone).date()
        if not calls:
            self.slack.open_modal(body["trigger_id"], render_missing_modal())
            return
        view = render_calls_modal(calls, today=today, locale=reader)
        # What is opened from the list shows no more than what the list was opened from.
        known = {
            "callback_id": CALLS_MODAL,
            "private_metadata": json.dumps({"seen_in": seen_in(body)}),
        }
        self.slack.open_modal(body["trigger_id"], {**view, **known})

    def open_call(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the card of the call whose button was pressed."""
        ack()
        call = self.store.calls.find(action["value"])
        view = (
            show_in_modal(
                call, self.store, self.locale, channel=_channel_of(body), seen_in=seen_in(body)
            )
            if call
            else render_missing_modal()
        )
        self.slack.show_modal(body, view)

    def share_call(self, ack: Ack, body: dict[str, Any]) -> None:
        """Have the call shown in the channel where it was asked for, unless it is there already."""
        ack()
        told = json.loads(body["view"]["private_metadata"])
        call_id, channel = told["call_id"], told["channel"]
        call = self.store.calls.find(call_id)
        if call is None or not channel:
            self.slack.update_modal(body["view"]["id"], render_missing_modal(), seen_hash=None)
            return
        now = self.clock.now()
        if not self.slack.can_enter(channel):
            said = say_not_there(channel)
        elif self.store.posts.share(call_id, channel, by=body["user"]["id"], now=now):
            self.store.audit.note(
                body["user"]["id"], "shared a call", f"{call_id} in {channel}", now=now
            )
            self.hurry(channel)
            said = say_shared(channel)
        else:
            said = _say_where(call_id, channel, self.store, self.slack)
        view = show_in_modal(
            call, self.store, self.locale, channel=channel, said=said, seen_in=seen_in(body)
        )
        # Without the hash: of two presses each may have the last word, and both are true.
        self.slack.update_modal(body["view"]["id"], view, seen_hash=None)


def _transcript(
    call_id: str, page: int, channel: str, store: Store, locale: Locale
) -> dict[str, Any]:
    found = store.calls.find(call_id)
    if found is None:
        return render_missing_modal()
    call = store.channels.shown_in(channel).of(found)
    if (found.summary or found.transcript) and not (call.summary or call.transcript):
        return render_not_shown_modal()
    return render_transcript_modal(call, locale=locale, page=page, seen_in=channel)


def _say_where(call_id: str, channel: str, store: Store, slack: SlackClient) -> str:
    ts, parked = store.posts.place_of(call_id, channel)
    if ts:
        return say_already_there(channel, slack.link_to(channel, ts))
    return say_not_possible(channel) if parked else say_on_its_way(channel)


def _channel_of(body: dict[str, Any]) -> str | None:
    """Give the channel in which a command was typed; a direct one cannot be shared to."""
    channel = str((body.get("channel") or {}).get("id") or "")
    is_answer = bool((body.get("container") or {}).get("is_ephemeral"))
    return channel if is_answer and channel.startswith(("C", "G")) else None
