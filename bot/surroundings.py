"""Owns what is known around a call, for its card: its number, its texts, who takes care of it."""

from typing import Any

from bot.callbacks import Ending
from bot.calls import Call, Direction
from bot.render.call_card import Around
from bot.render.call_modal import render_call_modal
from bot.render.callbacks import NO_CALLBACK, CallbackShown
from bot.render.locale import Locale
from bot.render.message import name_of
from bot.store import Store
from bot.who import contacts_of, name_caller, name_in_slack

SOMEBODY = "A colleague"


def around(call: Call, store: Store) -> Around:
    """Give what its card shows beside the call itself."""
    reply = store.texts.latest_about(call.call_id)
    written = reply.reply if reply else None
    return Around(
        has_contact=bool(contacts_of(call.remote_number, store)),
        callback=callback_of(call, store),
        reply=reply,
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
    call: Call, store: Store, locale: Locale, *, channel: str | None, said: str = ""
) -> dict[str, Any]:
    """Give the modal with a call's card; see `render_call_modal`."""
    known = around(call, store)
    named = name_caller(call, store)
    return render_call_modal(named, locale=locale, around=known, channel=channel, said=said)


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
