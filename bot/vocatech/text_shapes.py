"""Parsing of messages in lists and webhook payloads."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bot.models.texts import AttachmentRef, Platform, TextReport
from bot.phone_numbers import normalise
from bot.vocatech.fields import Moment, Objects, Shape, Text, named, read_text


class _Attachment(Shape):
    attachment_id: Text = named("id", "media_id")
    url: Text = None
    content_type: Text = None
    filename: Text = None
    size: Any = None


class _Message(Shape):
    unread: ClassVar = ("type",)

    message_id: Text = named("message_id", "id")
    direction: Text = None
    status: Text = None
    channel: Text = named("channel", "platform")
    remote_name: Text = None
    remote_number: Text = None
    group_number: Text = None
    sender: Text = named("from")
    receiver: Text = named("to")
    sent_at: Moment = named("sent_time", "sent_at")
    body: Text = named("body", "message")
    reason: Text = named("error", "error_message", "failure_reason", "reason")
    attachments: Annotated[list[_Attachment], Objects] = Field([])


TEXT_FIELDS = _Message.spellings()
_REFUSED = frozenset({"error", "failed", "refused", "rejected", "undelivered"})
_REASONS = ("error", "errors", "error_message", "failure_reason", "reason")
_LONGEST_REASON = 300


def read_text_row(
    row: Mapping[str, Any], *, region: str, is_incoming: bool | None = None
) -> TextReport | None:
    """Parse one message, in the list's or the webhook's format (both observed).

    `is_incoming` applies if the row has no direction. The field with the reason for a failure is
    assumed.
    """
    read = _Message.model_validate(row)
    if read.message_id is None:
        return None
    word = (read.direction or "").lower()
    ways = {"incoming": True, "inbound": True, "outgoing": False, "outbound": False}
    is_incoming = ways.get(word, is_incoming)
    # Without a direction, `from` and `to` don't show which number is the company's.
    sides = {True: (read.receiver, read.sender), False: (read.sender, read.receiver)}
    ours, theirs = sides[is_incoming] if is_incoming is not None else (None, None)
    return TextReport(
        message_id=read.message_id[:255],
        is_incoming=is_incoming,
        status=(read.status or "").lower() or None,
        platform=_platform(read.channel),
        remote_name=read.remote_name,
        remote_number=normalise(read.remote_number or theirs, region),
        company_number=normalise(read.group_number or ours, region),
        sent_at=read.sent_at,
        body=read.body,
        attachments=tuple(_attachment(one) for one in read.attachments),
        reason=read.reason,
    )


def read_refusal(answer: Any) -> str | None:
    """Return why a request to send made no text although its status is a success; else None.

    Contacts are answered so (observed), so texts may be, too (assumed). The reason may be empty.
    """
    if not isinstance(answer, dict):
        return None
    text = answer.get("message")  # the text, or else words about it
    for part in (answer, text if isinstance(text, dict) else {}):
        has_failed = str(part.get("status")).lower() in _REFUSED or part.get("success") is False
        if has_failed or part.get("error") or part.get("errors"):
            reasons = [*map(part.get, _REASONS), text if isinstance(text, str) else None]
            return next(filter(None, map(_reason, reasons)), "")
    return None


def _reason(value: Any) -> str:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("message") or value.get("code")
    text = (read_text(value) or "")[:_LONGEST_REASON]
    return "".join(letter for letter in text if letter.isprintable())


def _attachment(read: _Attachment) -> AttachmentRef:
    size = read.size if isinstance(read.size, int) and read.size >= 0 else None
    return AttachmentRef(read.attachment_id, read.url, read.content_type, read.filename, size)


def _platform(word: str | None) -> Platform | None:
    try:
        return Platform(word.lower()) if word else None
    except ValueError:
        return None
