"""Call cards, modals, and batch summaries: loaded from the store and rendered."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.calls.caller_history import load_history
from bot.calls.card_context import CardContext
from bot.calls.claim_section import NO_CALLBACK, ClaimSection, claim_sentence
from bot.calls.modals import (
    render_call_modal,
    render_missing_modal,
    render_not_shown_modal,
    render_transcript_modal,
)
from bot.calls.summary_messages import (
    CallAlert,
    CallSummary,
    render_burst,
    render_calls_modal,
    render_catch_up_summary,
    render_quiet_summary,
)
from bot.calls.words import OUTCOME
from bot.models.calls import Call, Direction
from bot.models.channels import EVERYTHING, Visibility
from bot.models.customers.timeline import NO_HISTORY, CallerHistory
from bot.models.missed_calls import Ending
from bot.models.outbox import ALERT
from bot.models.rules import How
from bot.notes.presenter import present_notes
from bot.outcomes.service import outcome_section
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, slack_name, with_contact_name
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.outbox.batches import BundleKind
from bot.store.outbox.notices import Notice
from bot.ui.action_ids import (
    CALL_MODAL,
    CALLS_MODAL,
    CONTACT_MODAL,
    NOTE_MODAL,
    TIMELINE_MODAL,
)
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

A_COLLEAGUE = "A colleague"
SIDE_PANE = "entity_detail"  # where a click was
MAX_NOTES = 5  # in the modal of a call
# Modals that know from which channel they were opened.
_MODALS_WITH_CHANNEL = (CALL_MODAL, CALLS_MODAL, CONTACT_MODAL, NOTE_MODAL, TIMELINE_MODAL)


def card_context(
    call: Call,
    store: Store,
    locale: Locale,
    shown: Visibility = EVERYTHING,
    *,
    counts_others: bool = True,
) -> CardContext:
    """Return everything a card shows beside the call itself; see `callback_of`."""
    reply = store.texts.latest_about(call.call_id)
    written = reply.reply if reply else None
    screened = store.screening.of(call.remote_number)
    return CardContext(
        has_contact=bool(contacts_of(call.remote_number, store)),
        callback=callback_of(call, store, counts_others=counts_others),
        reply=reply,
        quotes_reply=shown.summary,
        reply_by=slack_name(written.slack_user, store) if written else None,
        is_opted_out=store.opt_outs.of(call.remote_number) is not None,
        screened=screened,
        screened_by=slack_name(screened.by, store) if screened else None,
        history=_history(call, store, locale) if shown.summary else NO_HISTORY,
        outcome=outcome_section(call.call_id, store, is_shown=shown.summary),
    )


def _history(call: Call, store: Store, locale: Locale) -> CallerHistory:
    history, talk = load_history(call, store, locale)
    return replace(history, last_with=_our_person(talk, store)) if talk else history


def shown_of_call(call_id: str, channel: str, store: Store) -> Visibility:
    """Return what a channel may show of a call: little while it may belong elsewhere."""
    shown = store.channels.shown_in(channel)
    why = store.posts.why(call_id, channel)
    if why and why.how is How.UNPLACED:
        return replace(shown, summary=False, transcript=False)
    return shown


def is_misplaced(call_id: str, channel: str, store: Store) -> bool:
    """Return whether a card is where its call doesn't belong: its line was reported later."""
    why = store.posts.why(call_id, channel)
    if why is None or why.how is not How.UNPLACED:
        return False
    others = (store.posts.why(call_id, one) for one in store.posts.channels_of(call_id))
    return any(one is not None and one.how is not How.UNPLACED for one in others)


