"""How rules are asked about a call: made ready once a change, then a few microseconds each."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.models.calls import Call, Direction, Outcome
from bot.models.contacts import Contact
from bot.models.rules import LIST_CONDITIONS, Conditions, Rule
from bot.phone_numbers import is_whole

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class RuleSubject:
    """A call as rules see it; what costs a look into the store is looked up when first asked for.

    `contacts` gives those who have its number, `count_calls` how many incoming calls came from it
    in so many minutes before, this one counted.
    """

    call: Call
    contacts: Callable[[], Sequence[Contact]]
    count_calls: Callable[[int], int]

    @cached_property
    def values(self) -> Mapping[str, frozenset[str]]:
        """What the call has, for each condition that names some; nothing where it is not known."""
        call = self.call
        extensions = (call.extension, *(leg.extension for leg in call.legs))
        # Nobody has told how a call ends that rings; one that was taken ends as answered.
        ends = {Outcome.RINGING: None, Outcome.IN_PROGRESS: Outcome.ANSWERED}
        return {
            "directions": _known(call.direction),
            "outcomes": _known(ends.get(call.outcome, call.outcome)),
            "extensions": _known(*extensions),
            "lines": _known(call.company_number),
            "sentiments": _known(call.sentiment and call.sentiment.casefold()),
        }

    @cached_property
    def known_contacts(self) -> Sequence[Contact]:
        """Who has its number."""
        return self.contacts()

    @cached_property
    def names(self) -> "Words":
        """How the other party is called."""
        return Words((self.call.remote_name, *(one.name for one in self.known_contacts)))

    @cached_property
    def said(self) -> "Words":
        """All that words are looked for in."""
        return Words((self.call.summary, self.call.transcript, *self.names.texts))


class Words:
    """Texts in which phrases are looked for, whatever their case and line breaks."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        """Make them ready."""
        self.texts = tuple(_folded(text) for text in texts if text)
        self._words = frozenset[str]().union(*map(_WORD.findall, self.texts))

    def have(self, phrase: "Phrase") -> bool:
        """Say whether a phrase stands in one of them, as whole words."""
        # Most phrases have a word that is nowhere; only for the others the texts are read.
        return phrase.words <= self._words and any(map(phrase.pattern.search, self.texts))


class Phrase:
    """Words to be looked for; every sign in them means itself."""

    def __init__(self, text: str) -> None:
        """Make them ready."""
        folded = _folded(text)
        self.words = frozenset(_WORD.findall(folded))
        before = r"(?<!\w)" if _WORD.match(folded[:1]) else ""
        after = r"(?!\w)" if _WORD.match(folded[-1:]) else ""
        self.pattern = re.compile(f"{before}{re.escape(folded)}{after}")


Check = Callable[[RuleSubject], bool | None]
"""Says whether a condition holds; None while the call may yet come to be so."""


class Ready:
    """Rules made ready to be asked."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Make those ready that are on."""
        self._rules = [(one, _checks(one.when)) for one in rules if one.is_on]

    def ask(self, seen: RuleSubject) -> tuple[list[Rule], bool]:
        """Give the rules that catch a call, and whether others may yet as it goes on.

        A rule that stops ends the asking, and so does one that may come to do so: what stands
        below it is not decided before.
        """
        caught, is_open = [], False
        for rule, checks in self._rules:
            verdict = _verdict(checks, seen)
            if verdict:
                caught.append(rule)
            elif verdict is None:
                is_open = True
            if verdict is not False and not rule.goes_on:
                break
        return caught, is_open


def narrowed(when: Conditions, seen: RuleSubject) -> Conditions:
    """Give of the conditions of a rule that caught a call what held: of many values those."""

    def holding(name: str, **more: str) -> tuple[str, ...]:
        return tuple(
            one
            for one in getattr(when, name)
            if _verdict(_checks(Conditions(**{name: (one,), **more})), seen)  # type: ignore[arg-type]
        )

    many: dict[str, Any] = {name: holding(name) for name in LIST_CONDITIONS}
    return replace(when, **many, values=holding("values", field=when.field))


def _verdict(checks: Sequence[Check], seen: RuleSubject) -> bool | None:
    verdict: bool | None = True
    for check in checks:
        holds = check(seen)
        if holds is False:
            return False
        if holds is None:
            verdict = None
    return verdict


def _checks(when: Conditions) -> list[Check]:
    checks = [
        _has(name, frozenset(one.casefold() for one in wanted))
        for name in ("directions", "outcomes", "extensions", "lines", "sentiments")
        if (wanted := getattr(when, name))
    ]
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


def _lasts(least: int, most: int | None) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        seconds = seen.call.seconds
        if seconds is None or not seen.call.is_over:
            return _no(seen)
        return least <= seconds and (most is None or seconds <= most)

    return check


def _has_waited(least: int) -> Check:
    def check(seen: RuleSubject) -> bool | None:
        waited = seen.call.waited
        return _no(seen) if waited is None or waited < least else True

    return check


def _is_with(callers: Sequence[str]) -> Check:
    numbers = frozenset(one for one in callers if is_whole(one))
    names = [Phrase(one) for one in callers if not is_whole(one)]

    def check(seen: RuleSubject) -> bool | None:
        number = seen.call.remote_number
        if number in numbers or any(map(seen.names.have, names)):
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
        return any(map(seen.said.have, phrases)) or _no(seen)

    return check


def _no(seen: RuleSubject, *, is_known: bool = False) -> bool | None:
    """Say no to what is known or told no more; else it may come to hold as the call goes on."""
    return False if is_known or seen.call.is_over else None


def _known(*values: str | None) -> frozenset[str]:
    return frozenset(str(one).casefold() for one in values if one)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
