"""Warnings in the form of a text, which can be sent all the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.texts import Platform, Text, TextForm
from bot.people.names import slack_name
from bot.store import Store
from bot.texts.words import only_one

RECENT_SECONDS = 60.0


@dataclass(frozen=True)
class OtherWriter:
    """A colleague (a Slack user) who texted the same number, and if that was a moment ago.

    `slack_user` is None for an automatic text.
    """

    slack_user: str | None
    is_recent: bool


def other_writer(form: TextForm, *, viewer: str, store: Store, now: float) -> OtherWriter | None:
    """Return who else texted the number in the last minute, or since the form was opened."""
    recent = now - RECENT_SECONDS
    since = min(recent, form.opened_at or now)
    found = store.send_queue.latest_by_others(form.number, than=viewer, since=since)
    return OtherWriter(found[0], found[1] >= recent) if found else None


def warnings_for(
    form: TextForm,
    latest: Sequence[Text],
    *,
    other: OtherWriter | None,
    store: Store,
    sends_whatsapp: bool,
) -> list[str]:
    """Return the warnings, one or two sentences each; `latest` has the newest text first."""
    warnings = []
    if form.extension:
        warnings.append(f"SMS can't go to an extension, so ext. {form.extension} was left out.")
    earlier = form.resends or form.changes
    if earlier and store.scheduled_texts.has_left_contact(earlier):
        warnings.append("The contact that this message was written to no longer has this number.")
    if form.also:
        warnings.append(only_one(form.also))
    if other:
        name = slack_name(other.slack_user, store) or "A colleague"
        texted = f"{name} texted" if other.slack_user else "An automatic message was sent to"
        again = " Select Send once more to send yours too." if form.has_been_warned else ""
        when = "less than a minute ago" if other.is_recent else "after you opened this form"
        warnings.append(f"{texted} this number {when}.{again}")
    on_whatsapp = latest and latest[0].is_incoming and latest[0].platform is Platform.WHATSAPP
    if on_whatsapp and not sends_whatsapp:
        warnings.append("This contact wrote on WhatsApp. Your reply is sent as an SMS.")
    return warnings
