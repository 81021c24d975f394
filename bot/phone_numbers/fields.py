"""Numbers in a field that people filled in, among labels and notes."""

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat

from bot.phone_numbers.parsing import (
    LONGEST_NUMBER,
    cleaned_characters,
    is_valid,
    parse_text,
)

LONGEST_FIELD = 500

# The tables find `0044 …` only in countries that dial so.
_ABROAD = re.compile(r"(?<![\d@.])00[1-9][\d().\-/ ]*\d(?!\S*@)")

# In some countries, numbers have as many digits as a date.
_DATE = re.compile(
    r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2})"
    r"(?![./-]?\d)"
)

# `2nd`, `24h`, `9am-5pm`, `8-17 Uhr`, `8:30-17:00`, `24/7`, and `(2)` at the end; but nothing of
# `06 12 34 56 78 am`.
_NOTE = re.compile(
    r"(?<=[\s(])\d{1,2}(?:[:.]\d\d)?(?:\s?-\s?\d{1,2}(?:[:.]\d\d)?)?"
    r"(?:(?=(?:st|nd|rd|th|h|hrs?|am|pm|uhr|x)\b)|(?<=[:-]\d\d)(?=\s(?:h|hrs?|am|pm|uhr)\b))"
    r"|(?<=[\s(])\d{1,2}:\d\d\s?-\s?\d{1,2}:\d\d"
    r"|(?<=[\s(/])24/7(?![./-]?\d)"
    r"|(?<=\s)\(\d{1,2}\)$",
    re.IGNORECASE,
)
# In place of a note.
_NOTED = "|"

_GROUP = re.compile(r"\d+")
_BEFORE_GROUP = re.compile(r"(?:(?<![^\W_])\(?\+ ?|(?<![^\W_])(?<!\d[./-])\(?)$")
_BETWEEN_GROUPS = re.compile(r"[().\-/ ]{1,3}")
# Not the next item of a list, as in `0664 123417/2) …`.
_JOINED = re.compile(r"\)?[./-]\d(?!\d?\))")
_MOST_GROUPS = 7
# No text may cost much time.
_MOST_READ = 400
_FEWEST_DIGITS, _MOST_DIGITS = 7, 17
# `2nd`, `24h` and `9am` are notes, but `0162cell` ends a number.
_LONGEST_IN_NOTE = 2


def parse_numbers(field: str, region: str) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a field that people filled in.

    A field may hold several, parted by `;` (observed), commas, slashes or lines, labels such as
    "(mobile)" or "home:", and notes such as "24h" or "(2)", which are no part of a number.
    """
    lines = re.split(
        r"[;\n\r|]|\s[/,]\s|,\s",
        "".join(char for char, _ in cleaned_characters(field[:LONGEST_FIELD])),
    )
    numbers = (number for line in lines for number in _find_numbers(line.strip(), region))
    return tuple(dict.fromkeys(numbers))


def take_sure_numbers(text: str, region: str) -> tuple[list[str], str]:
    """Return the numbers (E.164) that a cleaned text surely contains, and the text without them.

    Those are digits without spaces, or in the groups in which the number's country writes it.
    Digits next to them belong to something else, as in `030 269668 2nd floor`. Dates and notes are
    replaced in the rest.
    """
    text = _DATE.sub(_NOTED, text)
    numbers: list[str] = []
    rest, at = [], 0
    groups = [*islice(_GROUP.finditer(text), _MOST_READ)]
    for first, group in enumerate(groups):
        if group.start() < at:
            continue
        before = _BEFORE_GROUP.search(text, at, group.start())
        if before is None:
            continue
        for end in _ends(text, groups[first : first + _MOST_GROUPS]):
            if number := _sure_number(text[before.start() : end], region):
                numbers.append(number)
                rest.append(text[at : before.start()])
                at = end
                break
    return numbers, _NOTE.sub(_NOTED, ";".join([*rest, text[at:]]))


def _ends(text: str, groups: list[re.Match[str]]) -> Iterator[int]:
    """Return where a number that begins with these groups of digits may end, longest first."""
    ends: list[int] = []
    for group in groups:
        if ends and not _BETWEEN_GROUPS.fullmatch(text, ends[-1], group.start()):
            break
        ends.append(group.end())
    for place in range(len(ends) - 1, -1, -1):
        group, end = groups[place], ends[place]
        digits = sum(len(one[0]) for one in groups[: place + 1])
        is_note = len(group[0]) <= _LONGEST_IN_NOTE and text[end : end + 1].isalpha()
        is_inside = bool(_JOINED.match(text, end))
        if _FEWEST_DIGITS <= digits <= _MOST_DIGITS and not is_note and not is_inside:
            yield end


def _sure_number(written: str, region: str) -> str | None:
    number = parse_text(written, region)
    if number is None or not is_valid(number):
        return None
    parsed = phonenumbers.parse(number)
    # `+49 (0) 171 …` and `0049 171 …` are the international form, too.
    plain = re.sub(r"^\(?00", "+", re.sub(r"\(0\)", "", written))
    is_abroad = plain.lstrip("( ").startswith("+")
    if not is_abroad and parsed.country_code != phonenumbers.country_code_for_region(region):
        return None
    style = PhoneNumberFormat.INTERNATIONAL if is_abroad else PhoneNumberFormat.NATIONAL
    usual = _GROUP.findall(phonenumbers.format_number(parsed, style))
    groups = _GROUP.findall(plain)
    is_sure = groups == usual or (len(groups) == 1 and groups[0] == "".join(usual))
    return number if is_sure else None


def _find_numbers(line: str, region: str) -> list[str]:
    whole = parse_text(line[:LONGEST_NUMBER], region)
    if whole and _sure_number(line, region) == whole:
        return [whole]
    text = " ".join(word for word in line.split() if "@" not in word)
    sure, rest = take_sure_numbers(text, region)
    if whole and is_valid(whole) and not (sure and _has_note(rest, whole, region)):
        return [whole]
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        matches = phonenumbers.PhoneNumberMatcher(rest, region, leniency=leniency)
        found = [parse_text(match.raw_string, region) for match in matches]
        if numbers := [*sure, *(number for number in found if number)]:
            return numbers
    if whole:
        return [whole]
    for parts in (re.split(r"[,/]", line), _ABROAD.findall(line)):
        if numbers := [number for part in parts if (number := parse_text(part.strip(), region))]:
            return numbers
    return []


def _has_note(rest: str, whole: str, region: str) -> bool:
    """Return whether digits next to a sure number are a note, although all of them parse, too.

    `030 123456 78` is one number in unusual groups, but `030 123456 (2)` isn't.
    """
    code = phonenumbers.country_code_for_region(region)
    is_abroad = phonenumbers.parse(whole).country_code != code
    return bool(re.search(r"[().;/|]", rest.strip(";"))) or (is_abroad and "+" not in rest)
