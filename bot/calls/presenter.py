"""Call cards and summaries, loaded from the store and rendered."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.calls.card import Around
from bot.calls.claim_section import NO_CALLBACK, ClaimSection, claim_sentence
from bot.calls.modals import render_call_modal
from bot.calls.summary_messages import (
    Alerted,
    CallSummary,
    render_burst,
    render_catch_up_summary,
    render_quiet_summary,
)
from bot.models.calls import Call, Direction
from bot.models.channels import EVERYTHING, Visibility
from bot.models.missed_calls import Ending
from bot.models.outbox import ALERT
from bot.people.names import contacts_of, slack_name, with_contact_name
from bot.store import Store
from bot.store.outbox.batches import BundleKind
from bot.store.outbox.notices import Notice
from bot.ui.action_ids import CALL_MODAL, CALLS_MODAL
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

SOMEBODY = "A colleague"


def card_context(call: Call, store: Store, shown: Visibility = EVERYTHING) -> Around:
    """Give what its card shows beside the call itself."""
    reply = store.texts.latest_about(call.call_id)
    written = reply.reply if reply else None
    return Around(
        has_contact=bool(contacts_of(call.remote_number, store)),
        callback=callback_of(call, store),
        reply=reply,
        quotes_reply=shown.summary,
        reply_by=slack_name(written.slack_user, store) if written else None,
        is_opted_out=store.opt_outs.of(call.remote_number) is not None,
    )


def callback_of(call: Call, store: Store) -> ClaimSection:
    """Say how a call stands that somebody may have to call back."""
    if not call.is_to_be_called_back:
        return NO_CALLBACK
    standing = store.open_calls.standing(call)
    if ending := standing.ending:
        return ClaimSection(
            done=_how_it_ended(ending, store), done_at=ending.at, is_said=ending.talk is None
        )
    tried, claim = standing.tried, standing.claim
    return ClaimSection(
        is_open=True,
        owner=(slack_name(claim.slack_user, store) or SOMEBODY) if claim else None,
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
        shown.of(with_contact_name(call, store)),
        locale=locale,
        around=card_context(call, store, shown),
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
        name = slack_name(ending.slack_user, store) or SOMEBODY
        return f"Marked as called back by {name_of(name)}"
    name = _our_person(ending.talk, store)
    if ending.talk.direction is Direction.OUTGOING:
        return f"Called back by {name}"
    return f"Called again and reached {name}"


def _our_person(call: Call, store: Store) -> str:
    """Name whose call it was: as in Slack, else as at the provider."""
    slack_user = store.links.slack_user_of(call.extension) if call.extension else None
    ext = f"ext. {name_of(call.extension)}" if call.extension else None
    name = slack_name(slack_user, store) or call.our_name or ext or SOMEBODY
    return name_of(name)


_BUNDLE = "bundle "

_BUNDLES: Mapping[BundleKind, Callable[..., Message]] = {
    BundleKind.QUIET: render_quiet_summary,
    BundleKind.BURST: render_burst,
}


def show_catch_up(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Give the message about the calls that came while the bot was away."""
    return render_catch_up_summary(
        _told(notice.detail["call_ids"], notice.notice_id, store), locale=locale
    )


def present_batch(
    bundle_id: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Give the message about the calls of a bundle; None where there is none."""
    bundle = store.bundles.find(int(bundle_id))
    if bundle is None or not bundle.call_ids:
        return None
    alerts = [_alerted(one, store) for one in store.bundles.alerts_in(bundle.bundle_id)]
    told = _told(
        bundle.call_ids, f"{_BUNDLE}{bundle_id}", store, alerts=[one for one in alerts if one]
    )
    render = _BUNDLES[bundle.kind]
    return render(told, locale=locale, may_be_a_repeat=may_be_a_repeat)


def calls_shown_by(value: str, store: Store) -> list[Call]:
    """Give the calls that a summary's button stands for."""
    if value.startswith(_BUNDLE):
        bundle = store.bundles.find(int(value.removeprefix(_BUNDLE)))
        call_ids: Iterable[str] = bundle.call_ids if bundle else ()
    else:
        notice = store.notices.find(value)
        call_ids = notice.detail["call_ids"] if notice else ()
    return _named(call_ids, store)


def _told(
    call_ids: Iterable[str], shown_by: str, store: Store, alerts: Iterable[Alerted] = ()
) -> CallSummary:
    calls = _named(call_ids, store)
    states = {call.call_id: claim_sentence(callback_of(call, store)).rstrip(".") for call in calls}
    return CallSummary(calls, shown_by, states, tuple(alerts))


def _named(call_ids: Iterable[str], store: Store) -> list[Call]:
    return [with_contact_name(call, store) for call in store.calls.find_all(call_ids)]


def _alerted(notice_id: str, store: Store) -> Alerted | None:
    notice = store.notices.find(notice_id)
    call = store.calls.find(notice.detail["call_id"]) if notice and notice.kind == ALERT else None
    if notice is None or call is None:
        return None
    return Alerted(
        notice.detail["slack_user"], notice.detail["why"]["rule"], with_contact_name(call, store)
    )
