"""Routing rules and default routes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from bot.models.calls import Call, Direction, Outcome


@dataclass(frozen=True)
class DefaultRoutes:
    """A channel for each company number or extension, and one for all other calls.

    Numbers are E.164, as in `Call.company_number`. A call is shown from ringing on when
    `post_ringing`, else from the moment it is answered or over.
    """

    default_channel: str
    channel_by_line: Mapping[str, str] = field(default_factory=dict)
    post_ringing: bool = False

    def channels_for(self, call: Call) -> list[str]:
        """Give the channels that shall show this call now; none while it is too early."""
        if call.outcome is Outcome.RINGING and not self.post_ringing:
            return []
        lines = [call.extension, call.company_number, *(leg.extension for leg in call.legs)]
        named = [
            self.channel_by_line[line] for line in lines if line and line in self.channel_by_line
        ]
        return list(dict.fromkeys(named)) or [self.default_channel]

    def channels_for_text(self, company_number: str | None) -> list[str]:
        """Give the channels that shall show the texts of one of our numbers."""
        return [self.channel_by_line.get(company_number or "", self.default_channel)]


MOST_RULES, MOST_NAME, MOST_VALUES, LONGEST_VALUE, LONGEST_FIELD = 200, 60, 50, 80, 150

MOST_SECONDS, MOST_CALLS, MOST_MINUTES = 86_400, 100, 10_080

DIRECTIONS = tuple(str(one) for one in Direction)

OUTCOMES = (Outcome.ANSWERED, Outcome.MISSED, Outcome.VOICEMAIL, Outcome.UNANSWERED)

SENTIMENTS = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class Conditions:
    """What a call must be like: all that is filled in must hold, of several values one.

    `lines` are our numbers and `callers` the others' (E.164), or words of a contact's name;
    `values` are what a contact's `field` may say. `words` are looked for in summary, transcript
    and name. `at_least` and `at_most` are seconds of the call, `waited` those for which whoever
    called waited at least; `calls` is how many, this one counted, came from the number within
    `minutes`.
    """

    directions: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()
    sentiments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    waited: int | None = None
    calls: int | None = None
    minutes: int | None = None

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Conditions":
        """Read what `asdict` gave, after a way through JSON."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }
        return cls(**known)


# Those of several values, of which one must hold.
MANY = tuple(one.name for one in fields(Conditions) if one.default == () and one.name != "values")

NOTHING_ASKED = Conditions()


@dataclass(frozen=True)
class Rule:
    """One rule; `channel` is where it posts, which for `slack_user` is their direct channel.

    It `goes_on` where the rules below are asked as well; `mention` is a Slack user to be told.
    It posts `at_once`, also where it is quiet.
    """

    rule_id: int
    name: str
    channel: str
    slack_user: str | None = None
    when: Conditions = NOTHING_ASKED
    goes_on: bool = False
    mention: str | None = None
    is_on: bool = True
    at_once: bool = False

    @property
    def look(self) -> str:
        """A short print of all that is in it: another one means that it was changed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Rule":
        """Read what `asdict` gave, after a way through JSON."""
        return cls(**{**told, "when": Conditions.from_json(told["when"])})


@dataclass(frozen=True)
class Rulebook:
    """All rules in their order; each change makes a book with the next `version`."""

    version: int = 0
    rules: tuple[Rule, ...] = ()

    def find(self, rule_id: int | None) -> Rule | None:
        """Give a rule."""
        return next((one for one in self.rules if one.rule_id == rule_id), None)

    def place_of(self, rule_id: int | None) -> int:
        """Give the place of a rule, from 1 on; of one that is not there, the place at the end."""
        ids = [one.rule_id for one in self.rules]
        return ids.index(rule_id) + 1 if rule_id in ids else len(ids) + 1

    def with_rule(self, rule: Rule, place: int) -> tuple[Rule, ...]:
        """Give the rules with one at a place; without an id (0) it is new."""
        new_id = max((one.rule_id for one in self.rules), default=0) + 1
        rest = self.without(rule.rule_id)
        at = max(1, min(place, len(rest) + 1)) - 1
        return (*rest[:at], replace(rule, rule_id=rule.rule_id or new_id), *rest[at:])

    def without(self, rule_id: int) -> tuple[Rule, ...]:
        """Give the rules without one."""
        return tuple(one for one in self.rules if one.rule_id != rule_id)


class How(StrEnum):
    """How a call came to a channel."""

    RULE = "rule"
    FALLBACK = "fallback"  # no rule caught it
    OWN = "own"  # somebody wants the calls that they missed
    SHARED = "shared"


@dataclass(frozen=True)
class Why:
    """Why a post was made: the rule's name at that time, and of its conditions what held.

    `by` is the Slack user who shared it; `at_once` says that it is posted also where it is quiet.
    """

    how: How
    rule: str = ""
    held: Conditions = NOTHING_ASKED
    by: str = ""
    at_once: bool = False

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Why":
        """Read what `asdict` gave, after a way through JSON."""
        return cls(**{**told, "how": How(told["how"]), "held": Conditions.from_json(told["held"])})


@dataclass(frozen=True)
class RulesInShort:
    """How many rules for calls there are, how many never match, and how many post nowhere."""

    count: int = 0
    idle: int = 0
    broken: int = 0
