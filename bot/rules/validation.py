"""Validation of rules: missing or excessive values, and rules that can never match."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from bot.models.calls import Direction, Outcome
from bot.models.outcomes import CallOutcome, names_without
from bot.models.rules import (
    LIST_CONDITIONS,
    MAX_CALLS,
    MAX_FIELD_LENGTH,
    MAX_MINUTES,
    MAX_NAME,
    MAX_RULES,
    MAX_SECONDS,
    MAX_VALUE_LENGTH,
    MAX_VALUES,
    Conditions,
    Rule,
)
from bot.phone_numbers import begins_like_number, is_whole

_LIMITS = {
    "at_least": MAX_SECONDS,
    "at_most": MAX_SECONDS,
    "waited": MAX_SECONDS,
    "calls": MAX_CALLS,
    "minutes": MAX_MINUTES,
}


def validate_rule(rule: Rule, others: Sequence[Rule]) -> dict[str, str]:
    """Return errors by the name of the field; `others` are the other rules."""
    when, errors = rule.when, {}
    if not 0 < len(rule.name) <= MAX_NAME:
        errors["name"] = f"Enter a name of 1 to {MAX_NAME} characters."
    elif rule.name.casefold() in {one.name.casefold() for one in others}:
        errors["name"] = "Another rule has this name. Choose a different name."
    elif len(others) >= MAX_RULES:
        errors["name"] = f"The limit is {MAX_RULES} rules. Delete a rule first."
    errors |= _check_values(when)
    if not errors and (reason := contradiction(when)):
        parts = {"longer": "at_most", "repeat": "calls", "waited": "waited"}
        part = next((part for word, part in parts.items() if word in reason), "outcomes")
        errors[part] = f"This never matches: {reason}."
    return errors


def _check_values(when: Conditions) -> dict[str, str]:
    errors = {
        name: f"The limit is {limit:,}."
        for name, limit in _LIMITS.items()
        if (getattr(when, name) or 0) > limit
    }
    for name in (*LIST_CONDITIONS, "values"):
        values = getattr(when, name)
        if len(values) > MAX_VALUES or any(not 0 < len(one) <= MAX_VALUE_LENGTH for one in values):
            errors[name] = (
                f"The limit is {MAX_VALUES} values of {MAX_VALUE_LENGTH} characters each."
            )
    if len(when.field) > MAX_FIELD_LENGTH:
        errors["field"] = f"The limit is {MAX_FIELD_LENGTH} characters."
    if when.field and not when.values:
        errors["values"] = f"Enter a value for {when.field}."
    elif when.values and not when.field:
        errors["field"] = "Choose the field that has this value."
    if when.calls is not None and when.minutes is None:
        errors["minutes"] = "Enter the number of minutes."
    elif when.minutes is not None and when.calls is None:
        errors["calls"] = "Enter the number of calls, such as 3."
    return errors


def parts_of_numbers(when: Conditions, is_name: Callable[[str], bool]) -> list[str]:
    """Return callers that are a part of a number, which matches no one, unless it's a name."""
    parts = [one for one in when.callers if begins_like_number(one) and not is_whole(one)]
    return [one for one in parts if not is_name(one)]


def deleted_outcomes(
    rules: Iterable[Rule], listed: Sequence[CallOutcome]
) -> dict[int, tuple[str, ...]]:
    """Return the outcomes that rules wait for and that were deleted, by the ID of the rule."""
    found = {one.rule_id: names_without(one.when.set_outcomes, listed) for one in rules}
    return {rule_id: names for rule_id, names in found.items() if names}


def deleted_endpoints(rules: Iterable[Rule], names: Collection[str]) -> dict[int, str]:
    """Return the endpoints that rules call and that aren't in `names`, by the ID of the rule."""
    return {one.rule_id: one.webhook for one in rules if one.webhook and one.webhook not in names}


def find_unreachable(rules: Sequence[Rule]) -> dict[int, str]:
    """Return why rules can never match, by the ID of the rule."""
    return dict(_find_unreachable(rules))


def contradiction(when: Conditions) -> str | None:
    """Return why no call can meet these conditions; None if one can."""
    if when.at_least is not None and when.at_most is not None and when.at_least > when.at_most:
        return "no call is both longer and shorter than this"
    ways, ends = set(when.directions), set(when.outcomes)
    if ways == {Direction.OUTGOING} and ends and ends <= {Outcome.MISSED, Outcome.VOICEMAIL}:
        return "outgoing calls are never missed, only answered or unanswered"
    if ways and Direction.OUTGOING not in ways and ends == {Outcome.UNANSWERED}:
        return "only outgoing calls are unanswered; other calls are missed"
    if when.waited is not None and ways and Direction.INCOMING not in ways:
        return "only incoming callers have waited"
    if when.calls is not None and ways and Direction.INCOMING not in ways:
        return "only incoming calls count as repeat calls"
    return None


def _find_unreachable(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    # Rules for outcomes that people set act later, so no other rule keeps a call from them.
    for group in (False, True):
        yield from _find_covered([one for one in rules if bool(one.when.set_outcomes) is group])


def _find_covered(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    stopping: list[Rule] = []
    for rule in rules:
        if not rule.is_on:
            continue
        if reason := contradiction(rule.when):
            yield rule.rule_id, reason
        elif above := next((one for one in stopping if _covers(one.when, rule.when)), None):
            yield rule.rule_id, f"“{above.name}” above it matches the same calls and stops"
        elif not rule.goes_on:
            stopping.append(rule)


def _covers(wide: Conditions, narrow: Conditions) -> bool:
    """Return whether every call that meets `narrow` also meets `wide`."""
    for name in (*LIST_CONDITIONS, "values"):
        asked = {one.casefold() for one in getattr(wide, name)}
        if asked and not _within({one.casefold() for one in getattr(narrow, name)}, asked):
            return False
    if wide.field and wide.field.casefold() != narrow.field.casefold():
        return False
    if wide.at_least is not None and (narrow.at_least is None or narrow.at_least < wide.at_least):
        return False
    if wide.at_most is not None and (narrow.at_most is None or narrow.at_most > wide.at_most):
        return False
    if wide.waited is not None and (narrow.waited is None or narrow.waited < wide.waited):
        return False
    return _covers_repeats(wide, narrow)


def _covers_repeats(wide: Conditions, narrow: Conditions) -> bool:
    if wide.calls is None or wide.minutes is None:
        return True
    if narrow.calls is None or narrow.minutes is None:
        return False
    return narrow.calls >= wide.calls and narrow.minutes <= wide.minutes


def _within(narrow: set[str], wide: set[str]) -> bool:
    return bool(narrow) and narrow <= wide
