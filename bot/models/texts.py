"""Texts, their delivery, and the state of the form that writes one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from bot.models.merge import Fields
from bot.models.opt_outs import OptOutKeyword

MAX_CHARACTERS = 1_600

# Why the scheduled texts of a person who was deactivated in Slack aren't sent.
WRITER_LEFT = "its writer was deactivated in Slack"
WRITER_IS_GUEST = "its writer is a guest in Slack now"

# Vocatech's limit for one company.
MAX_SENDS, SEND_WINDOW_MINUTES = 5, 10


class Platform(StrEnum):
    """The service that carries a text."""

    SMS = "text"
    WHATSAPP = "whatsapp"


class TextSource(IntEnum):
    """How far a source can be trusted: a guess, our own draft, a webhook, Vocatech's list."""

    GUESSED = -1
    OURS = 0
    TOLD = 1
    LISTED = 2


class SendState(StrEnum):
    """Progress of a text that was written in Slack or by the app."""

    SCHEDULED = "scheduled"  # queued when its time comes
    QUEUED = "queued"
    SENDING = "sending"
    UNCONFIRMED = "unsure"  # requested, but the response was lost; being looked up
    NEEDS_CONFIRMATION = "asked"  # not found by the lookup, so a person must decide
    SENT = "sent"
    REFUSED = "refused"
    CANCELED = "taken back"


class DeliveryStatus(IntEnum):
    """Delivery status of a text; a later report can raise it but never lower it.

    A delivered text did not fail, regardless of which report arrives first.
    """

    SENT = 1
    FAILED = 2
    DELIVERED = 3
    READ = 4


@dataclass(frozen=True)
class AttachmentRef:
    """A file in a text, fetched by its id or from a URL in a webhook."""

    attachment_id: str | None = None
    url: str | None = None
    content_type: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class TextReport:
    """What one source reports about a text; numbers in E.164, times in unix seconds."""

    message_id: str
    is_incoming: bool | None = None
    status: str | None = None
    platform: Platform | None = None
    remote_name: str | None = None
    remote_number: str | None = None
    company_number: str | None = None
    sent_at: float | None = None
    body: str | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    reason: str | None = None
    opt_out: OptOutKeyword | None = None

    def facts(self, authority: TextSource) -> dict[str, tuple[int, Any]]:
        """Return the reported values with their authority, ready to be merged."""
        reported = {
            "is_incoming": self.is_incoming,
            "platform": self.platform,
            "remote_name": self.remote_name,
            "number": self.remote_number,
            "company_number": self.company_number,
            "at": self.sent_at,
            "body": self.body,
            "attachments": [_to_store(one) for one in self.attachments] or None,
            "reason": self.reason,
            "wish": self.opt_out,
        }
        facts = {name: (int(authority), value) for name, value in reported.items()}
        # The list may lag behind webhooks, so every source has the same authority on the status.
        return facts | {"fate": (0, parse_delivery_status(self.status))}


@dataclass(frozen=True)
class OutgoingText:
    """Sending details of a text that was written in Slack or by the app; times in unix seconds.

    `slack_user` is None for automatic texts. `leaves_at` is when the send limit lets it leave.
    `send_at` is the time that was chosen, in `zone` (IANA), where it is sent later.
    """

    slack_user: str | None
    state: SendState
    written_at: float
    call_id: str | None = None
    sending_since: float | None = None
    leaves_at: float | None = None
    reason: str | None = None
    send_at: float | None = None
    zone: str | None = None


class Filled(NamedTuple):
    """What a template filled in for `{greeting}` and `{line}`, which follows later choices."""

    greeting: str = ""
    line: str = ""


NOT_FILLED = Filled()


