"""Texts, and the state of the form in which one is written."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any

from bot.models.merge import Fields
from bot.models.opt_outs import OptOutKeyword

MOST_CHARACTERS = 1_600

# So many may leave in so many minutes; Vocatech takes no more.
MOST_SENDS, MINUTES_OF_SENDS = 5, 10


class Platform(StrEnum):
    """By which way a text travels."""

    SMS = "text"
    WHATSAPP = "whatsapp"


class TextSource(IntEnum):
    """How much a source knows of a text: nothing, what we wrote, a webhook, the provider's list."""

    GUESSED = -1
    OURS = 0
    TOLD = 1
    LISTED = 2


class Step(StrEnum):
    """How far the sending of a text that was written here has come."""

    QUEUED = "queued"
    SENDING = "sending"
    UNSURE = "unsure"  # sent without an answer, and being looked for
    ASKED = "asked"  # looked for and not found, so that a person must decide
    SENT = "sent"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"


class Fate(IntEnum):
    """What became of a text on its way; a greater one is never taken back by a smaller.

    A text that was delivered did not fail, whichever of both is told first.
    """

    SENT = 1
    FAILED = 2
    DELIVERED = 3
    READ = 4


@dataclass(frozen=True)
class AttachmentRef:
    """Something sent along; fetched by its id, or from an address that a webhook brought."""

    attachment_id: str | None = None
    url: str | None = None
    content_type: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class TextReport:
    """A text as one source tells of it; numbers in E.164, times in unix seconds."""

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
    wish: OptOutKeyword | None = None

    def facts(self, authority: TextSource) -> dict[str, tuple[int, Any]]:
        """Give what it says, as facts that add up."""
        told = {
            "is_incoming": self.is_incoming,
            "platform": self.platform,
            "remote_name": self.remote_name,
            "number": self.remote_number,
            "company_number": self.company_number,
            "at": self.sent_at,
            "body": self.body,
            "attachments": [_kept(one) for one in self.attachments] or None,
            "reason": self.reason,
            "wish": self.wish,
        }
        facts = {name: (int(authority), value) for name, value in told.items()}
        # A list may lag behind a webhook, so for the fate no source knows better than another.
        return facts | {"fate": (0, read_fate(self.status))}


@dataclass(frozen=True)
class OutgoingText:
    """What is known of a text because it was written here; times in unix seconds.

    `slack_user` is None where the program wrote it by itself. `leaves_at` is when its turn comes.
    """

    slack_user: str | None
    step: Step
    written_at: float
    call_id: str | None = None
    sending_since: float | None = None
    leaves_at: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Text:
    """A text as all that is known of it together tells; `at` in unix seconds.

    `text_id` is ours for what was written here, else the provider's `message_id`.
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
    fate: Fate | None = None
    reason: str | None = None
    wish: OptOutKeyword | None = None
    reply: OutgoingText | None = None

    @property
    def is_waiting(self) -> bool:
        """Say whether it was written here and did not leave yet."""
        return self._stands_at(Step.QUEUED)

    @property
    def is_in_question(self) -> bool:
        """Say whether nobody knows if it was sent, so that a person must decide."""
        return self._stands_at(Step.ASKED)

    @property
    def has_failed(self) -> bool:
        """Say whether it surely did not arrive, through nobody's wish."""
        return self.fate is Fate.FAILED or self._stands_at(Step.REFUSED)

    def _stands_at(self, step: Step) -> bool:
        """Say whether its sending has come so far, and nothing further was told of it."""
        return self.fate is None and self.reply is not None and self.reply.step is step


def _kept(attachment: AttachmentRef) -> dict[str, Any]:
    """Give an attachment to keep; an address beside an id may be signed anew each time."""
    kept = asdict(attachment)
    return kept | {"url": None} if attachment.attachment_id else kept


def read_fate(word: str | None) -> Fate | None:
    """Read a status; a word that nobody knows tells nothing."""
    fates = {
        "sent": Fate.SENT,
        "failed": Fate.FAILED,
        # Other services' words for the same (assumed).
        "undelivered": Fate.FAILED,
        "delivered": Fate.DELIVERED,
        "read": Fate.READ,
    }
    return fates.get((word or "").lower())


def text_from_reports(
    text_id: str, message_id: str | None, facts: Fields, reply: OutgoingText | None = None
) -> Text:
    """Read a text out of its facts."""
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
        fate=Fate(known["fate"]) if "fate" in known else None,
        reason=(reply.reason if reply else None) or known.get("reason"),
        wish=OptOutKeyword(known["wish"]) if "wish" in known else None,
        reply=reply,
    )


@dataclass(frozen=True)
class RoutableText:
    """A text that changed; `written_in` is the channel in which somebody wrote it."""

    text: Text
    version: int
    written_in: str | None


@dataclass(frozen=True)
class TextForm:
    """What a modal carries from one showing to the next; the number in E.164.

    `token` makes a text sent twice the same text. `call_id` is the call that it answers, claimed
    with it where `claims`; `channel` is where it was begun. `filled` counts how often a template
    was put into the field, and `has_been_warned` says that another person's text was shown.
    """

    token: str
    number: str
    call_id: str | None = None
    channel: str | None = None
    claims: bool = False
    filled: int = 0
    has_been_warned: bool = False

    def to_metadata(self) -> str:
        """Give it as text that Slack brings back."""
        return json.dumps(asdict(self))

    @classmethod
    def from_metadata(cls, metadata: str) -> "TextForm":
        """Read it back."""
        return cls(**json.loads(metadata))
