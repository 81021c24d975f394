"""The noun "person": somebody of ours who phones."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.models.calls import Call, Direction, Outcome


@dataclass(frozen=True)
class Person:
    """A user of the phone service; without an e-mail address nobody can be matched by it."""

    user_id: str
    name: str | None = None
    extension: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class SlackPerson:
    """Somebody in Slack; `zone` is the IANA name of where they are, as Slack knows it."""

    slack_user: str
    name: str | None = None
    email: str | None = None
    zone: str | None = None
    is_admin: bool = False


@dataclass(frozen=True)
class Company:
    """The company as its phone service knows it; `numbers` in E.164, `time_zone` an IANA name."""

    name: str | None = None
    time_zone: str | None = None
    numbers: tuple[str, ...] = ()


class Mentions(StrEnum):
    """On which cards somebody wants to be mentioned."""

    NEVER = "never"
    MISSED = "missed"
    ALL = "all"


@dataclass(frozen=True)
class Preference:
    """What somebody wants to be told of.

    `direct` is the id of their direct channel, where it is to get the calls that they missed, and
    `channel` in any case, where it is known.
    """

    mentions: Mentions = Mentions.MISSED
    direct: str | None = None
    channel: str | None = None

    def wants_mention(self, call: Call) -> bool:
        """Say whether a call of their own is to mention them: one missed, or one that they took."""
        if call.needs_a_call_back:
            return self.mentions is not Mentions.NEVER
        was_taken = call.outcome in {Outcome.IN_PROGRESS, Outcome.ANSWERED}
        is_ours = call.direction is Direction.OUTGOING
        return self.mentions is Mentions.ALL and was_taken and not is_ours


def match_by_email(slack: Iterable[SlackPerson], people: Iterable[Person]) -> dict[str, str]:
    """Give Vocatech users by Slack user: those who alone, on both sides, have an address."""
    theirs = _by_email((one.email, one.slack_user) for one in slack)
    ours = _by_email((one.email, one.user_id) for one in people)
    return {theirs[email]: ours[email] for email in theirs.keys() & ours.keys()}


def _by_email(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    known = [(email.strip().casefold(), one) for email, one in pairs if email and email.strip()]
    number = Counter(email for email, _ in known)
    return {email: one for email, one in known if number[email] == 1}
