"""Warnings in the form of a text, which can be sent all the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.calls import Call
from bot.models.missed_calls import Ending
from bot.models.texts import Platform, Text, TextForm
from bot.people.names import contacts_of, slack_name
from bot.store import Store
from bot.texts.words import no_number, only_one

RECENT_SECONDS = 60.0
_SINCE = "after you opened this form"
# Customers may write several texts while a form is open.
LATEST = 50


@dataclass(frozen=True)
class OtherWriter:
    """A colleague (a Slack user) who texted the same number, and if that was a moment ago.

    `slack_user` is None for an automatic text, and for one from another app (`is_elsewhere`).
    """

    slack_user: str | None
    is_recent: bool
    is_elsewhere: bool = False


def other_writer(form: TextForm, *, viewer: str, store: Store, now: float) -> OtherWriter | None:
    """Return who else texted the number in the last minute, or since the form was opened."""
    recent = now - RECENT_SECONDS
    since = min(recent, form.opened_at or now)
    found = store.send_queue.latest_by_others(form.number, than=viewer, since=since)
    if found:
        return OtherWriter(found[0], found[1] >= recent)
    opened_at = form.opened_at or now
    elsewhere = any(
        not text.is_incoming and text.reply is None and (text.at or 0.0) >= opened_at
        for text in store.texts.latest_with([form.number], limit=LATEST)
    )
    return OtherWriter(None, is_recent=False, is_elsewhere=True) if elsewhere else None


def handled_since(form: TextForm, body: str, *, viewer: str, store: Store) -> str:
    """Return what was done after a form was opened: sent the same, or dealt with its missed call.

    It's empty if neither was done.
    """
    if _is_repeated(form, body, viewer=viewer, store=store):
        return f"You sent the same message {_SINCE}"
    return _dealt_with_call(form, viewer=viewer, store=store)


def _dealt_with_call(form: TextForm, *, viewer: str, store: Store) -> str:
    """Return who dealt with the missed call of a form since it was opened; empty if no one did.

    A conversation may have begun before, but is known only when it's answered or even listed.
    """
    call = store.calls.find(form.call_id) if form.call_id else None
    earlier = form.changes or form.resends
    if call is None or not (earlier or (form.claims and form.opened_at)):
        return ""
    standing = store.missed_calls.standing(call, counts_others=False)
    if earlier:
        was_open = store.scheduled_texts.needed_at(earlier) is not None
        since = "after this message was written"
        return _settled(call, standing.ending, since, viewer, store) if was_open else ""
    claim = standing.claim
    if not form.was_settled and (said := _settled(call, standing.ending, _SINCE, viewer, store)):
        return said
    if claim and claim.at >= form.opened_at and claim.slack_user != viewer:
        return f"{_name(claim.slack_user, store)} claimed this call {_SINCE}"
    return ""


def _settled(call: Call, ending: Ending | None, since: str, viewer: str, store: Store) -> str:
    """Return who settled a call that was open before, unless the viewer did; or empty text."""
    if ending and ending.slack_user == viewer:
        return ""
    if ending and ending.is_spam:
        return f"{_name(ending.slack_user, store)} marked this caller as spam {since}"
    if ending and ending.slack_user:
        return f"{_name(ending.slack_user, store)} called this caller back {since}"
    # A report that the call itself was answered may be late.
    is_talk = ending is not None or not call.needs_a_call_back
    return "Someone talked to this caller in the meantime" if is_talk else ""


def must_confirm(form: TextForm, body: str, *, viewer: str, store: Store, now: float) -> bool:
    """Return whether a text should be sent only after its writer has seen a warning."""
    if form.has_been_warned:
        return False
    other = other_writer(form, viewer=viewer, store=store, now=now)
    return bool(other or handled_since(form, body, viewer=viewer, store=store))


def _is_repeated(form: TextForm, body: str, *, viewer: str, store: Store) -> bool:
    """Return whether the viewer sent the same text after this form was opened.

    A second click on a button opens two forms, and the other one stays when the first is sent.
    """
    return bool(form.opened_at) and any(
        text.reply is not None
        and text.reply.slack_user == viewer
        and text.reply.written_at >= form.opened_at
        and text.text_id != form.text_id
        and text.body.strip() == body.strip()
        and not (text.may_be_sent_again or text.is_canceled)
        for text in store.texts.latest_with([form.number], limit=LATEST)
    )


def _name(slack_user: str | None, store: Store) -> str:
    return slack_name(slack_user, store) or "A colleague"


def _describe(other: OtherWriter, store: Store) -> str:
    if other.is_elsewhere:
        return "A message was sent to this number from another app"
    if other.slack_user:
        return f"{_name(other.slack_user, store)} texted this number"
    return "An automatic message was sent to this number"


def _opted_out_elsewhere(form: TextForm, store: Store) -> bool:
    """Return whether the only contact who may be meant opted out with another number."""
    contacts = contacts_of(form.number, store, meant=form.contact_id)
    numbers = contacts[0].numbers if len(contacts) == 1 else ()
    is_out = store.opt_outs.of(form.number) is not None
    return not is_out and any(store.opt_outs.of(number) for number in numbers)


def warnings_for(
    form: TextForm,
    latest: Sequence[Text],
    *,
    other: OtherWriter | None,
    handled: str,
    store: Store,
    sends_whatsapp: bool,
) -> list[str]:
    """Return the warnings, one or two sentences each; `latest` has the newest text first.

    `handled` is from `handled_since`.
    """
    warnings = []
    again = " Select Send once more to send yours too." if form.has_been_warned else ""
    if form.extension:
        warnings.append(f"SMS can't go to an extension, so ext. {form.extension} was left out.")
    earlier = form.resends or form.changes
    if earlier and store.scheduled_texts.has_left_contact(earlier):
        warnings.append("The contact that this message was written to no longer has this number.")
    if _opted_out_elsewhere(form, store):
        warnings.append("This contact opted out with another of their phone numbers.")
    if form.also:
        warnings.append(only_one(form.also))
    if form.unreachable:
        warnings.append(no_number(form.unreachable))
    if other:
        when = "less than a minute ago" if other.is_recent else _SINCE
        warnings.append(f"{_describe(other, store)} {when}.{again}")
    elif handled:
        warnings.append(f"{handled}.{again}")
    on_whatsapp = latest and latest[0].is_incoming and latest[0].platform is Platform.WHATSAPP
    if on_whatsapp and not sends_whatsapp:
        warnings.append("This contact wrote on WhatsApp. Your reply is sent as an SMS.")
    return warnings
