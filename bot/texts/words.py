"""Words for a text: its writer, body, delivery status, and attachments."""

from collections.abc import Sequence

from bot.models.attachments import MAX_SHOWN, NotShown
from bot.models.texts import (
    MAX_SENDS,
    SEND_WINDOW_MINUTES,
    AttachmentRef,
    DeliveryStatus,
    Platform,
    SendState,
    Text,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of, shorten

MAX_QUOTED = 300

MAX_SENTENCE = 600

MAX_MISSING = 900

SEND_LIMIT = f"{MAX_SENDS} every {SEND_WINDOW_MINUTES} minutes"

_DELIVERY = {
    DeliveryStatus.SENT: "Sent",
    DeliveryStatus.FAILED: "Failed",
    DeliveryStatus.DELIVERED: "Delivered",
    DeliveryStatus.READ: "Read",
}

_SENDING = {
    SendState.SCHEDULED: "Scheduled",
    SendState.QUEUED: "Queued",
    SendState.SENDING: "Sending",
    SendState.UNCONFIRMED: "Unconfirmed",
    SendState.NEEDS_CONFIRMATION: "Unconfirmed",
    SendState.SENT: "Sent",
    SendState.REFUSED: "Failed",
    SendState.CANCELED: "Not sent",
}

_KINDS = {"image": "image", "audio": "audio file", "video": "video"}


def only_one(also: str) -> str:
    """Return the warning that the second person or number that was named gets no message."""
    return f"This message goes to one person only, not to {name_of(also)} too."


def no_number(name: str) -> str:
    """Return the warning that a contact who may be meant can't get the message."""
    return f"{name_of(name)} has no phone number, so this message goes to someone else."


def status_label(text: Text) -> str:
    """Return the status of an outgoing text in one or two words; empty for incoming texts."""
    if text.is_incoming:
        return ""
    if text.status is not None:
        return _DELIVERY[text.status]
    return _SENDING[text.reply.state] if text.reply else ""


def status_of(text: Text) -> str:
    """Return the status of an outgoing text with its details; empty for incoming texts."""
    label, details = status_label(text), _status_details(text)
    return f"{label}  ·  {details}" if label and details else label


def _status_details(text: Text) -> str:
    if text.has_failed or _state_of(text) is SendState.CANCELED:
        return failure_reason(text)
    if text.needs_confirmation:
        return "it may or may not have been sent"
    if _state_of(text) is SendState.UNCONFIRMED:
        return "checking with Vocatech"
    if text.is_queued and text.reply and text.reply.leaves_at is not None:
        return f"limit: {SEND_LIMIT}"
    return ""


def _state_of(text: Text) -> SendState | None:
    return text.reply.state if text.reply and text.status is None else None


def failure_reason(text: Text) -> str:
    """Return why a text failed, without a period at the end; empty if unknown."""
    reason = shorten(" ".join(clean(text.reason or "").split()), MAX_QUOTED)
    return reason.rstrip(".")


def sentence(text: Text, *, contact: str, sender: str | None) -> str:
    """Return a sentence with the writer, the recipient, the body, and the status."""
    status, body = status_of(text).replace("  ·  ", ": "), shorten(body_of(text), MAX_SENTENCE)
    writer = writer_of(text, contact=contact, sender=sender)
    if text.is_incoming:
        said = f"{writer} wrote: {body}"
    elif text.reply is None:
        said = f"Message to {contact}, sent outside Slack: {body}"
    elif text.reply.slack_user is None:
        said = f"{AUTOMATIC} to {contact}: {body}"
    else:
        said = f"{writer} wrote to {contact}: {body}"
    return f"{said} ({status})" if status else said


def contact_label(name: str | None, number: str | None, locale: Locale) -> str:
    """Return the name of an outside person, or else the formatted number (E.164)."""
    return name_of(name or "") or name_of(locale.number(number)) or "Unknown number"


def body_of(text: Text, limit: int | None = None) -> str:
    """Return the body of a text and a description of its attachments.

    `limit` is in characters of the body.
    """
    body = clean(text.body).strip()
    said = shorten(body, limit) if limit else body
    attachments = describe_attachments(text.attachments)
    if not said:
        return f"({attachments})" if attachments else "(empty message)"
    return f"{said} ({attachments})" if attachments else said


def describe_attachments(attachments: tuple[AttachmentRef, ...]) -> str:
    """Return a summary such as `2 images and 1 file`."""
    counts: dict[str, int] = {}
    for one in attachments:
        kind = kind_of(one.content_type)
        counts[kind] = counts.get(kind, 0) + 1
    parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items()]
    return " and ".join(parts)


def kind_of(content_type: str | None) -> str:
    """Return a noun for an attachment's content type."""
    return _KINDS.get((content_type or "").partition("/")[0], "file")


def platform_label(text: Text) -> str:
    """Return the name of the platform unless it is SMS."""
    return "WhatsApp" if text.platform is Platform.WHATSAPP else ""


AUTOMATIC = "Automatic message"


def writer_of(text: Text, *, contact: str, sender: str | None) -> str:
    """Return a label for the writer of a text; `sender` is the name of the Slack user."""
    if text.is_incoming:
        return contact
    if text.reply is None:
        return "Sent outside Slack"
    if text.reply.slack_user is None:
        return AUTOMATIC
    return name_of(sender or "") or "A colleague"


def describe_missing(text: Text, not_shown: Sequence[NotShown]) -> str:
    """Return which attachments aren't shown, and why; empty if all are."""
    reasons = [
        f"{name_of(one.filename or '') or kind_of(one.content_type)} ({one.reason})"
        for one in not_shown
    ]
    if text.is_incoming and len(text.attachments) > MAX_SHOWN:
        reasons.append(f"only the first {MAX_SHOWN} files are shown")
    if not reasons:
        return ""
    return f"Not shown: {shorten(', '.join(reasons), MAX_MISSING)}. See the Vocatech app."
