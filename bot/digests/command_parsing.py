"""Parsing of /vocatech digest."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.business_hours import DAYS, days_from
from bot.clock import MEANT_ZONES, is_offset, parse_zone
from bot.errors import NotUnderstood
from bot.models.digest_schedule import (
    DAY_NAMES,
    EVERY_DAY,
    HOURS_A_DAY,
    MINUTES_AN_HOUR,
    WEEKDAYS,
    Cadence,
    DigestPlan,
)

EXAMPLE = "/vocatech digest on weekdays 8:30 AM Europe/Berlin"
_NAMES = tuple(name.lower() for name in DAY_NAMES)
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_LIKE_A_TIME = re.compile(r"\d[\d:.h]*\s*([a-z]{0,2})", re.IGNORECASE)
_NOON = 12
_IGNORED = {"at", "on", "in", "every", "each", "and", "the"}
_MOST_QUOTED = 60


class DigestAction(StrEnum):
    """What to do about a digest."""

    SHOW = "show"
    ON = "on"
    OFF = "off"
    NOW = "now"
    PREVIEW = "preview"


@dataclass(frozen=True)
class DigestCommand:
    """What to do, whether about one's own digest, and the changes to the schedule."""

    action: DigestAction
    is_own: bool
    changes: dict[str, Any]

    def applied_to(self, plan: DigestPlan) -> DigestPlan:
        """Return a schedule with the changes."""
        cadence = self.changes.get("cadence", plan.cadence)
        usual: dict[str, Any] = {}
        if cadence is not plan.cadence:
            usual["weekdays"] = (0,) if cadence is Cadence.WEEKLY else WEEKDAYS
        return replace(plan, **{**usual, **self.changes})


def parse_digest_command(words: Sequence[str], zones: Collection[str]) -> DigestCommand:
    """Parse `on|off|now|preview [when] [time] [zone] [people] [me]`, in any order after the first.

    `zones` are the known time zone names. Raises NotUnderstood with a sentence for the reader.
    """
    first = words[0].lower() if words else DigestAction.SHOW
    is_verb = first in set(DigestAction)
    action = DigestAction(first) if is_verb else DigestAction.SHOW
    rest = words[1:] if is_verb else words
    changes: dict[str, Any] = {}
    is_own = False
    for word in _joined(rest):
        if word.lower() in {"me", "mine", "my"}:
            is_own = True
        elif word.lower() not in _IGNORED:
            changes |= _read(word, changes, zones)
    if changes and not is_verb:
        raise NotUnderstood(
            f"Add on, off, now, or preview before {_quoted(rest)}.",
            EXAMPLE,
        )
    if changes.get("cadence") is Cadence.DAILY and not changes.get("weekdays"):
        changes["weekdays"] = EVERY_DAY
    if "weekdays" in changes and "cadence" not in changes:
        changes["cadence"] = Cadence.DAILY
    _refuse_contradictions(changes)
    return DigestCommand(action, is_own, changes)


def _joined(words: Sequence[str]) -> list[str]:
    """Join `8 am` and `per person` into one word each; treat commas as spaces."""
    joined: list[str] = []
    for word in " ".join(words).replace(",", " ").split():
        is_half = word.lower() in {"am", "pm"} and bool(joined) and joined[-1][-1:].isdigit()
        if is_half or (joined and joined[-1].lower() == "per"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _read(word: str, known: dict[str, Any], zones: Collection[str]) -> dict[str, Any]:
    """Return what a word changes in the schedule."""
    low = word.lower()
    if low in set(Cadence):
        return {"cadence": Cadence(low)}
    if low in {"people", "perperson"}:
        return {"per_person": True}
    if low in {"total", "totals"}:
        return {"per_person": False}
    if (days := _days(low)) is not None:
        return {"weekdays": tuple(sorted({*known.get("weekdays", ()), *days}))}
    if _LIKE_A_TIME.fullmatch(word):
        return {"minute": _minute(word)}
    return {"zone": _zone(word, zones)}


def _days(word: str) -> tuple[int, ...] | None:
    if word in {"weekday", "weekdays", "workdays"}:
        return WEEKDAYS
    if word in {"weekend", "weekends"}:
        return (5, 6)
    if word in {"day", "everyday"}:
        return EVERY_DAY
    first, dash, last = word.replace("–", "-").partition("-")
    begin = _day(first)
    end = _day(last) if dash else begin
    if begin is None or end is None:
        return None
    return days_from(begin, end)


def _day(word: str) -> int | None:
    """Parse `mon`, `tues`, `thursday`, or `fridays`."""
    least = 3
    named = word.removesuffix("s") if word.removesuffix("s") in _NAMES else word
    found = [at for at, name in enumerate(_NAMES) if name.startswith(named)]
    return found[0] if len(named) >= least and found else None


def _minute(word: str) -> int:
    found = _TIME.fullmatch(word)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    half = (found[3] or "").lower() if found else ""
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    elif half:
        hour = 99
    if hour >= HOURS_A_DAY or minute >= MINUTES_AN_HOUR:
        raise NotUnderstood(
            f"{_quoted([word])} isn't a time of day.",
            "/vocatech digest on weekdays 5:45 PM",
        )
    return hour * MINUTES_AN_HOUR + minute


def _zone(word: str, zones: Collection[str]) -> str:
    zone, close = parse_zone(word, zones)
    if zone:
        return zone
    if is_offset(word):
        raise NotUnderstood(
            f"{_quoted([word])} doesn't say when clocks change. Name a city in your time zone.",
            EXAMPLE,
        )
    if (
        "/" in word
        or word.lower() in MEANT_ZONES
        or any(one.lower().endswith(f"/{word.lower()}") for one in close)
    ):
        meant = f" Did you mean {' or '.join(close[:3])}?" if close else ""
        raise NotUnderstood(f"Unknown time zone {_quoted([word])}.{meant}", EXAMPLE)
    raise NotUnderstood(
        f"{_quoted([word])} isn't a day, a time, or a time zone. Use {', '.join(DAYS)}, or"
        " weekdays; times like 8:30 AM; and time zones like Europe/Berlin.",
        EXAMPLE,
    )


def _refuse_contradictions(changes: dict[str, Any]) -> None:
    cadence, days = changes.get("cadence"), changes.get("weekdays", ())
    if cadence is Cadence.WEEKLY and len(days) > 1:
        raise NotUnderstood(
            "A weekly digest is posted on one day of the week.",
            "/vocatech digest on weekly mon 9:00 AM",
        )
    if cadence is Cadence.MONTHLY and days:
        raise NotUnderstood(
            "A monthly digest is always posted on the first of the month.",
            "/vocatech digest on monthly 9:00 AM",
        )


def _quoted(words: Sequence[str]) -> str:
    text = " ".join(words)
    return f"“{text[:_MOST_QUOTED]}{'…' if len(text) > _MOST_QUOTED else ''}”"
