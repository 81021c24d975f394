"""The noun "finding": one thing that a checkup looked at, what it found, and what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_NAME = 60

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Verdict(StrEnum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNTRIED = "not tried"


@dataclass(frozen=True)
class CheckResult:
    """What was found; `key` is its stable name, `remedy` whole sentences about what to do.

    `facts` are for machines: JSON values under stable names, never a secret or a number.
    """

    key: str
    what: str
    found: str
    verdict: Verdict = Verdict.OK
    remedy: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The part of the whole that it belongs to: the first word of its key."""
        return self.key.partition(".")[0].capitalize()


def all_ok(findings: Iterable[CheckResult]) -> bool:
    """Say whether nothing that the bot needs is broken."""
    return all(finding.verdict is not Verdict.PROBLEM for finding in findings)


def make_plain(text: object) -> str:
    """Give a word from outside so that a terminal shows it and does not obey it."""
    return _CONTROLS.sub("", str(text)).strip()[:LONGEST_NAME]


def count(number: int, one: str, many: str = "") -> str:
    """Give a number with its noun, such as `1 call` or `12 calls`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