def callback_of(call: Call, store: Store, *, counts_others: bool = True) -> ClaimSection:
    """Return the state of a missed call; empty for other calls.

    Without `counts_others`, it doesn't say how many other missed calls the caller has.
    """
    if not call.is_to_be_called_back:
        return NO_CALLBACK
    standing = store.missed_calls.standing(call, counts_others=counts_others)
    if ending := standing.ending:
        return ClaimSection(
            done=_how_it_ended(ending, store),
            done_at=ending.at,
            is_said=ending.talk is None and not ending.is_spam,
        )
    tried, claim = standing.tried, standing.claim
    return ClaimSection(
        is_open=True,
        owner=(slack_name(claim.slack_user, store) or A_COLLEAGUE) if claim else None,
        others=standing.others,
        tried_by=_our_person(tried, store) if tried else None,
        tried_at=tried.started_at if tried else None,
    )


def present_call_modal(
    call: Call,
    store: Store,
    locale: Locale,
    *,
    channel: str | None,
    said: str = "",
    seen_in: str = "",
) -> dict[str, Any]:
    """Return the modal with a call's card; see `render_call_modal`.

    It shows the full number even if the channel masks it, so that people can call back.
    """
    shown = shown_of_call(call.call_id, seen_in, store)
    return render_call_modal(
        shown.of(with_contact_name(call, store)),
        locale=locale,
        shown_with=card_context(call, store, locale, shown),
        channel=channel,
        said=said,
        seen_in=seen_in,
        notes=_notes(call.call_id, store, locale) if shown.transcript else (),
        menu_state=make_token(),
    )


def _notes(call_id: str, store: Store, locale: Locale) -> list[dict[str, Any]]:
    """Return the latest notes on a call as blocks."""
    return present_notes(store.notes.of_call(call_id, limit=MAX_NOTES), store, locale)


def present_transcript(
    call_id: str, page: int, *, seen_in: str, store: Store, locale: Locale
) -> dict[str, Any]:
    """Return a page of a transcript, if the channel it was opened from shows transcripts."""
    found = store.calls.find(call_id)
    if found is None:
        return render_missing_modal()
    call = shown_of_call(call_id, seen_in, store).of(found)
    if (found.summary or found.transcript) and not (call.summary or call.transcript):
        return render_not_shown_modal()
    return render_transcript_modal(call, locale=locale, page=page, seen_in=seen_in)


def present_calls_modal(
    value: str, *, slack_user: str, seen_in: str, now: float, store: Store, locale: Locale
) -> dict[str, Any]:
    """Return the list of all calls of a summary; `value` is that of its button."""
    calls = calls_behind(value, store)
    if not calls:
        return render_missing_modal()
    reader = locale_for_user(slack_user, store=store, locale=locale)
    today = datetime.fromtimestamp(now, reader.zone).date()
    view = render_calls_modal(calls, states_of(calls, store), today=today, locale=reader)
    # Calls opened from the list show no more than the message that it was opened from.
    known = {"callback_id": CALLS_MODAL, "private_metadata": json.dumps({"seen_in": seen_in})}
    return {**view, **known}


def seen_in(body: Mapping[str, Any]) -> str:
    """Return the channel with the message in which a button was clicked, or an empty string.

    App Home and messages that only one person sees, such as answers to commands, are in no channel.
    """
    view = body.get("view") or {}
    if view.get("callback_id") in _MODALS_WITH_CHANNEL:
        return _channel_in(view["private_metadata"])
    container = body.get("container") or {}
    if container.get("type") == SIDE_PANE:
        return str(container.get("channel_id") or "")
    is_for_all = container.get("type") == "message" and not container.get("is_ephemeral")
    return str((body.get("channel") or {}).get("id") or "") if is_for_all else ""


def _channel_in(metadata: str) -> str:
    """Return the channel that a modal keeps; some modals of contacts keep nothing."""
    try:
        return str(json.loads(metadata).get("seen_in") or "")
    except (ValueError, AttributeError):
        return ""


def _how_it_ended(ending: Ending, store: Store) -> str:
    if ending.talk is None:
        name = slack_name(ending.slack_user, store) or A_COLLEAGUE
        if ending.is_spam:
            return f"Marked as spam by {name_of(name)}"
        return f"Marked as called back by {name_of(name)}"
    name = _our_person(ending.talk, store)
    if ending.talk.direction is Direction.OUTGOING:
        return f"Called back by {name}"
    return f"Called again and reached {name}"


