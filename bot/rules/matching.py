"""Matching of calls with rules: compiled once per change, then a few microseconds per rule."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.models.calls import Call, Direction, Outcome
from bot.models.contacts import Contact
from bot.models.outcomes import folded_name
from bot.models.rules import LIST_CONDITIONS, Conditions, Rule
from bot.phone_numbers import is_whole

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class RuleSubject:
    """A call as rules see it; the store is read only when a rule needs it.

    `contacts` returns the contacts with its number. `count_calls` returns the number of incoming
    calls from it in the last N minutes, including this one. `set_outcome` is the outcome that
    someone set, or empty.
    """

    call: Call
    contacts: Callable[[], Sequence[Contact]]
    count_calls: Callable[[int], int]
    set_outcome: str = ""

    @cached_property
    def values(self) -> Mapping[str, frozenset[str]]:
        """The values of the call by condition; empty if unknown."""
        call = self.call
        extensions = (call.extension, *(leg.extension for leg in call.legs))
        # A ringing call has no outcome yet; one in progress ends as answered.
        ends = {Outcome.RINGING: None, Outcome.IN_PROGRESS: Outcome.ANSWERED}
        outcome = ends.get(call.outcome, call.outcome)
        is_guessed = call.is_over and not is_described(call)
        return {
            "directions": _known(call.direction),
            "outcomes": _known(None if is_guessed else outcome),
            "extensions": _known(*extensions),
            "lines": _known(call.company_number),
            "set_outcomes": _known(folded_name(self.set_outcome or "")),
            "sentiments": _known(call.sentiment and call.sentiment.casefold()),
        }

    @cached_property
    def known_contacts(self) -> Sequence[Contact]:
        """The contacts with its number."""
        return self.contacts()

    @cached_property
    def names(self) -> "Words":
        """The names of the other party."""
        return Words((self.call.remote_name, *(one.name for one in self.known_contacts)))

    @cached_property
    def said(self) -> "Words":
        """All texts that keywords are searched in."""
        return Words((self.call.summary, self.call.transcript, *self.names.texts))


class Words:
    """Texts in which phrases are searched, ignoring case and line breaks."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        """Index the words of the texts."""
        self.texts = tuple(_folded(text) for text in texts if text)
        self._words = frozenset[str]().union(*map(_WORD.findall, self.texts))

    def contain(self, phrase: "Phrase") -> bool:
        """Return whether a phrase is in one of the texts, as whole words."""
        # Most phrases have a word that no text has; the texts are searched only for the others.
        return phrase.words <= self._words and any(map(phrase.pattern.search, self.texts))


class Phrase:
    """A phrase to search for, without wildcards."""

    def __init__(self, text: str) -> None:
        """Compile the phrase."""
        folded = _folded(text)
        self.words = frozenset(_WORD.findall(folded))
        before = r"(?<!\w)" if _WORD.match(folded[:1]) else ""
        after = r"(?!\w)" if _WORD.match(folded[-1:]) else ""
        self.pattern = re.compile(f"{before}{re.escape(folded)}{after}")


Check = Callable[[RuleSubject], bool | None]
"""Returns whether a condition matches; None while it may still match as the call continues."""


class CompiledRules:
    """Rules that are compiled for matching."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile the rules that are switched on."""
        compiled = [(one, _checks(one.when)) for one in rules if one.is_on]
        self._rules = [one for one in compiled if not one[0].when.set_outcomes]
        self._on_outcome = [one for one in compiled if one[0].when.set_outcomes]
        self.lines = frozenset(
            name for one, _ in self._rules for name in LINES if getattr(one.when, name)
        )

    def match(self, seen: RuleSubject) -> tuple[list[Rule], bool]:
        """Return the rules that match a call, and whether others may still match later.

        Matching ends at a matching rule that stops, and at one that may still match and stop: the
        rules below are decided afterwards.
        """
        matched, is_open = [], False
        for rule, checks in self._rules:
            verdict = _verdict(checks, seen)
            if verdict:
                matched.append(rule)
            elif verdict is None:
                is_open = True
            if verdict is not False and not rule.goes_on:
                break
        return matched, is_open

    def match_outcome(self, seen: RuleSubject) -> list[Rule]:
        """Return the rules that act because an outcome was just set."""
        matched = []
        for rule, checks in self._on_outcome:
            if _verdict(checks, seen):
                matched.append(rule)
                if not rule.goes_on:
                    break
        return matched


