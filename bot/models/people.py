"""People at Vocatech and in Slack, and what they want to be notified about."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.models.calls import Call, Direction, Outcome


@dataclass(frozen=True)
class Person:
    """A Vocatech user; without an email address, they can't be matched by it."""

    user_id: str
    name: str | None = None
    extension: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class UserFields:
    """What a form says about a Vocatech user; empty for unknown."""

    first_name: str = ""
    last_name: str = ""
    extension: str = ""
    email: str = ""

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.first_name} {self.last_name}".strip()


def fields_of(person: Person) -> UserFields:
    """Return the fields of a user; the first word of the name is the first name (assumed)."""
    first, _, last = " ".join((person.name or "").split()).partition(" ")
    return UserFields(first, last, person.extension or "", person.email or "")


@dataclass(frozen=True)
class SlackPerson:
    """A person in Slack; `zone` is their time zone in Slack (an IANA name)."""

    slack_user: str
    name: str | None = None
    email: str | None = None
    zone: str | None = None
    is_admin: bool = False


@dataclass(frozen=True)
class Company:
    """The company's profile in Vocatech: `numbers` in E.164, `time_zone` an IANA name."""

    name: str | None = None
    time_zone: str | None = None
    numbers: tuple[str, ...] = ()


class Mentions(StrEnum):
    """The call cards on which a person wants to be mentioned."""

    NEVER = "never"
    MISSED = "missed"
    ALL = "all"


@dataclass(frozen=True)
class Preference:
    """A person's notification settings.

    `channel` is the ID of their direct message channel, if known. `direct` is the same ID if they
    want missed calls there, else None.
    """

    mentions: Mentions = Mentions.MISSED
    direct: str | None = None
    channel: str | None = None

    def wants_mention(self, call: Call) -> bool:
        """Return whether a call to their extension mentions them."""
        if call.needs_a_call_back:
            return self.mentions is not Mentions.NEVER
        was_taken = call.outcome in {Outcome.IN_PROGRESS, Outcome.ANSWERED}
        is_ours = call.direction is Direction.OUTGOING
        return self.mentions is Mentions.ALL and was_taken and not is_ours


def match_by_email(slack: Iterable[SlackPerson], people: Iterable[Person]) -> dict[str, str]:
    """Return Vocatech user IDs by Slack user, for addresses that are unique on both sides."""
    theirs = _by_email((one.email, one.slack_user) for one in slack)
    ours = _by_email((one.email, one.user_id) for one in people)
    return {theirs[email]: ours[email] for email in theirs.keys() & ours.keys()}


def _by_email(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    known = [(email.strip().casefold(), one) for email, one in pairs if email and email.strip()]
    number = Counter(email for email, _ in known)
    return {email: one for email, one in known if number[email] == 1}
