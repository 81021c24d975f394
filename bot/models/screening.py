"""Numbers that people marked: spam, or no customer."""

from dataclasses import dataclass
from enum import StrEnum

from bot.models.calls import Call


class ScreenKind(StrEnum):
    """What a number was marked as. Calls and texts from spam numbers aren't posted."""

    SPAM = "spam"
    NOT_CUSTOMER = "not_customer"


@dataclass(frozen=True)
class ScreenedNumber:
    """A marked number (E.164): the Slack user who marked it, and when (unix seconds)."""

    number: str
    kind: ScreenKind
    by: str
    at: float

    @property
    def is_spam(self) -> bool:
        """Return whether the number is spam."""
        return self.kind is ScreenKind.SPAM


@dataclass(frozen=True)
class UnknownCaller:
    """A number without a contact: the calls from it within some time, and the last of them."""

    call: Call
    calls: int
    missed: int
