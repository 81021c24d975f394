"""Times of day as people type them: `8:30 AM`, `17:00`, `noon`, `8 in the morning`, `9-11`."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.ui.time_patterns import AROUND_WORDS, NUMBER_WORDS

HOUR, NOON, MIDNIGHT = 60, 12 * 60, 24 * 60
# Minutes of a day, the end excluded.
EVENING = 18 * HOUR
PARTS_OF_DAY = {
    "morning": (0, NOON),
    "afternoon": (NOON, EVENING),
    "evening": (EVENING, MIDNIGHT),
    "night": (EVENING, MIDNIGHT),
}
HALVES_OF_DAY = {"am": (0, NOON), "pm": (NOON, MIDNIGHT)}
MOST_CLOCK_WORDS = 5  # `8 o'clock in the morning`

_NAMED = {"noon": NOON, "midday": NOON, "midnight": 0}
_HOURS = {word: hour for hour, word in enumerate(NUMBER_WORDS, 1)}
_SIGNS = str.maketrans(
    {"∶": ":", "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "‑": "-", "½": " and a half"}
)
_HALF = r" ?(?P<half>a\.?m\b\.?|p\.?m\b\.?|in the morning|in the afternoon|in the evening|at night)"
_HOUR = r"(?P<hour>\d{1,2}|" + "|".join(NUMBER_WORDS) + ")"
_CLOCK = re.compile(rf"{_HOUR}(?:[:.h](?P<minute>[0-5]\d))?(?P<mark>h| ?o'?clock)?(?:{_HALF})?")
_PAST = re.compile(rf"(?P<part>half|quarter) (?P<side>past|to) {_HOUR}(?:{_HALF})?")
_MILITARY = re.compile(r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)")
# A working day: without AM or PM, 1 to 6 is after noon.
_FIRST_MORNING_HOUR = 7


@dataclass(frozen=True)
class ClockTime:
    """A minute of the day.

    `is_bare` if only the hour was typed, as in `9`; `is_sure` if it was said which half of the day
    is meant, as in `9 am`, `09:00`, or `noon`.
    """

    minute: int
    is_bare: bool = False
    is_sure: bool = True

    @property
    def likely(self) -> int:
        """The minute that is meant in an office: 1 to 6 is after noon unless said otherwise."""
        is_early = 0 < self.minute < _FIRST_MORNING_HOUR * HOUR
        return self.minute + NOON if is_early and not self.is_sure else self.minute


def plain_words(typed: str) -> str:
    """Return typed text in lower case, with plain digits, signs, and single spaces."""
    plain = unicodedata.normalize("NFKC", typed.translate(_SIGNS)).translate(_SIGNS)
    visible = "".join(char for char in plain if _is_visible(char))
    return " ".join(visible.lower().split())


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) != "Cf" and not "\ufe00" <= char <= "\ufe0f"


def plain_word(word: str) -> str:
    """Return a word without what people put around it: quotation marks, brackets, a full stop.

    `'26` and `9.10.` stay as they are: they are a year and a date.
    """
    plain = plain_words(word)
    if re.fullmatch(r"'\d\d[^\w']*", plain):
        return plain[:3]
    plain = plain.strip(AROUND_WORDS)
    is_date = re.search(r"\d\.\d{1,2}\.$", plain)
    is_end = plain.endswith(".") and not plain.endswith("..")
    return plain[:-1] if is_end and not is_date else plain


def parse_clock(text: str) -> ClockTime | None:
    """Return the time of day that a whole text (see `plain_words`) means, or None."""
    if text in _NAMED:
        return ClockTime(_NAMED[text])
    if found := _MILITARY.fullmatch(text):
        return ClockTime(int(found["hour"]) * HOUR + int(found["minute"]))
    if found := _PAST.fullmatch(text):
        minutes = 30 if found["part"] == "half" else 15
        return _clock(
            found["hour"], minutes if found["side"] == "past" else -minutes, found["half"]
        )
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    is_bare = found["minute"] is None and not found["mark"] and found["half"] is None
    # `eight` alone may be anything; `eight am` is a time.
    if is_bare and not found["hour"].isdecimal():
        return None
    return _clock(found["hour"], int(found["minute"] or 0), found["half"], is_bare=is_bare)


def parse_leading_clock(words: Sequence[str]) -> tuple[ClockTime, int] | None:
    """Return the time of day that the first words mean, and how many words that took."""
    for used in range(min(len(words), MOST_CLOCK_WORDS), 0, -1):
        if found := parse_clock(" ".join(words[:used])):
            return found, used
    return None


@lru_cache(maxsize=4096)  # a day is looked for from each word on, beside the same times
def parse_clock_range(text: str, *, has_day: bool) -> tuple[int, int] | None:
    """Return the minutes (from, to) of a day that a whole text means, or None.

    Without AM or PM, `9-11` is a time only next to a day (`has_day`), and `9` never is.
    """
    if not re.search(r"\d|noon|midday|midnight| am\b| pm\b|past|quarter", text):
        return None
    only = None if text.isdecimal() else parse_clock(text)
    if only and not only.is_bare:
        return only.minute, _end_of_hour(only.minute)
    if both := re.fullmatch(r"(between|from) (.+?) (?:and|to|until|till) (.+)", text):
        return _between(both[2], both[3], is_bare_allowed=has_day or both[1] == "between")
    if both := re.fullmatch(r"(.+?) ?(?:-| to | until | till |\.\.) ?(.+)", text):
        return _between(both[1], both[2], is_bare_allowed=has_day)
    if one := re.fullmatch(r"(after|since|from|before|until|till|at|around|about) (.+)", text):
        return _open_range(one[1], one[2], has_day=has_day)
    return None


def _open_range(side: str, text: str, *, has_day: bool) -> tuple[int, int] | None:
    found = parse_clock(text)
    if found is None or (found.is_bare and side in {"from", "until", "till"} and not has_day):
        return None
    minute = found.likely
    if side in {"after", "since", "from"}:
        return minute, MIDNIGHT
    if side in {"before", "until", "till"}:
        return 0, minute or MIDNIGHT
    return minute, _end_of_hour(minute)


def _end_of_hour(minute: int) -> int:
    return min(minute + HOUR, MIDNIGHT)


def _between(begin: str, end: str, *, is_bare_allowed: bool) -> tuple[int, int] | None:
    first, last = parse_clock(begin), parse_clock(end)
    if first is None or last is None or (first.is_bare and last.is_bare and not is_bare_allowed):
        return None
    start, stop = first.likely, last.likely
    if not first.is_sure and last.is_sure:  # `2-4 pm`, `11-1 pm`
        later = first.minute + NOON
        start = later if first.minute < NOON and later < stop else first.minute
    elif not last.is_sure:  # `9 am to 5`, `9-5`
        stop = last.minute if last.minute > start else last.minute + NOON
    stop = stop or MIDNIGHT
    return (start, stop) if start < stop <= MIDNIGHT else None


def _clock(hour: str, minute: int, half: str | None, *, is_bare: bool = False) -> ClockTime | None:
    number = int(hour) if hour.isdecimal() else _HOURS[hour]
    is_sure = half is not None or hour.startswith("0")
    if half:
        if not 1 <= number <= 12:  # noqa: PLR2004 (hours of a half day)
            return None
        is_early = half[0] == "a" or half == "in the morning"
        number = number % 12 + (0 if is_early else 12)
    total = number * HOUR + minute
    return ClockTime(total, is_bare, is_sure) if 0 <= total < MIDNIGHT else None
