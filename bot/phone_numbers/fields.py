"""Numbers in a field that people filled in, among labels and notes."""

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, Leniency, PhoneNumberFormat

from bot.phone_numbers.parsing import (
    LONGEST_NUMBER,
    cleaned_characters,
    is_valid,
    parse_text,
    without_prefix_abroad,
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
# `1. `, `(2) ` and `3 - ` count a list; together with a number they may be one of another country.
_COUNTER = re.compile(r"(?:\([1-9]\)|[1-9](?:[.):/]| -)(?=\s))\s*(?=[+(\d])")
# What may be the code of another country, in front of a number of ours: `+52 1 ` and `011 39 `.
_IN_FRONT = re.compile(r"(?<![\d:.,/-])\+?[( ]*\d(?:[().\-/ ]{0,3}\d){0,9}[().\-/ ]{1,3}\(?$")
_LONGEST_IN_FRONT = 24
# The tables don't know the 1 of Mexican mobiles.
_MEXICAN_ONE = re.compile(
    r"((?:\+ ?|(?<![\d+])(?:00|011)[ -]?)\(?52\)?)[ .-]?1(?=(?:[ ().-]{0,2}\d){10}(?!\d))"
)
# With the 1 of Mexican mobiles, or the 0 and a digit of an area.
_LONGEST_CODE = 5
# 1 and 7 may also count a list.
_CODES = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE if code > 9}  # noqa: PLR2004
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
    text = _MEXICAN_ONE.sub(r"\1", _DATE.sub(_NOTED, text))
    numbers: list[str] = []
    rest, at, read = [], 0, 0
    groups = [*islice(_GROUP.finditer(text), _MOST_READ)]
    for first, group in enumerate(groups):
        if group.start() < read:
            continue
        before = _BEFORE_GROUP.search(text, at, group.start())
        if before is None:
            continue
        for end in _ends(text, groups[first : first + _MOST_GROUPS]):
            if number := _sure_number(text[before.start() : end], region):
                read = end
                if "+" not in before[0] and _has_code_in_front(
                    text, at, (before.start(), end), region
                ):
                    break
                numbers.append(number)
                rest.append(text[at : before.start()])
                at = end
                break
    return numbers, _NOTE.sub(_NOTED, ";".join([*rest, text[at:]]))


def numbers_as_written(text: str, region: str, leniency: int) -> Iterator[str]:
    """Yield the numbers (E.164) that the tables find in a cleaned text."""
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency):
        number = parse_text(match.raw_string, region)
        if number is None:
            continue
        place = (match.start, match.end)
        is_tail = leniency == Leniency.POSSIBLE and _is_tail(text, match.start)
        is_ours = not match.raw_string.startswith("+")
        if not is_ours or not (is_tail or _has_code_in_front(text, 0, place, region)):
            yield number


def _is_tail(text: str, begin: int) -> bool:
    """Return whether a number that can't exist begins in the middle of digits."""
    found = _IN_FRONT.search(text, max(begin - _LONGEST_IN_FRONT, 0), begin)
    return found is not None and sum(map(str.isdigit, found[0])) > _LONGEST_IN_NOTE


def _has_code_in_front(text: str, at: int, place: tuple[int, int], region: str) -> bool:
    """Return whether the code of another country is in front of what looks like a number of ours.

    `+52 1 818 555 0138` and `011 39 312 345 6789` end like numbers of the US, but aren't. `place`
    is that of the number in the text, and `at` is the end of the one before.
    """
    begin, end = place
    found = _IN_FRONT.search(text, max(begin - _LONGEST_IN_FRONT, at), begin)
    if found is None:
        return False
    digits = "".join(_GROUP.findall(found[0]))
    code = without_prefix_abroad(digits, region)
    ours = str(phonenumbers.country_code_for_region(region))
    if "+" not in found[0] and code == digits:
        # `52 818 355 4567`: at the beginning, and only if it's a number of that country.
        if found.start() > 0 or code == ours or code not in _CODES:
            return False
        whole = parse_text(f"+{text[:end].lstrip('( ')}", region)
        return whole is not None and is_valid(whole)
    return len(code) <= _LONGEST_CODE and not code.startswith("0") and code != ours


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


def _find_numbers(line: str, region: str) -> list[str]:  # noqa: PLR0911 (one for each reading)
    whole = parse_text(line[:LONGEST_NUMBER], region)
    if whole and _sure_number(line, region) == whole:
        return [whole]
    if counted := _after_counter(line, whole, region):
        return _find_numbers(counted, region)
    text = " ".join(word for word in line.split() if "@" not in word)
    sure, rest = take_sure_numbers(text, region)
    if whole and is_valid(whole) and not (sure and _has_note(rest, whole, region)):
        return [whole]
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        if numbers := [*sure, *numbers_as_written(rest, region, leniency)]:
            return numbers
    if whole:
        return [whole]
    for parts in (re.split(r"[,/]", line), _ABROAD.findall(line)):
        if numbers := [number for part in parts if (number := parse_text(part.strip(), region))]:
            return numbers
    return []


def _after_counter(line: str, whole: str | None, region: str) -> str | None:
    """Return what follows a counter, or None if there is none, or if it may be an area code.

    `whole` is the number that both are together, if any.
    """
    found = _COUNTER.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    if rest.startswith(("+", "0", "(+", "(0")):
        return rest
    number = parse_text(rest[:LONGEST_NUMBER], region)
    code = phonenumbers.country_code_for_region(region)
    is_ours = whole is not None and phonenumbers.parse(whole).country_code == code
    return rest if number and is_valid(number) and not is_ours else None


def _has_note(rest: str, whole: str, region: str) -> bool:
    """Return whether digits next to a sure number are a note, although all of them parse, too.

    `030 123456 78` is one number in unusual groups, but `030 123456 (2)` isn't.
    """
    code = phonenumbers.country_code_for_region(region)
    is_abroad = phonenumbers.parse(whole).country_code != code
    return bool(re.search(r"[().;/|]", rest.strip(";"))) or (is_abroad and "+" not in rest)
