"""Durations as people type them: `2h`, `1 h 30 min`, `two weeks`, `half an hour`."""

import re

from bot.ui.time_patterns import COUNTS

_UNITS = {
    "s": (1, ("s", "sec", "secs", "second", "seconds")),
    "m": (60, ("m", "min", "mins", "minute", "minutes")),
    "h": (3_600, ("h", "hr", "hrs", "hour", "hours")),
    "d": (86_400, ("d", "day", "days")),
    "w": (7 * 86_400, ("w", "wk", "wks", "week", "weeks")),
    "mo": (30 * 86_400, ("mo", "month", "months")),
    "y": (365 * 86_400, ("y", "yr", "yrs", "year", "years")),
}
_SECONDS = {name: seconds for seconds, names in _UNITS.values() for name in names}
_UNIT = "|".join(sorted(_SECONDS, key=len, reverse=True))
_WORDS = "|".join(sorted(COUNTS, key=len, reverse=True))
_PART = (
    rf"(?:(?P<count>\d{{1,6}}(?:[.,]\d{{1,2}})?) ?|(?P<word>{_WORDS}) )"
    rf"(?P<unit>{_UNIT})(?![a-z])\.?(?P<more> and a half)?"
)
_PARTS = re.compile(_PART)
# One way only to read each space: with two, each part would double the time of a text that is none.
_WHOLE = re.compile("(?:{0})(?:(?:,? (?:and )?)?(?:{0}))*".format(re.sub(r"\?P<\w+>", "?:", _PART)))

# `8h30`, `17 h 30`, and `09h` are times of day in many countries; `1h30` rarely is.
_LIKE_CLOCK = re.compile(r"(?:[7-9]|1\d|2[0-3]) ?h ?[0-5]\d|0\d ?h(?: ?[0-5]\d)?")


def may_be_clock(text: str) -> bool:
    """Return whether a duration may also be a time of day, as `17h30` may."""
    return _LIKE_CLOCK.fullmatch(text) is not None


def parse_duration(text: str) -> float | None:
    """Return the seconds that a whole text in lower case means, or None."""
    text = re.sub(r"\bhalf (?:an |a )?(hour|day|week)\b", r"0.5 \1", text)
    text = re.sub(r"(\d) and a half", r"\1.5", text)
    text = re.sub(r"^(\d{1,2}) ?h ?(\d{2})$", r"\1h \2m", text)
    if not _WHOLE.fullmatch(text):
        return None
    seconds = 0.0
    for part in _PARTS.finditer(text):
        unit = _SECONDS[part["unit"]]
        number = part["count"]
        count = float(number.replace(",", ".")) if number else COUNTS[part["word"]]
        seconds += (count + (0.5 if part["more"] else 0)) * unit
    return seconds
