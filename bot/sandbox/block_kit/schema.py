"""The rules that the Block Kit tables are made of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]
# A rule takes a value and its JSON pointer and returns the errors.
Rule: TypeAlias = Callable[[object, str], Iterator[str]]

PLAIN: Final = ("plain_text",)
EITHER: Final = ("plain_text", "mrkdwn")
LONGEST_ID: Final = 255
LONGEST_URL: Final = 3_000
LONGEST_TEXT: Final = 3_000


def problem(words: str, at: str) -> str:
    """Return an error and its location, in Slack's format."""
    return f"{words} [json-pointer:{at}]"


def items_of(value: object, name: str) -> list[object]:
    """Return the list in a field of a value that may not be an object."""
    items = value.get(name) if isinstance(value, dict) else None
    return items if isinstance(items, list) else []


def objects_of(value: object, name: str) -> list[Json]:
    """Return the objects of the list in a field."""
    return [item for item in items_of(value, name) if isinstance(item, dict)]


def string(most: int | None = None, *, least: int = 0) -> Rule:
    """Return a rule for a string with a limited length."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must provide a string", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)

    return check


def integer(least: int, most: int | None = None) -> Rule:
    """Return a rule for an integer in a range."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must provide an integer", at)
        elif value < least or (most is not None and value > most):
            yield problem(f"must be between {least} and {most}", at)

    return check


def number(value: object, at: str) -> Iterator[str]:
    """Check for a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield problem("must provide a number", at)


def positive(value: object, at: str) -> Iterator[str]:
    """Check for a positive number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        yield problem("must provide a number greater than 0", at)


def flag(value: object, at: str) -> Iterator[str]:
    """Check for a boolean."""
    if not isinstance(value, bool):
        yield problem("must provide a boolean", at)


def anything(_value: object, _at: str) -> Iterator[str]:
    """Accept any value."""
    yield from ()


def url(value: object, at: str) -> Iterator[str]:
    """Check for a URL."""
    yield from string(LONGEST_URL, least=1)(value, at)
    if isinstance(value, str) and value and ":" not in value:
        yield problem("invalid url", at)


def one_of(*allowed: str) -> Rule:
    """Return a rule for an enum."""

    def check(value: object, at: str) -> Iterator[str]:
        if value not in allowed:
            yield problem("must be a valid enum value", at)

    return check


def listing(rule: Rule, most: int | None = None, *, least: int = 1) -> Rule:
    """Return a rule for a list with a limited length and a rule for its items."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", at)
        if most is not None and len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        for number_, item in enumerate(value):
            yield from rule(item, f"{at}/{number_}")

    return check


def shape(
    required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Rule
) -> Rule:
    """Return a rule for an object with only these fields; `also` are rules for the object."""
    known = {**required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
            return
        for name in required:
            if value.get(name) is None:
                yield problem(f"missing required field: {name}", at)
        for name, item in value.items():
            if name not in known:
                yield problem(f"invalid additional property: {name}", at)
            elif item is not None:
                yield from known[name](item, f"{at}/{name}")
        for rule in also:
            yield from rule(value, at)

    return check


def any_of(*names: str) -> Rule:
    """Return a rule for at least one of these fields."""

    def check(value: object, at: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            yield problem(f"missing required field: one of {', '.join(names)}", at)

    return check


def at_most_one_of(*names: str) -> Rule:
    """Return a rule for at most one of these fields."""

    def check(value: object, at: str) -> Iterator[str]:
        if isinstance(value, dict) and sum(1 for name in names if value.get(name)) > 1:
            yield problem(f"only one of {', '.join(names)} may be given", at)

    return check


def by_type(table: Mapping[str, Rule], allowed: Sequence[str] | None = None) -> Rule:
    """Return a rule for an object with an allowed `type` and that type's rule."""
    kinds = tuple(table) if allowed is None else tuple(allowed)

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", at)
        elif value.get("type") is None:
            yield problem("missing required field: type", at)
        elif value["type"] not in kinds:
            yield problem(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from table[value["type"]](value, at)

    return check


def text(most: int, kinds: Sequence[str] = EITHER, *, least: int = 1) -> Rule:
    """Return a rule for a text object of one of these types."""
    inside = string(most, least=least)
    known = shape({"type": one_of(*kinds), "text": inside}, {"emoji": flag, "verbatim": flag})

    def check(value: object, at: str) -> Iterator[str]:
        yield from known(value, at)
        wrong = {"plain_text": "verbatim", "mrkdwn": "emoji"}
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(value, dict) and isinstance(kind, str) and wrong.get(kind) in value:
            yield problem(f"invalid additional property: {wrong[kind]}", at)

    return check


identifier: Final = string(LONGEST_ID, least=1)