LINES = ("lines", "extensions")


def is_described(call: Call) -> bool:
    """Return whether a report described the whole call, not only what was said in it.

    A transcript comes without the direction and the line, and may come first.
    """
    return call.is_listed or (call.direction is not None and call.outcome is not Outcome.OVER)


def is_unknown(name: str, call: Call) -> bool:
    """Return whether Vocatech may still report the line of a call, by the name of a condition.

    A finished call in its list is complete, and internal calls have no company number.
    """
    if call.is_listed:
        return False
    if name == "lines":
        return call.company_number is None and call.direction is not Direction.INTERNAL
    return call.extension is None and not call.legs


def narrowed(when: Conditions, seen: RuleSubject) -> Conditions:
    """Return the matching rule's conditions with only the values that matched."""

    def matching(name: str, **more: str) -> tuple[str, ...]:
        return tuple(
            one
            for one in getattr(when, name)
            if _verdict(_checks(Conditions(**{name: (one,), **more})), seen)  # type: ignore[arg-type]
        )

    many: dict[str, Any] = {name: matching(name) for name in LIST_CONDITIONS}
    return replace(when, **many, values=matching("values", field=when.field))


def _verdict(checks: Sequence[Check], seen: RuleSubject) -> bool | None:
    verdict: bool | None = True
    for check in checks:
        result = check(seen)
        if result is False:
            return False
        if result is None:
            verdict = None
    return verdict


def _checks(when: Conditions) -> list[Check]:
    checks = [
        _has(name, frozenset(one.casefold() for one in wanted))
        for name in ("directions", "outcomes", "extensions", "lines", "sentiments")
        if (wanted := getattr(when, name))
    ]
    if when.set_outcomes:
        checks.append(_has("set_outcomes", frozenset(map(folded_name, when.set_outcomes))))
    if when.at_least is not None or when.at_most is not None:
        checks.append(_lasts(when.at_least or 0, when.at_most))
    if when.waited is not None:
        checks.append(_has_waited(when.waited))
    if when.callers:
        checks.append(_is_with(when.callers))
    if when.field:
        checks.append(_field_says(_folded(when.field), frozenset(map(_folded, when.values))))
    if when.calls is not None and when.minutes is not None:
        checks.append(_is_repeated(when.calls, when.minutes))
    if when.words:
        checks.append(_says([Phrase(one) for one in when.words]))
    return checks


def _has(name: str, wanted: frozenset[str]) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        has = seen.values[name]
        return not wanted.isdisjoint(has) or _no(seen, is_known=bool(has))

    return check


def _lasts(minimum: int, maximum: int | None) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        seconds = seen.call.seconds
        if seconds is None or not seen.call.is_over:
            return _no(seen)
        return minimum <= seconds and (maximum is None or seconds <= maximum)

    return check


def _has_waited(minimum: int) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        waited = seen.call.waited
        return _no(seen) if waited is None or waited < minimum else True

    return check


def _is_with(callers: Sequence[str]) -> Check:
    numbers = frozenset(one for one in callers if is_whole(one))
    names = [Phrase(one) for one in callers if not is_whole(one)]

    def check(seen: RuleSubject) -> bool | None:
        number = seen.call.remote_number
        if number in numbers or any(map(seen.names.contain, names)):
            return True
        return _no(seen, is_known=number is not None)

    return check


def _field_says(name: str, values: frozenset[str]) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        for contact in seen.known_contacts:
            for one, said in contact.fields.items():
                if _folded(one) == name and _folded(said) in values:
                    return True
        return _no(seen, is_known=seen.call.remote_number is not None)

    return check


def _is_repeated(calls: int, minutes: int) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        if seen.call.direction is None:
            return _no(seen)
        return seen.call.direction is Direction.INCOMING and seen.count_calls(minutes) >= calls

    return check


def _says(phrases: Sequence[Phrase]) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        return any(map(seen.said.contain, phrases)) or _no(seen)

    return check


def _no(seen: RuleSubject, *, is_known: bool = False) -> bool | None:
    """Return False if the value is final; None while it may still match as the call continues."""
    is_final = seen.call.is_over and is_described(seen.call)
    return False if is_known or is_final else None


def _known(*values: str | None) -> frozenset[str]:
    return frozenset(str(one).casefold() for one in values if one)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
