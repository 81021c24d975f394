"""Warnings in the form of a text, which can be sent all the same."""

from collections.abc import Sequence

from bot.models.texts import Platform, Text, TextForm
from bot.people.names import slack_name
from bot.store import Store
from bot.ui.mrkdwn import name_of


def warnings_for(
    form: TextForm,
    latest: Sequence[Text],
    *,
    colleague: str | None,
    store: Store,
    sends_whatsapp: bool,
) -> list[str]:
    """Return the warnings, one or two sentences each; `latest` has the newest text first.

    `colleague` is the Slack user who texted the number a moment ago.
    """
    warnings = []
    if form.extension:
        warnings.append(f"SMS can't go to an extension, so ext. {form.extension} was left out.")
    if form.also:
        warnings.append(f"This message goes to one person only, not to {name_of(form.also)} too.")
    if colleague:
        name = slack_name(colleague, store) or "A colleague"
        again = " Select Send once more to send yours too." if form.has_been_warned else ""
        warnings.append(f"{name} texted this number less than a minute ago.{again}")
    on_whatsapp = latest and latest[0].is_incoming and latest[0].platform is Platform.WHATSAPP
    if on_whatsapp and not sends_whatsapp:
        warnings.append("This contact wrote on WhatsApp. Your reply is sent as an SMS.")
    return warnings