@dataclass(frozen=True)
class Text:
    """A text, merged from all reports; `at` in unix seconds.

    `text_id` is generated for texts written here; for others it is Vocatech's `message_id`.
    `filled` is what a template filled in.
    """

    text_id: str
    message_id: str | None = None
    is_incoming: bool = True
    platform: Platform = Platform.SMS
    remote_name: str | None = None
    number: str | None = None
    company_number: str | None = None
    at: float | None = None
    body: str = ""
    attachments: tuple[AttachmentRef, ...] = ()
    status: DeliveryStatus | None = None
    reason: str | None = None
    opt_out: OptOutKeyword | None = None
    reply: OutgoingText | None = None
    is_erased: bool = False
    filled: Filled = NOT_FILLED

    @property
    def is_queued(self) -> bool:
        """Whether it was written here and has not been sent yet."""
        return self._is_in(SendState.QUEUED)

    @property
    def is_scheduled(self) -> bool:
        """Whether it was written here and waits for the time that was chosen."""
        return self._is_in(SendState.SCHEDULED)

    @property
    def is_canceled(self) -> bool:
        """Whether it was written here and taken back before it was sent."""
        return self._is_in(SendState.CANCELED)

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person must decide if it was sent."""
        return self._is_in(SendState.NEEDS_CONFIRMATION)

    @property
    def has_failed(self) -> bool:
        """Whether it was definitely not delivered, and not because someone canceled it."""
        return self.status is DeliveryStatus.FAILED or self._is_in(SendState.REFUSED)

    @property
    def may_be_sent_again(self) -> bool:
        """Whether it failed, or no one knows whether it was sent."""
        return self.has_failed or self.needs_confirmation

    def _is_in(self, state: SendState) -> bool:
        """Return whether sending is in this state and no delivery status has been reported."""
        return self.status is None and self.reply is not None and self.reply.state is state


def _to_store(attachment: AttachmentRef) -> dict[str, Any]:
    """Return an attachment without its URL if it has an id: signed URLs differ each time."""
    stored = asdict(attachment)
    return stored | {"url": None} if attachment.attachment_id else stored


def parse_delivery_status(status: str | None) -> DeliveryStatus | None:
    """Return the delivery status for a provider's word; None for unknown words."""
    known = {
        "sent": DeliveryStatus.SENT,
        "failed": DeliveryStatus.FAILED,
        # Other providers' word for the same (assumed).
        "undelivered": DeliveryStatus.FAILED,
        "delivered": DeliveryStatus.DELIVERED,
        "read": DeliveryStatus.READ,
    }
    return known.get((status or "").lower())


def text_from_reports(
    text_id: str, message_id: str | None, facts: Fields, reply: OutgoingText | None = None
) -> Text:
    """Return the text that its merged facts describe."""
    known: Mapping[str, Any] = {name: value for name, (_, value) in facts.items()}
    return Text(
        text_id=text_id,
        message_id=message_id,
        is_incoming=known.get("is_incoming", True),
        platform=Platform(known.get("platform", Platform.SMS)),
        remote_name=known.get("remote_name"),
        number=known.get("number"),
        company_number=known.get("company_number"),
        at=known.get("at"),
        body=known.get("body", ""),
        attachments=tuple(AttachmentRef(**one) for one in known.get("attachments", ())),
        status=DeliveryStatus(known["fate"]) if "fate" in known else None,
        reason=(reply.reason if reply else None) or known.get("reason"),
        opt_out=OptOutKeyword(known["wish"]) if "wish" in known else None,
        reply=reply,
        is_erased=ERASED in known,
        filled=Filled(*known.get("filled", ())),
    )


ERASED = "erased"


def erase_text_facts(facts: Fields) -> Fields:
    """Return the facts of a text without the number, the name, and what it said."""
    kept = ("is_incoming", "platform", "at")
    facts = {name: facts[name] for name in kept if name in facts}
    return {**facts, ERASED: (int(TextSource.LISTED), True)}


@dataclass(frozen=True)
class RoutableText:
    """A text to post or update; `written_in` is the channel where it was written."""

    text: Text
    version: int
    written_in: str | None


def recipient_value(number: str, contact_id: int | None) -> str:
    """Return a button's value for a number and the contact that is meant, of those with it."""
    return number if contact_id is None else f"{number} {contact_id}"


@dataclass(frozen=True)
class TextForm:
    """State of an open reply modal, kept in its metadata; `number` in E.164.

    `token` identifies the text, so that submitting twice sends it once. `call_id` is the call that
    it answers, which is claimed on sending if `claims`. `channel` is where the modal was opened.
    `filled` counts how often the field was replaced, for example by a template. `has_been_warned`
    is true once the modal has shown that a colleague texted the same number. `extension` was typed
    after the number, but can't be texted; `also` is a second person or number that was named.
    Presets count from `opened_at` (unix seconds). `changes` is the scheduled text that is changed,
    and `version` the one that was shown. `greeting` and `line`, the number to
    send from, are those that a template filled in. `contact_id` is the contact that was
    named, of those with the number. `kept` is the body while nothing can be sent. `was_settled` is
    whether the missed call was closed when the form was opened. `unreachable` is the name of a
    contact who may be meant, but has no number.
    """

    token: str
    number: str
    call_id: str | None = None
    channel: str | None = None
    claims: bool = False
    filled: int = 0
    has_been_warned: bool = False
    extension: str | None = None
    opened_at: float = 0.0
    changes: str | None = None
    version: int = 0
    greeting: str = ""
    also: str = ""
    resends: str | None = None
    line: str = ""
    contact_id: int | None = None
    kept: str = ""
    was_settled: bool = False
    unreachable: str = ""

    @property
    def text_id(self) -> str:
        """The ID of the text that the form makes."""
        return f"text_{self.token}"

    @property
    def filled_in(self) -> Filled:
        """What a template filled in."""
        return Filled(self.greeting, self.line)

    def to_metadata(self) -> str:
        """Return the state as JSON for `private_metadata`."""
        # Unescaped, because Slack allows 3,000 characters.
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_metadata(cls, metadata: str) -> "TextForm":
        """Return the state that `to_metadata` wrote."""
        return cls(**json.loads(metadata))
