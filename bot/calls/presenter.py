"""Owns what is known around a call, for its card: its number, its texts, who takes care of it."""

import json
from collections.abc import Mapping
from typing import Any

from bot.calls.call_modal import render_call_modal
from bot.calls.card import Around
from bot.calls.claim_section import NO_CALLBACK, CallbackShown
from bot.models.calls import Call, Direction
from bot.models.channels import EVERYTHING, Shown
from bot.models.missed_calls import Ending
from bot.people.names import contacts_of, name_caller, name_in_slack
from bot.store import Store
from bot.ui.action_ids import CALL_MODAL, CALLS_MODAL
from bot.ui.formatting import Locale
from bot.ui.message import name_of

SOMEBODY = "A colleague"


def around(call: Call, store: Store, shown: Shown = EVERYTHING) -> Around:
    """Give what its card shows beside the call itself."""
    reply = store.texts.latest_about(call.call_id)
    written = reply.reply if reply else None
    return Around(
        has_contact=bool(contacts_of(call.remote_number, store)),
        callback=callback_of(call, store),
        reply=reply,
        quotes_reply=shown.summary,
        reply_by=name_in_slack(written.slack_user, store) if written else None,
        is_opted_out=store.opt_outs.of(call.remote_number) is not None,
    )


def callback_of(call: Call, store: Store) -> CallbackShown:
    """Say how a call stands that somebody may have to call back."""
    if not call.is_to_be_called_back:
        return NO_CALLBACK
    standing = store.open_calls.standing(call)
    if ending := standing.ending:
        return CallbackShown(
            done=_how_it_ended(ending, store), done_at=ending.at, is_said=ending.talk is None
        )
    tried, claim = standing.tried, standing.claim
    return CallbackShown(
        is_open=True,
        owner=(name_in_slack(claim.slack_user, store) or SOMEBODY) if claim else None,
        others=standing.others,
        tried_by=_our_person(tried, store) if tried else None,
        tried_at=tried.started_at if tried else None,
    )


def show_in_modal(
    call: Call,
    store: Store,
    locale: Locale,
    *,
    channel: str | None,
    said: str = "",
    seen_in: str = "",
) -> dict[str, Any]:
    """Give the modal with a call's card; see `render_call_modal`.

    Whoever must call back finds the whole number here, whatever the channel shows of it.
    """
    shown = store.channels.shown_in(seen_in)
    return render_call_modal(
        shown.of(name_caller(call, store)),
        locale=locale,
        around=around(call, store, shown),
        channel=channel,
        said=said,
        seen_in=seen_in,
    )


def seen_in(body: Mapping[str, Any]) -> str:
    """Give the channel with the message from which somebody opens something, else nothing.

    What only the asker sees, such as an answer to a command, and App Home are in no channel.
    """
    view = body.get("view") or {}
    if view.get("callback_id") in (CALL_MODAL, CALLS_MODAL):
        return str(json.loads(view["private_metadata"]).get("seen_in") or "")
    container = body.get("container") or {}
    is_for_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return str((body.get("channel") or {}).get("id") or "") if is_for_all else ""


def _how_it_ended(ending: Ending, store: Store) -> str:
    if ending.talk is None:
        name = name_in_slack(ending.slack_user, store) or SOMEBODY
        return f"{name_of(name)} says they called back"
    name = _our_person(ending.talk, store)
    if ending.talk.direction is Direction.OUTGOING:
        return f"Called back by {name}"
    return f"They called again and reached {name}"


def _our_person(call: Call, store: Store) -> str:
    """Name whose call it was: as in Slack, else as at the provider."""
    slack_user = store.links.slack_user_of(call.extension) if call.extension else None
    ext = f"ext. {name_of(call.extension)}" if call.extension else None
    name = name_in_slack(slack_user, store) or call.our_name or ext or SOMEBODY
    return name_of(name)
