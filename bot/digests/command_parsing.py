"""Parsing of /vocatech digest."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from bot.business_hours import DAYS, days_from
from bot.clock import MEANT_ZONES, has_city, is_offset, parse_zone
from bot.errors import NotUnderstood
from bot.models.digest_schedule import (
    DAY_NAMES,
    EVERY_DAY,
    WEEKDAYS,
    Cadence,
    DigestPlan,
    Period,
)
from bot.ui.clock_parsing import parse_leading_clock, plain_words
from bot.ui.suggestions import nearest_word
from bot.ui.time_parsing import parse_days
from bot.ui.time_patterns import AROUND_WORDS

EXAMPLE = "/vocatech digest on weekdays 8:30 AM Europe/Berlin"
_NAMES = tuple(name.lower() for name in DAY_NAMES)
_LIKE_A_TIME = re.compile(r"\d[\d:.h]* ?([a-z]{0,2})", re.IGNORECASE)
_IGNORED = frozenset(
    {
        *("a", "an", "and", "at", "by", "calls", "digest", "digests", "each", "every", "for"),
        *("in", "it", "of", "on", "once", "own", "per", "please", "post", "the", "to", "with"),
    }
)
# Words that end nothing: `digest on every`.
_BEFORE_MORE = frozenset(
    {"a", "an", "and", "at", "by", "each", "every", "for", "in", "of", "on", "per", "the", "with"}
)
_MONTHLY = frozenset({"month", "first", "1st", "monthly"})
_KNOWN = (
    *("daily", "weekly", "monthly", "weekdays", "weekends", "people", "totals", "me", *_NAMES),
    *("on", "off", "now", "preview"),
)
_MOST_ZONE_WORDS, _MOST_QUOTED = 3, 60  # america/new york time
_AROUND = f".{AROUND_WORDS}"
_LONGEST_DAYS = 366


class DigestAction(StrEnum):
    """What to do about a digest."""

    SHOW = "show"
    ON = "on"
    OFF = "off"
    NOW = "now"
    PREVIEW = "preview"


@dataclass(frozen=True)
class DigestCommand:
    """What to do, whether about one's own digest, and the changes to the schedule.

    `period` are the days of a preview that were typed, None for those of the schedule.
    """

    action: DigestAction
    is_own: bool
    changes: dict[str, Any]
    period: Period | None = None

    def applied_to(self, plan: DigestPlan) -> DigestPlan:
        """Return a schedule with the changes."""
        cadence = self.changes.get("cadence", plan.cadence)
        usual: dict[str, Any] = {}
        if cadence is not plan.cadence:
            usual["weekdays"] = (0,) if cadence is Cadence.WEEKLY else WEEKDAYS
        return replace(plan, **{**usual, **self.changes})


def parse_digest_command(
    words: Sequence[str], zones: Collection[str], *, today: date | None = None, region: str = "US"
) -> DigestCommand:
    """Parse `on|off|now|preview [when] [time] [zone] [people] [me]`, in any order after the first.

    `zones` are the known time zone names. A preview may name past days, such as `last week`;
    `today` is the local day that counts for them. Raises NotUnderstood with a sentence for people.
    """
    first = plain_words(words[0]).strip(_AROUND) if words else DigestAction.SHOW
    is_verb = first in set(DigestAction)
    action = DigestAction(first) if is_verb else DigestAction.SHOW
    rest = " ".join(words[1:] if is_verb else words).replace(",", " ").split()
    meant = None if is_verb else nearest_word(first, list(DigestAction))
    reader = _DigestWords(rest, zones, action, today, region)
    try:
        reader.read_all()
    except NotUnderstood:
        if meant and first not in _KNOWN:
            raise _unknown_action(words[0], meant) from None
        raise
    changes = reader.changes
    if meant and rest and not changes and not reader.is_own:
        raise _unknown_action(words[0], meant)
    if changes and action is DigestAction.OFF:
        raise NotUnderstood(
            f"Off switches the whole digest off, so {_quoted(rest)} isn't understood. To change"
            " its days, switch it on with the new ones.",
            EXAMPLE,
        )
    if changes and not is_verb:
        raise NotUnderstood(f"Add on, off, now, or preview before {_quoted(rest)}.", EXAMPLE)
    if changes.get("cadence") is Cadence.DAILY and not changes.get("weekdays"):
        changes["weekdays"] = EVERY_DAY
    if "weekdays" in changes and "cadence" not in changes:
        changes["cadence"] = Cadence.DAILY
    _refuse_contradictions(changes, reader.bare_hour)
    if reader.early_hour:
        said = f"Is {reader.early_hour} in the morning or in the afternoon?"
        raise NotUnderstood(said, "/vocatech digest on weekdays 5:00 PM")
    return DigestCommand(action, reader.is_own, changes, reader.period)


def _unknown_action(typed: str, meant: str) -> NotUnderstood:
    command = f"/vocatech digest {meant}"
    return NotUnderstood(f"{_quoted([typed])} isn't understood. Did you mean {command}?", command)


@dataclass
class _DigestWords:
    """Reads the words after the first one of a command; `place` is that of the next word."""

    typed: list[str]
    zones: Collection[str]
    action: DigestAction
    today: date | None
    region: str
    changes: dict[str, Any] = field(default_factory=dict)
    is_own: bool = False
    period: Period | None = None
    place: int = 0
    bare_hour: str = ""
    early_hour: str = ""

    def read_all(self) -> None:
        plain = [plain_words(word).strip(_AROUND) for word in self.typed]
        while self.place < len(plain):
            self.place += self._read(plain[self.place :])
        if plain and plain[-1] in _BEFORE_MORE:
            self.place = len(plain) - 1
            raise NotUnderstood(f"Something is missing after {self._said(1)}.", EXAMPLE)

    def _said(self, count: int) -> str:
        """Return the next words as they were typed, in quotation marks."""
        return _quoted(self.typed[self.place : self.place + count])

    def _read(self, words: list[str]) -> int:
        """Read the first words, and return how many were read. Raises NotUnderstood."""
        first = words[0]
        if not first:  # a sign alone
            return 1
        if used := self._read_days_of_preview(words):
            return used
        if first in {"me", "mine", "my", "myself"}:
            self.is_own = True
            return 1
        found = parse_leading_clock(words)
        if found and words[found[1] : found[1] + 1] not in (["am"], ["pm"]):  # `13 pm`
            if "minute" in self.changes:
                raise NotUnderstood(
                    f"{self._said(found[1])} is a second time. A digest has one.",
                    EXAMPLE,
                )
            self.changes["minute"] = found[0].minute
            if found[0].likely != found[0].minute:
                self.early_hour = self._said(found[1])
            if found[0].is_bare and self.typed[self.place - 1 : self.place] != ["at"]:
                self.bare_hour = self.typed[self.place]
            return found[1]
        return self._read_people(words) or self._read_days(words)

    def _read_people(self, words: list[str]) -> int:
        if words[0] in {"total", "totals"}:
            self.changes["per_person"] = False
            return 1
        has_per = words[0] == "per" and words[1:2] == ["person"]
        if not has_per and words[0] not in {"people", "person", "perperson"}:
            return 0
        self.changes["per_person"] = True
        return 2 if has_per else 1

    def _read_days_of_preview(self, words: list[str]) -> int:
        if self.action is not DigestAction.PREVIEW or self.today is None or self.period:
            return 0
        if "cadence" in self.changes:  # `weekly mon` is about the schedule
            return 0
        command = "/vocatech digest preview"
        is_year = re.fullmatch(r"20\d\d", words[0]) and int(words[0]) <= self.today.year
        typed_words = self.typed[self.place :]  # the last full stop of `1.-10.11.` counts
        read = ["in", *words] if is_year else typed_words
        found = parse_days(read, today=self.today, region=self.region, command=command)
        if found is None:
            return 0
        used = found[1] - (1 if is_year else 0)
        days, typed = found[0], self._said(used)
        if not days.is_whole or days.first is None or days.last is None:
            raise NotUnderstood(
                f"{typed} isn't whole days with a beginning.", f"{command} last week"
            )
        self.period = Period(days.first, days.last)
        if self.period.days > _LONGEST_DAYS:
            raise NotUnderstood(f"{typed} is more than a year.", f"{command} this year")
        return used

    def _read_days(self, words: list[str]) -> int:
        first = words[0]
        if first in set(Cadence):
            self._set_cadence(Cadence(first))
            return 1
        if first == "week":  # every week, once a week
            self._set_cadence(Cadence.WEEKLY)
            return 1
        if first in _MONTHLY:
            self._set_cadence(Cadence.MONTHLY)
            return 1
        if len(words) > 2 and words[1] in {"to", "through", "thru", "until", "till", "-"}:  # noqa: PLR2004
            first = f"{first}-{words[2]}"
        if (days := _days(first)) is not None:
            before = self.changes.get("weekdays", ())
            self.changes["weekdays"] = tuple(sorted({*before, *days}))
            return 1 if first == words[0] else 3
        if words[0] in _IGNORED:
            return 1
        if words[0] in set(DigestAction):
            raise NotUnderstood("Use only one of on, off, now, and preview.", EXAMPLE)
        if self._is_date(words):
            said = "Digests are posted on days of the week. Only a preview can be about past days."
            raise NotUnderstood(said, f"{EXAMPLE}, or /vocatech digest preview last week")
        if _LIKE_A_TIME.fullmatch(words[0]):
            used = 2 if words[1:2] in (["am"], ["pm"]) else 1
            raise NotUnderstood(
                f"{self._said(used)} isn't a time of day.",
                "/vocatech digest on weekdays 5:45 PM",
            )
        return self._read_zone(words)

    def _is_date(self, words: list[str]) -> bool:
        try:
            return self.today is not None and parse_days(words, today=self.today) is not None
        except NotUnderstood:  # in the future
            return True

    def _set_cadence(self, cadence: Cadence) -> None:
        if self.changes.get("cadence", cadence) is not cadence:
            raise NotUnderstood("A digest is daily, weekly, or monthly: choose one.", EXAMPLE)
        self.changes["cadence"] = cadence

    def _read_zone(self, words: list[str]) -> int:
        for used in range(min(len(words), _MOST_ZONE_WORDS), 0, -1):
            typed = re.sub(r" time(?: ?zone)?$", "", " ".join(words[:used]))
            zone, close = parse_zone(typed, self.zones)
            if zone:
                self.changes["zone"] = zone
                return used
            if used > 1 and has_city(typed, close):  # several, such as San Juan
                raise _unknown(" ".join(self.typed[self.place : self.place + used]), self.zones)
        raise _unknown(self.typed[self.place].strip(AROUND_WORDS), self.zones)


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


def _unknown(word: str, zones: Collection[str]) -> NotUnderstood:
    """Return the error for a word that is nothing that a digest knows."""
    _, close = parse_zone(word, zones)
    if is_offset(word):
        return NotUnderstood(
            f"{_quoted([word])} doesn't say when clocks change. Name a city in your time zone.",
            EXAMPLE,
        )
    if "/" in word or word.lower() in MEANT_ZONES or has_city(word, close):
        meant = f" Did you mean {' or '.join(close[:3])}?" if close else ""
        return NotUnderstood(f"Unknown time zone {_quoted([word])}.{meant}", EXAMPLE)
    said = f"{_quoted([word])} isn't a day, a time, or a time zone."
    if meant_word := nearest_word(word, _KNOWN, least=0.7):
        return NotUnderstood(f"{said} Did you mean {meant_word}?", EXAMPLE)
    return NotUnderstood(
        f"{said} Use {', '.join(DAYS)}, or weekdays; times like 8:30 AM; and time zones like"
        " Europe/Berlin.",
        EXAMPLE,
    )


def _refuse_contradictions(changes: dict[str, Any], bare_hour: str) -> None:
    cadence, days = changes.get("cadence"), changes.get("weekdays", ())
    if cadence is Cadence.WEEKLY and len(days) > 1:
        raise NotUnderstood(
            "A weekly digest is posted on one day of the week.",
            "/vocatech digest on weekly mon 9:00 AM",
        )
    if cadence is Cadence.MONTHLY and (days or bare_hour):
        asked = f"Is “{bare_hour}” a day or a time? " if bare_hour else ""
        raise NotUnderstood(
            f"{asked}A monthly digest is always posted on the first of the month.",
            "/vocatech digest on monthly 9:00 AM",
        )


def _quoted(words: Sequence[str]) -> str:
    text = " ".join(words)
    return f"“{text[:_MOST_QUOTED]}{'…' if len(text) > _MOST_QUOTED else ''}”"
