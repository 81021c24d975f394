"""The result of one check: what was found and what to do about it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_NAME = 60

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Verdict(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNTRIED = "not tried"


@dataclass(frozen=True)
class CheckResult:
    """The result of one check; `key` is its stable name, `remedy` is in whole sentences.

    `facts` are for machines: JSON values under stable names, never a secret or a phone number.
    """

    key: str
    what: str
    found: str
    verdict: Verdict = Verdict.OK
    remedy: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether the check found nothing to fix."""
        return self.verdict is Verdict.OK

    @property
    def group(self) -> str:
        """The group of the check: the first part of its key."""
        return self.key.partition(".")[0].capitalize()


def all_ok(findings: Iterable[CheckResult]) -> bool:
    """Return whether no check found a problem."""
    return all(finding.verdict is not Verdict.PROBLEM for finding in findings)


def make_plain(text: object) -> str:
    """Return external text without the characters that a terminal would interpret."""
    return _CONTROLS.sub("", str(text)).strip()[:LONGEST_NAME]


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun, such as `1 call` or `12 calls`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
