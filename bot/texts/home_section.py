"""A person's scheduled texts in App Home and in their list."""

from collections.abc import Sequence

from bot.models.send_times import ScheduledText
from bot.texts.send_time_section import describe_send_time
from bot.texts.words import contact_label
from bot.ui.action_ids import SCHEDULED_MENU, SHOW_SCHEDULED
from bot.ui.blocks import (
    Json,
    actions,
    button,
    divider,
    header,
    mrkdwn,
    option,
    overflow,
    section,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import literal, shorten

MAX_SHOWN = 5
MAX_NAME, MAX_PREVIEW = 60, 140
CHANGE, CANCEL = "change", "cancel"
NO_SCHEDULED = "No scheduled messages. To schedule one, choose a time when you write it."


def render_scheduled(texts: Sequence[ScheduledText], count: int, locale: Locale) -> list[Json]:
    """Return a person's next scheduled texts, out of `count`; nothing where there are none."""
    if not texts:
        return []
    more = count - len(texts[:MAX_SHOWN])
    show_all = button(f"Show {more:,} more", SHOW_SCHEDULED, "scheduled")
    return [
        divider(),
        header(f"Scheduled messages ({count:,})"),
        *(scheduled_row(one, locale) for one in texts[:MAX_SHOWN]),
        *([actions(show_all)] if more > 0 else []),
    ]


def scheduled_row(one: ScheduledText, locale: Locale) -> Json:
    """Return a row with the recipient, the time, and the beginning of a scheduled text."""
    who = literal(shorten(contact_label(one.name, one.number, locale), MAX_NAME))
    at = f"Sends {describe_send_time(one.send_at, one.zone, locale)}"
    body = literal(" ".join(shorten(one.body, MAX_PREVIEW).split()))
    labels = {CHANGE: "Change…", CANCEL: "Cancel"}
    choices = [option(label, f"{what} {one.text_id}") for what, label in labels.items()]
    menu = overflow(SCHEDULED_MENU, choices)
    return section(mrkdwn(f"*{who}*\n{at}\n{body}"), accessory=menu)
