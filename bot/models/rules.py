"""Routing rules and default routes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from bot.models.calls import Call, Direction, Outcome
from bot.models.texts import Text
from bot.phone_numbers import is_whole


@dataclass(frozen=True)
class DefaultRoutes:
    """A channel for each company number or extension, and one for all other calls.

    Numbers are E.164, as in `Call.company_number`. With `post_ringing`, a call
    is shown as soon as it rings; otherwise once it is answered or over.
    """

    default_channel: str
    channel_by_line: Mapping[str, str] = field(default_factory=dict)
    post_ringing: bool = False

    def channels_for(self, call: Call) -> list[str]:
        """Return the channels that show this call now; none while it is too early."""
        if call.outcome is Outcome.RINGING and not self.post_ringing:
            return []
        return self.named_channels_for(call) or [self.default_channel]

    def named_channels_for(self, call: Call) -> list[str]:
        """Return the channels of this call's company number and extensions."""
        lines = [call.extension, call.company_number, *(leg.extension for leg in call.legs)]
        named = (self.channel_by_line.get(line or "") for line in lines)
        return list(dict.fromkeys(channel for channel in named if channel))

    @property
    def lines(self) -> frozenset[str]:
        """The conditions of rules that do the same: `lines`, `extensions`, or both."""
        return frozenset(
            "lines" if is_whole(line) else "extensions" for line in self.channel_by_line
        )

    def waits_for_line(self, text: Text) -> bool:
        """Return whether the company number decides where a text belongs, and isn't known."""
        return text.is_incoming and text.company_number is None and "lines" in self.lines

    def channels_for_text(self, company_number: str | None) -> list[str]:
        """Return the channels that show the texts of a company number."""
        return [self.channel_by_line.get(company_number or "", self.default_channel)]


MAX_RULES, MAX_NAME, MAX_VALUES, MAX_VALUE_LENGTH, MAX_FIELD_LENGTH = 200, 60, 50, 80, 150

MAX_SECONDS, MAX_CALLS, MAX_MINUTES = 86_400, 100, 10_080

DIRECTIONS = tuple(str(one) for one in Direction)

OUTCOMES = (Outcome.ANSWERED, Outcome.MISSED, Outcome.VOICEMAIL, Outcome.UNANSWERED)

SENTIMENTS = ("positive", "neutral", "mixed", "negative")


@dataclass(frozen=True)
class Conditions:
    """What a call must be like: every condition that is set, with any one of its values.

    `lines` are company numbers; `callers` are numbers of the other party (both E.164) or words of a
    contact's name. `set_outcomes` are names of outcomes that people set: with them, the rule acts
    when one is set, and not before. `values` are allowed values of the contact field `field`.
    `words` are searched in the summary, the transcript, and the name. `at_least` and `at_most`
    limit the length of the call in seconds; `waited` is the minimum wait of the caller in seconds.
    `calls` is the minimum number of calls from the same number within `minutes`, including this
    one.
    """

    directions: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()
    sentiments: tuple[str, ...] = ()
    set_outcomes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    waited: int | None = None
    calls: int | None = None
    minutes: int | None = None

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Conditions":
        """Return conditions from the JSON of `asdict`."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        return cls(**values)


# Conditions with several values, of which one must match.
LIST_CONDITIONS = tuple(
    one.name for one in fields(Conditions) if one.default == () and one.name != "values"
)

ANY_CALL = Conditions()


@dataclass(frozen=True)
class Rule:
    """One rule; `channel` is where it posts: for `slack_user`, their direct message channel.

    With `goes_on`, the rules below are tried as well. `mention` is a Slack user to mention. With
    `at_once`, it posts during quiet hours and mutes, too. `webhook` is the name of an endpoint that
    gets matching calls, once they are over.
    """

    rule_id: int
    name: str
    channel: str
    slack_user: str | None = None
    when: Conditions = ANY_CALL
    goes_on: bool = False
    mention: str | None = None
    is_on: bool = True
    at_once: bool = False
    webhook: str | None = None

    @property
    def fingerprint(self) -> str:
        """A hash of all fields; it differs if the rule was changed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Rule":
        """Return a rule from the JSON of `asdict`."""
        return cls(**{**stored, "when": Conditions.from_json(stored["when"])})


@dataclass(frozen=True)
class Rulebook:
    """All rules in order; each change makes a book with the next `version`."""

    version: int = 0
    rules: tuple[Rule, ...] = ()

    def find(self, rule_id: int | None) -> Rule | None:
        """Return a rule by its ID."""
        return next((one for one in self.rules if one.rule_id == rule_id), None)

    def place_of(self, rule_id: int | None) -> int:
        """Return the position of a rule, from 1; an unknown rule comes after the last."""
        ids = [one.rule_id for one in self.rules]
        return ids.index(rule_id) + 1 if rule_id in ids else len(ids) + 1

    def with_rule(self, rule: Rule, place: int) -> tuple[Rule, ...]:
        """Return the rules with `rule` at a position; a rule without an ID (0) is added."""
        new_id = max((one.rule_id for one in self.rules), default=0) + 1
        rest = self.without(rule.rule_id)
        at = max(1, min(place, len(rest) + 1)) - 1
        return (*rest[:at], replace(rule, rule_id=rule.rule_id or new_id), *rest[at:])

    def without(self, rule_id: int) -> tuple[Rule, ...]:
        """Return the rules without one."""
        return tuple(one for one in self.rules if one.rule_id != rule_id)


class How(StrEnum):
    """Why a call is in a channel."""

    RULE = "rule"
    FALLBACK = "fallback"  # no rule matched
    OWN = "own"  # a person gets direct messages for their missed calls
    SHARED = "shared"
    UNPLACED = "unplaced"  # its line was unknown, so it may belong elsewhere


@dataclass(frozen=True)
class Why:
    """Why a post was made: the name of the rule at that time, and the conditions that matched.

    `by` is the Slack user who shared it. With `at_once`, it is posted during quiet hours, too.
    """

    how: How
    rule: str = ""
    held: Conditions = ANY_CALL
    by: str = ""
    at_once: bool = False

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Why":
        """Return a reason from the JSON of `asdict`."""
        held = Conditions.from_json(stored["held"])
        return cls(**{**stored, "how": How(stored["how"]), "held": held})


@dataclass(frozen=True)
class RulesInShort:
    """How many rules there are, never match, can't post, and name something that was deleted.

    That is an outcome (`stale`), or an endpoint of outgoing webhooks (`unheard`).
    """

    count: int = 0
    idle: int = 0
    broken: int = 0
    stale: int = 0
    unheard: int = 0
