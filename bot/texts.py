"""The noun "text": a short message between the company and somebody outside."""

from dataclasses import dataclass
from enum import StrEnum

MOST_CHARACTERS = 1_600


class Platform(StrEnum):
    """By which way a text travels."""

    SMS = "text"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True)
class Attachment:
    """Something sent along; fetched by its id, or from an address that a webhook brought."""

    attachment_id: str | None = None
    url: str | None = None
    content_type: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class Text:
    """A text as the phone service tells of it; numbers in E.164, times in unix seconds."""

    message_id: str
    is_incoming: bool | None = None
    status: str | None = None
    platform: Platform | None = None
    remote_name: str | None = None
    remote_number: str | None = None
    company_number: str | None = None
    sent_at: float | None = None
    body: str | None = None
    attachments: tuple[Attachment, ...] = ()
