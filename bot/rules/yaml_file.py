"""Rules as a YAML file: exported, and imported as a whole or not at all."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import yaml

from bot.errors import RulesWrong
from bot.models.rules import DIRECTIONS, MAX_RULES, OUTCOMES, SENTIMENTS, Conditions, Rule
from bot.phone_numbers import is_whole, normalise
from bot.rules.validation import validate_rule

# Names of conditions in a file, and in a rule.
_MANY = {
    "direction": "directions",
    "outcome": "outcomes",
    "extension": "extensions",
    "our number": "lines",
    "caller": "callers",
    "mood": "sentiments",
    "outcome set": "set_outcomes",
    "words": "words",
}
_NUMBERS = {
    "at least seconds": "at_least",
    "at most seconds": "at_most",
    "waited at least seconds": "waited",
    "calls": "calls",
    "within minutes": "minutes",
}
_FIELD, _VALUES = "contact field", "field is"
_WORDS = {
    "directions": DIRECTIONS,
    "outcomes": tuple(map(str, OUTCOMES)),
    "sentiments": SENTIMENTS,
}
_IN_FILE = {ours: key for key, ours in (_MANY | _NUMBERS).items()}
_IN_FILE |= {"field": _FIELD, "values": _VALUES}
_QUIET = "also in quiet hours"
_RULE = ("name", "to", "if", "then", "mention", _QUIET, "webhook", "active")
_THEN = {"stop": False, "go on": True}
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
_HEAD = """\
# Routing rules. They run top to bottom, until one matches and stops.
# `to` is the ID of a channel (C…) or a person (U…).
# Calls that match no rule go to the default channels of the settings.
"""
Lines = dict[str, int]


def write_rules(rules: Sequence[Rule]) -> str:
    """Return rules as YAML."""
    content = {"rules": [_as_dict(one) for one in rules]}
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def read_rules(text: str, region: str) -> list[tuple[Rule, int]]:
    """Parse a file into rules with their lines; rules to a person have no channel yet.

    Numbers without a country code belong to `region`. Raises RulesWrong with every problem and its
    line.
    """
    reader = _RulesReader(region)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulesWrong([f"Line {at}: {error.problem or 'invalid YAML'}."]) from None
    except (yaml.YAMLError, RecursionError):
        raise RulesWrong(["The file isn't valid YAML."]) from None
    rules = reader.read(root)
    if reader.problems:
        raise RulesWrong([words for _, words in sorted(reader.problems)])
    return rules


def _as_dict(rule: Rule) -> dict[str, Any]:
    when = rule.when
    asked: dict[str, Any] = {key: list(getattr(when, ours)) for key, ours in _MANY.items()}
    asked |= {_FIELD: when.field, _VALUES: list(when.values)}
    asked |= {key: getattr(when, ours) for key, ours in _NUMBERS.items()}
    content = {
        "name": rule.name,
        "to": rule.slack_user or rule.channel,
        "if": {key: value for key, value in asked.items() if value not in ([], "", None)},
        "then": "go on" if rule.goes_on else "stop",
        "mention": rule.mention,
        _QUIET: "yes" if rule.at_once else None,
        "webhook": rule.webhook,
        "active": None if rule.is_on else "no",
    }
    return {key: value for key, value in content.items() if value not in ({}, None)}


class _RulesReader:
    """Reads node by node, so that each problem has its line."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.problems: list[tuple[int, str]] = []

    def read(self, root: yaml.Node | None) -> list[tuple[Rule, int]]:
        found = dict(self._parts(root, ("rules",), "the file")) if root else {}
        if root is not None and "rules" not in found and not self.problems:
            self._wrong(root, "a list named rules is required")
        listed = found.get("rules")
        if listed is None or _is_empty(listed):
            return []
        if not isinstance(listed, yaml.SequenceNode):
            self._wrong(listed, "rules must be a list; start each rule with a dash")
            return []
        if len(listed.value) > MAX_RULES:
            # One problem, not one for each rule above the limit.
            self._wrong(listed, f"rules: {len(listed.value)} rules; the limit is {MAX_RULES}")
            return []
        rules: list[tuple[Rule, int]] = []
        for node in listed.value:
            rule, lines = self._rule(node, len(rules) + 1)
            for part, why in validate_rule(rule, [one for one, _ in rules]).items():
                key = _IN_FILE.get(part, part)
                self._tell(lines.get(key, _line(node)), f"{key}: {why}")
            rules.append((rule, lines.get("to", _line(node))))
        return rules

    def _rule(self, node: yaml.Node, number: int) -> tuple[Rule, Lines]:
        parts = dict(self._parts(node, _RULE, "a rule"))
        lines = {key: _line(value) for key, value in parts.items()}
        when, of_conditions = Conditions(), Lines()
        if "if" in parts and not _is_empty(parts["if"]):
            when, of_conditions = self._conditions(parts["if"])
        to, mention = self._id(parts, "to", "CGUW"), self._id(parts, "mention", "UW")
        if "to" not in parts:
            self._wrong(node, "to: the ID of a channel or a person is required")
        is_person = to.startswith(("U", "W"))
        rule = Rule(
            number,
            " ".join(self._text(parts["name"]).split()) if "name" in parts else "",
            "" if is_person else to,
            to if is_person else None,
            when,
            goes_on=self._one_of(parts, "then", _THEN, otherwise=False),
            mention=mention or None,
            is_on=self._one_of(parts, "active", _YES_OR_NO, otherwise=True),
            at_once=self._one_of(parts, _QUIET, _YES_OR_NO, otherwise=False),
            webhook=self._name(parts, "webhook"),
        )
        return rule, lines | of_conditions

    def _conditions(self, node: yaml.Node) -> tuple[Conditions, Lines]:
        known = (*_MANY, _FIELD, _VALUES, *_NUMBERS)
        found: dict[str, Any] = {}
        lines = Lines()
        for key, value in self._parts(node, known, "if"):
            lines[key] = _line(value)
            if key in _MANY:
                found[_MANY[key]] = self._values(value, _MANY[key])
            elif key in _NUMBERS:
                found[_NUMBERS[key]] = self._number(value, key)
            elif key == _FIELD:
                found["field"] = self._text(value)
            else:
                found["values"] = self._values(value, "values")
        return Conditions(**found), lines

    def _parts(
        self, node: yaml.Node, known: Sequence[str], where: str
    ) -> Iterator[tuple[str, yaml.Node]]:
        """Return the known keys and values of a mapping; other keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{where} must have keys such as {known[0]}")
            return
        seen = set()
        for key, value in node.value:
            name = self._text(key)
            if name in seen:
                self._wrong(key, f"{name}: duplicate key")
            elif name in known:
                yield name, value
            else:
                self._wrong(key, f"{name[:80]}: unknown key{_nearest(name, known)}")
            seen.add(name)

    def _values(self, node: yaml.Node, ours: str) -> tuple[str, ...]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        # `extension: 101, 102` is one text in YAML, which no extension has.
        if isinstance(node, yaml.ScalarNode) and not node.style and re.search("[,;]", node.value):
            several = ", ".join(re.split(r"\s*[,;]\s*", node.value.strip(" ,;")))[:80]
            why = f"put several values into brackets, such as [{several}], or one into quotes"
            self._wrong(node, f"{_IN_FILE[ours]}: {why}")
            return ()
        values = []
        for one in nodes:
            value = " ".join(self._text(one).split())
            if ours in _WORDS and value not in _WORDS[ours]:
                near = _nearest(value, _WORDS[ours])
                self._wrong(one, f"{_IN_FILE[ours]}: unknown value {value[:80]}{near}")
            values.append(self._phone(value) if ours in {"lines", "callers"} else value)
        return tuple(dict.fromkeys(values))

    def _phone(self, value: str) -> str:
        number = normalise(value, self.region)
        return number if number and is_whole(number) else value

    def _number(self, node: yaml.Node, key: str) -> int:
        value = self._text(node)
        if value.isascii() and value.isdecimal() and len(value) < 7:  # noqa: PLR2004
            return int(value)
        self._wrong(node, f"{key}: {value[:80]} isn't a whole number")
        return 0

    def _id(self, parts: dict[str, yaml.Node], key: str, first: str) -> str:
        if key not in parts:
            return ""
        value = self._text(parts[key])
        is_id = value.isascii() and value.isalnum() and value.isupper() and len(value) > 6  # noqa: PLR2004
        if is_id and value[0] in first:
            return value
        what = "of a person, such as U0123456789"
        what = what if key == "mention" else f"of a channel, such as C0123456789, or {what}"
        self._wrong(parts[key], f"{key}: {value[:80]} isn't the ID {what}")
        return ""

    def _name(self, parts: dict[str, yaml.Node], key: str) -> str | None:
        return (" ".join(self._text(parts[key]).split()) or None) if key in parts else None

    def _one_of(
        self, parts: dict[str, yaml.Node], key: str, meant: dict[str, bool], *, otherwise: bool
    ) -> bool:
        if key not in parts:
            return otherwise
        value = self._text(parts[key]).lower()
        if value not in meant:
            known = tuple(meant)
            self._wrong(parts[key], f"{key}: unknown value {value[:80]}{_nearest(value, known)}")
        return meant.get(value, otherwise)

    def _text(self, node: yaml.Node) -> str:
        if isinstance(node, yaml.ScalarNode):
            # As written: 0101 is an extension, and no is a word.
            return str(node.value).strip()
        self._wrong(node, "expected one word or number")
        return ""

    def _wrong(self, node: yaml.Node, words: str) -> None:
        self._tell(_line(node), words)

    def _tell(self, at: int, words: str) -> None:
        self.problems.append((at, f"Line {at}: {words.rstrip('.')}."))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word.lower(), known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; allowed: {', '.join(known)}"
