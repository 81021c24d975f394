"""What is wrong with rules: what is missing, and what can never match."""

from collections.abc import Iterator, Sequence

from bot.models.calls import Direction, Outcome
from bot.models.rules import (
    LONGEST_FIELD,
    LONGEST_VALUE,
    MANY,
    MOST_CALLS,
    MOST_MINUTES,
    MOST_NAME,
    MOST_RULES,
    MOST_SECONDS,
    MOST_VALUES,
    Conditions,
    Rule,
)

_MOST = {
    "at_least": MOST_SECONDS,
    "at_most": MOST_SECONDS,
    "waited": MOST_SECONDS,
    "calls": MOST_CALLS,
    "minutes": MOST_MINUTES,
}


def what_is_wrong(rule: Rule, others: Sequence[Rule]) -> dict[str, str]:
    """Say what to mend in a rule, by the name of its part; `others` are those beside it."""
    when, wrong = rule.when, {}
    if not 0 < len(rule.name) <= MOST_NAME:
        wrong["name"] = f"Please give it a name of at most {MOST_NAME} characters."
    elif rule.name.casefold() in {one.name.casefold() for one in others}:
        wrong["name"] = "There is a rule of this name already. Please choose another name."
    elif len(others) >= MOST_RULES:
        wrong["name"] = f"There are {MOST_RULES} rules, and more do not fit. Please delete one."
    wrong |= _halves(when)
    if not wrong and (reason := contradiction(when)):
        parts = {"longer": "at_most", "repeated": "calls", "waits": "waited"}
        part = next((part for word, part in parts.items() if word in reason), "outcomes")
        wrong[part] = f"This never matches: {reason}."
    return wrong


def _halves(when: Conditions) -> dict[str, str]:
    wrong = {
        name: f"At most {most:,}, please."
        for name, most in _MOST.items()
        if (getattr(when, name) or 0) > most
    }
    for name in (*MANY, "values"):
        values = getattr(when, name)
        if len(values) > MOST_VALUES or any(not 0 < len(one) <= LONGEST_VALUE for one in values):
            wrong[name] = (
                f"At most {MOST_VALUES}, of at most {LONGEST_VALUE} characters each, please."
            )
    if len(when.field) > LONGEST_FIELD:
        wrong["field"] = f"At most {LONGEST_FIELD} characters, please."
    if when.field and not when.values:
        wrong["values"] = f"Please say what {when.field} is to be."
    elif when.values and not when.field:
        wrong["field"] = "Please choose the field that is to say so."
    if when.calls is not None and when.minutes is None:
        wrong["minutes"] = "Please say within how many minutes."
    elif when.minutes is not None and when.calls is None:
        wrong["calls"] = "Please say at which call of these minutes, such as 3."
    return wrong


def never(rules: Sequence[Rule]) -> dict[int, str]:
    """Say why, for each rule that can never match, by its id."""
    return dict(_never(rules))


def contradiction(when: Conditions) -> str | None:
    """Say why no call can ever be like this, where that is so."""
    if when.at_least is not None and when.at_most is not None and when.at_least > when.at_most:
        return "no call is longer and shorter than that at once"
    ways, ends = set(when.directions), set(when.outcomes)
    if ways == {Direction.OUTGOING} and ends and ends <= {Outcome.MISSED, Outcome.VOICEMAIL}:
        return "outgoing calls are answered or unanswered, never missed"
    if ways and Direction.OUTGOING not in ways and ends == {Outcome.UNANSWERED}:
        return "only outgoing calls are unanswered; the others are missed"
    if when.waited is not None and ways and Direction.INCOMING not in ways:
        return "only who calls us waits"
    if when.calls is not None and ways and Direction.INCOMING not in ways:
        return "only incoming calls are counted as repeated"
    return None


def _never(rules: Sequence[Rule]) -> Iterator[tuple[int, str]]:
    stopping: list[Rule] = []
    for rule in rules:
        if not rule.is_on:
            continue
        if reason := contradiction(rule.when):
            yield rule.rule_id, reason
        elif above := next((one for one in stopping if _covers(one.when, rule.when)), None):
            yield rule.rule_id, f"“{above.name}” above it takes all these calls and stops"
        elif not rule.goes_on:
            stopping.append(rule)


def _covers(wide: Conditions, narrow: Conditions) -> bool:
    """Say whether each call that is like `narrow` is surely like `wide`."""
    for name in (*MANY, "values"):
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
