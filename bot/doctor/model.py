"""The noun "finding": one thing that a checkup looked at, what it found, and what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

# Slack and Vocatech refuse, and we refuse, a signature that is five minutes off.
SKEW_TO_MENTION, SKEW_TOO_LARGE = 60, 240
LONGEST_NAME = 60
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Verdict(StrEnum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNTRIED = "not tried"


@dataclass(frozen=True)
class Finding:
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


def is_well(findings: Iterable[Finding]) -> bool:
    """Say whether nothing that the bot needs is broken."""
    return all(finding.verdict is not Verdict.PROBLEM for finding in findings)


def make_plain(text: object) -> str:
    """Give a word from outside so that a terminal shows it and does not obey it."""
    return _CONTROLS.sub("", str(text)).strip()[:LONGEST_NAME]


def count(number: int, one: str, many: str = "") -> str:
    """Give a number with its noun, such as `1 call` or `12 calls`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def seconds_ahead(date: str | None, now: float) -> float | None:
    """Give by how many seconds our clock is ahead of a `Date` header; None where it tells none."""
    try:
        # The header is cut to whole seconds.
        return now - parsedate_to_datetime(date or "").timestamp() - 0.5
    except (TypeError, ValueError, OverflowError):
        return None


def judge_clock(key: str, whose: str, skew: float | None) -> Finding:
    """Judge the difference of two clocks; `skew` in seconds, positive where ours is ahead."""
    if skew is None:
        return Finding(key, "Clock", f"{whose} told no time", Verdict.UNTRIED)
    off = round(abs(skew))
    facts = {"seconds_ahead": round(skew)}
    if off <= 1:
        return Finding(key, "Clock", f"agrees with {whose}'s", facts=facts)
    side = "ahead of" if skew > 0 else "behind"
    found = f"{count(off, 'second')} {side} {whose}'s"
    if off <= SKEW_TO_MENTION:
        return Finding(key, "Clock", found, facts=facts)
    remedy = (
        f"The clock of this machine is {found}. Signatures that are five minutes off are refused,"
        " so set the clock, and let it be kept right (on Linux: timedatectl set-ntp true)."
    )
    verdict = Verdict.PROBLEM if off > SKEW_TOO_LARGE else Verdict.WARNING
    return Finding(key, "Clock", found, verdict, remedy, facts)