def _our_person(call: Call, store: Store) -> str:
    """Return the name of our side: as in Slack, else as in Vocatech."""
    slack_user = store.links.slack_user_of(call.extension) if call.extension else None
    ext = f"ext. {name_of(call.extension)}" if call.extension else None
    name = slack_name(slack_user, store) or call.our_name or ext or A_COLLEAGUE
    return name_of(name)


_BATCH = "bundle "  # part of the value of posted buttons, so it stays as it is

_RENDERERS: Mapping[BundleKind, Callable[..., Message]] = {
    BundleKind.QUIET: render_quiet_summary,
    BundleKind.BURST: render_burst,
}


def present_catch_up(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Return the summary of the calls that came while the app was offline."""
    return render_catch_up_summary(
        _summary(notice.detail["call_ids"], notice.notice_id, store), locale=locale
    )


def present_batch(
    batch_id: str, *, store: Store, locale: Locale, may_be_a_repeat: bool
) -> Message | None:
    """Return the summary of a batch of calls; None if it has none."""
    batch = store.batches.find(int(batch_id))
    if batch is None or not batch.call_ids:
        return None
    alerts = [_alert(one, store) for one in store.batches.alerts_in(batch.bundle_id)]
    summary = _summary(
        batch.call_ids, f"{_BATCH}{batch_id}", store, alerts=[one for one in alerts if one]
    )
    render = _RENDERERS[batch.kind]
    return render(summary, locale=locale, may_be_a_repeat=may_be_a_repeat)


def calls_behind(value: str, store: Store) -> list[Call]:
    """Return the calls of the summary to which a button belongs."""
    if value.startswith(_BATCH):
        batch = store.batches.find(int(value.removeprefix(_BATCH)))
        call_ids: Iterable[str] = batch.call_ids if batch else ()
    else:
        notice = store.notices.find(value)
        call_ids = notice.detail["call_ids"] if notice else ()
    return _named(call_ids, store)


def states_of(calls: Iterable[Call], store: Store, *, counts_others: bool = True) -> dict[str, str]:
    """Return the state of each missed call in words, by call ID."""
    found = {call.call_id: callback_of(call, store, counts_others=counts_others) for call in calls}
    return {
        call_id: claim_sentence(shown).rstrip(".") or "Unclaimed"
        for call_id, shown in found.items()
        if shown != NO_CALLBACK
    }


def with_outcomes(states: Mapping[str, str], calls: Iterable[Call], store: Store) -> dict[str, str]:
    """Return the states of calls with the outcomes that people set, by call ID."""
    found = store.outcomes.of_calls([call.call_id for call in calls])
    said = {call_id: f"{OUTCOME}{name_of(one.outcome.name)}" for call_id, one in found.items()}
    return {
        call_id: "  ·  ".join(part for part in (states.get(call_id), said.get(call_id)) if part)
        for call_id in {**states, **said}
    }


def _summary(
    call_ids: Iterable[str], button_value: str, store: Store, alerts: Iterable[CallAlert] = ()
) -> CallSummary:
    calls = _named(call_ids, store)
    return CallSummary(calls, button_value, states_of(calls, store), tuple(alerts))


def _named(call_ids: Iterable[str], store: Store) -> list[Call]:
    return [with_contact_name(call, store) for call in store.calls.find_all(call_ids)]


def _alert(notice_id: str, store: Store) -> CallAlert | None:
    notice = store.notices.find(notice_id)
    call = store.calls.find(notice.detail["call_id"]) if notice and notice.kind == ALERT else None
    if notice is None or call is None:
        return None
    return CallAlert(
        notice.detail["slack_user"], notice.detail["why"]["rule"], with_contact_name(call, store)
    )
