"""Modals about texts: recipients, opt-outs, and results."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models.send_times import ScheduledText
from bot.models.texts import Text, recipient_value
from bot.texts.home_section import NO_SCHEDULED, scheduled_row
from bot.texts.send_time_section import describe_send_time
from bot.texts.words import SEND_LIMIT, body_of, only_one
from bot.ui.action_ids import CHOOSE_NUMBER, SCHEDULED_MODAL
from bot.ui.blocks import (
    Json,
    actions,
    bullets,
    line,
    moment,
    mrkdwn,
    note,
    option,
    paragraph,
    plain,
    quote,
    rich,
    says,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of, shorten

MAX_RECIPIENTS = 50

MAX_SCHEDULED = 99  # a view has at most 100 blocks

MAX_METADATA = 3_000

LINES_PER_BLOCK = 50

# The longest SMS has 39,015: 255 parts of 153.
PIECE, MAX_WHOLE = 2_500, 40_000

CHANGED_BEFORE = "Not changed"
CHANGED_BEFORE_WORDS = (
    "This message was sent, canceled, or changed by someone else in the meantime. Nothing was"
    " changed. The thread shows its status."
)

# Titles and sentences for people who were too late, for `words_modal`.
ALREADY_SUBMITTED = (
    "Already sent",
    "You already submitted this message. It is sent only once; the thread shows its status.",
)

ALREADY_SENT = (
    "Already sent",
    "This message was sent or is being sent. The thread shows its status.",
)

CANNOT_CANCEL = (
    "Can't cancel",
    "This message was already sent or canceled. The thread shows its status.",
)

ALREADY_RESOLVED = (
    "Already updated",
    "The status of this message is already known. The thread shows it.",
)

UNAVAILABLE = (
    "Not available",
    "This is no longer stored here. Please look in the Vocatech portal.",
)


@dataclass(frozen=True)
class Recipient:
    """A number (E.164) that can be texted, with its contact if there is one."""

    number: str
    name: str | None = None
    contact_id: int | None = None

    @property
    def value(self) -> str:
        """The value of its button or option, for `resolve_recipient`."""
        return recipient_value(self.number, self.contact_id)


def render_recipients_modal(
    recipients: Sequence[Recipient], *, typed: str, body: str, also: str = "", locale: Locale
) -> Json:
    """Render the choice between several recipients.

    `typed` is empty for recipients that were found in a message. `body` is the text to send; it
    comes back in the modal's `private_metadata`. `also` is another person who was named.
    """
    choices = [option(recipient_label(one, locale), one.value) for one in recipients]
    menu = {
        "type": "static_select",
        "action_id": CHOOSE_NUMBER,
        "placeholder": plain("Choose a recipient", 150),
        "options": choices[:MAX_RECIPIENTS],
    }
    title = f"More than one number matches “{shorten(name_of(typed), 60)}”."
    title = title if typed else "The message is about more than one customer."
    warning = [says(f"⚠️ {only_one(also)}")] if also else []
    shown = words_modal("New message", title, blocks=[*warning, actions(menu)])
    return {**shown, "private_metadata": shorten(body, MAX_METADATA)}


def recipient_label(recipient: Recipient, locale: Locale) -> str:
    """Return the name and the formatted number."""
    number = locale.number(recipient.number)
    name = shorten(name_of(recipient.name or ""), 50)
    return f"{name}, {number}" if name else number


def render_sent_modal(leaves_at: float | None, zone: str | None = None, *, locale: Locale) -> Json:
    """Render the confirmation of a queued text; `leaves_at` (unix seconds) if it has to wait.

    `zone` is the recipient's time zone (IANA), for one that was scheduled.
    """
    if leaves_at is None:
        return words_modal("Queued", "Message queued. Delivery status appears in the thread.")
    if zone is not None:
        said = f"Message scheduled. It will be sent {describe_send_time(leaves_at, zone, locale)}."
        hint = "You can change or cancel it in the thread and in App Home until then."
        return words_modal("Scheduled", blocks=[section(mrkdwn(f"{said} {hint}"))])
    at = locale.moment(leaves_at)
    said = f"Message queued. It will be sent {at} (limit: {SEND_LIMIT})."
    hint = "You can cancel it in the thread until then."
    return words_modal("Queued", blocks=[section(mrkdwn(f"{said} {hint}"))])


def render_whole_text(text: Text) -> Json:
    """Render a text that is too long for its line in the thread."""
    body = body_of(text)
    pieces = [body[at : at + PIECE] for at in range(0, min(len(body), MAX_WHOLE), PIECE)]
    blocks = [rich(paragraph(line(piece))) for piece in pieces]
    rest = [note("The rest is in the Vocatech app.")] if len(body) > MAX_WHOLE else []
    return words_modal("Message", blocks=[*blocks, *rest])


def render_too_late_to_change(body: str) -> Json:
    """Explain that a scheduled text can't be changed; `body` is what was typed, to be copied."""
    blocks = [rich(quote(line(body)))] if body else []
    return words_modal(CHANGED_BEFORE, CHANGED_BEFORE_WORDS, blocks=blocks)


def render_scheduled_modal(texts: Sequence[ScheduledText], *, locale: Locale) -> Json:
    """Render all scheduled texts of a person."""
    rows = [scheduled_row(one, locale) for one in texts[:MAX_SCHEDULED]]
    rows += [note("The later ones aren't shown.")] if len(texts) > MAX_SCHEDULED else []
    return {
        **words_modal("Scheduled messages", blocks=rows or [note(NO_SCHEDULED)]),
        "callback_id": SCHEDULED_MODAL,
    }


@dataclass(frozen=True)
class OptedOut:
    """A person who opted out: number (E.164), contact's name, and time (unix seconds)."""

    number: str
    name: str | None
    at: float


def render_opt_outs(people: Sequence[OptedOut], *, locale: Locale) -> Json:
    """Render the list of opt-outs, the latest first."""
    if not people:
        return words_modal(
            "Opt-outs", "No opt-outs. Contacts who reply STOP are listed here until they opt in."
        )
    said = (
        "These people opted out. They receive no messages until they reply START, or someone"
        " selects Lift opt-out in their thread."
    )
    lists = [
        rich(bullets(*(_line(one, locale) for one in people[at : at + LINES_PER_BLOCK])))
        for at in range(0, len(people), LINES_PER_BLOCK)
    ]
    return words_modal("Opt-outs", said, blocks=lists)


def _line(one: OptedOut, locale: Locale) -> Json:
    number = locale.number(one.number)
    name = name_of(one.name or "")
    who = f"{name}, {number}" if name else number
    return paragraph(line(f"{who}  ·  "), moment(one.at, locale.plain_moment(one.at)))
