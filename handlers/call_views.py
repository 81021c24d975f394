"""What the buttons on a call card and on a summary open: transcripts and lists of calls."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.calls.call_summaries import calls_shown_by
from bot.calls.modals import render_missing_modal, render_not_shown_modal, render_transcript_modal
from bot.calls.presenter import seen_in
from bot.calls.summary_messages import render_calls_modal
from bot.clock import Clock
from bot.people.readers import locale_of
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.action_ids import CALLS_MODAL
from bot.ui.formatting import Locale

Ack = Callable[[], Any]


def open_transcript(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
) -> None:
    """Open the transcript of the call whose button was pressed, where its channel shows that."""
    ack()
    slack.show_modal(body, _transcript(action["value"], 0, seen_in(body), store, locale))


def turn_transcript_page(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
) -> None:
    """Show another page of the transcript that is open."""
    ack()
    wanted = json.loads(action["value"])
    view = _transcript(wanted["call_id"], wanted["page"], wanted.get("seen_in", ""), store, locale)
    slack.update_modal(body["view"]["id"], view, seen_hash=body["view"]["hash"])


def open_calls(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
    clock: Clock,
) -> None:
    """Open the list of all calls that a summary stands for."""
    ack()
    calls = calls_shown_by(action["value"], store)
    reader = locale_of(body["user"]["id"], store=store, locale=locale)
    today = datetime.fromtimestamp(clock.now(), reader.zone).date()
    if not calls:
        slack.open_modal(body["trigger_id"], render_missing_modal())
        return
    view = render_calls_modal(calls, today=today, locale=reader)
    # What is opened from the list shows no more than what the list was opened from.
    known = {"callback_id": CALLS_MODAL, "private_metadata": json.dumps({"seen_in": seen_in(body)})}
    slack.open_modal(body["trigger_id"], {**view, **known})


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
