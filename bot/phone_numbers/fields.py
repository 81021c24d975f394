"""Numbers in a field that people filled in, among labels and notes."""

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, Leniency

from bot.phone_numbers.parsing import (
    CARRIER,
    LONGEST_NUMBER,
    cleaned_characters,
    groups_abroad,
    groups_at_home,
    is_valid,
    parse_text,
    without_prefix_abroad,
)

LONGEST_FIELD = 500

# What may be an area code, and the rest of its number after a slash: `0664 / 660 12 34`.
_AREA_CODE = re.compile(
    r"(?<!\d)(?P<code>(?:(?:\+|00)\s?\d{1,3}\s?)?(?:\(0\)\s?)?\(?\d{1,6}\)?)\s{1,3}/\s{1,3}"
    r"(?=(?P<rest>\d[\d ().-]{0,30}))"
)
_IN_NUMBERS = " ().-"

# The tables find `0044 …` only in countries that dial so.
_ABROAD = re.compile(r"(?<![\d@.])00[1-9][\d().\-/ ]*\d(?!\S*@)")
# Nor do they find `447911123456 (mobile)`.
_WITHOUT_PLUS = re.compile(r"(?<![\w@.+-])[1-9]\d{9,14}(?![\w-]|\S*@)")

# In some countries, numbers have as many digits as a date. The end of `10:00` may seem to be the
# beginning of a number.
_DATE_OR_TIME = re.compile(
    r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2})"
    r"(?![./-]?\d)"
    r"|(?<![\d:])\d{1,2}:\d\d(?![\d:])"
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

# Exports of tables hold numbers as amounts: `15123456789.0` and `1.5123456789E10`.
_DECIMALS = re.compile(r"(?<![\w.,])(\+?\d{7,15})[.,]0{1,2}(?![\w.])")
_WITH_EXPONENT = re.compile(r"(?<![\w.,])(\d)[.,](\d{7,14})E\+?(\d\d?)(?![\w.])", re.IGNORECASE)

# What stands for the plus in links, and where a form puts the code of its country in front of one:
# `https://wa.me/15062345678` and `+49 +15062345678`.
_FOR_PLUS = re.compile(
    r"(?:(?:%2B|\bwa\.me/|\bphone=)(?:\+|%2B)?|(?<![\w+])(?:\+\d{0,3}|00) ?\+)(?=\d)", re.IGNORECASE
)

_GROUP = re.compile(r"\d+")
_BEFORE_GROUP = re.compile(r"(?:(?<![^\W_])\(?\+ ?|(?<![^\W_])(?<!\d[./-])\(?)$")
_BETWEEN_GROUPS = re.compile(r"[().\-/ ]{1,3}")
# Not the next item of a list, as in `0664 123417/2) …`, nor the end of a second number, as in
# `+39 02 1234 5678/79`.
_JOINED = re.compile(r"\)?(?!/\d\d?(?![\w./-]))[./-]\d(?!\d?\))")
# `1. `, `(2) ` and `3 - ` count a list; together with a number they may be one of another country.
_COUNTER = re.compile(r"(?:\([1-9]\)|[1-9](?:[.):/]| -)(?=\s))\s*(?=[+(\d])")
_COUNT_BEHIND = re.compile(r"\s*\(\d\)$")
_GOING_ON = re.compile(r"(?: {1,3}\d{2,9}){1,6}(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")
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
_MOST_READ = 200
_FEWEST_DIGITS, _MOST_DIGITS = 7, 17
# Of a number without the code of its country. Longer ones have a postal code or a room behind them.
_MOST_USUAL = 11
# `2nd`, `24h` and `9am` are notes, but `0162cell` ends a number.
_LONGEST_IN_NOTE = 2


def parse_numbers(field: str, region: str) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a field that people filled in.

    A field may hold several, parted by `;` (observed), commas, slashes or lines, labels such as
    "(mobile)" or "home:", and notes such as "24h" or "(2)", which are no part of a number.
    """
    text = "".join(char for char, _ in cleaned_characters(field[:LONGEST_FIELD]))
    text = _WITH_EXPONENT.sub(_without_exponent, _DECIMALS.sub(r"\1", text))
    text = CARRIER.sub("0", _FOR_PLUS.sub(" +", text))
    lines = re.split(r"[;\n\r|]|\s[/,]\s|,\s", _join_area_codes(text, region))
    numbers = (number for line in lines for number in _find_numbers(line.strip(), region))
    return tuple(dict.fromkeys(numbers))


def _without_exponent(found: re.Match[str]) -> str:
    digits, exponent = found[1] + found[2], int(found[3])
    # With fewer digits it was cut off, with more it's no whole number.
    return (
        digits.ljust(exponent + 1, "0") if len(digits) <= exponent + 1 < _MOST_DIGITS else found[0]
    )


def _join_area_codes(text: str, region: str) -> str:
    """Return a text without spaces around the slash behind an area code.

    A slash with spaces also parts two numbers, but an area code alone is none.
    """

    def join(found: re.Match[str]) -> str:
        code, rest = found["code"], found["rest"]
        begins_inside = text[: found.start()].rstrip(_IN_NUMBERS)[-1:].isdigit()
        number = None if begins_inside else parse_text(f"{code}/{rest}".rstrip(), region)
        if number is None:
            return found[0]
        # Two of three signs are enough; `12 / 0171 1234567` has none of them.
        begins_number = code.lstrip("(").startswith(("+", "0"))
        signs = (is_valid(number), begins_number, not rest.startswith("0"))
        return f"{code}/" if sum(signs) > 1 else found[0]

    return _AREA_CODE.sub(join, text)


def take_sure_numbers(text: str, region: str) -> tuple[list[str], str]:
    """Return the numbers (E.164) that a cleaned text surely contains, and the text without them.

    Those are digits without spaces, or in the groups in which the number's country writes it.
    Digits next to them belong to something else, as in `030 269668 2nd floor`. Dates, times, and
    notes are replaced in the rest.
    """
    text = _MEXICAN_ONE.sub(r"\1", _DATE_OR_TIME.sub(_NOTED, text))
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
            number = _sure_number(text[before.start() : end], region)
            if number and not _goes_on(text, (before.start(), end), number, region):
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


def _goes_on(text: str, place: tuple[int, int], number: str, region: str) -> bool:
    """Return whether a number is only the beginning of one in other groups than the usual ones.

    `+49 221 1234 5678` is one number, although `+49 221 1234` may be one, too.
    """
    begin, end = place
    rest = _GOING_ON.match(text, end)
    longer = parse_text(text[begin : rest.end()], region) if rest else None
    if rest is None or longer is None or not is_valid(longer):
        return False
    short, whole = (len(_national(one)) for one in (number, longer))
    is_year = bool(_YEAR.fullmatch(rest[0].strip()))
    is_long = sum(map(str.isdigit, rest[0])) > _LONGEST_IN_NOTE and not is_year
    return whole <= _MOST_USUAL and (is_long or short < _FEWEST_DIGITS)


def _national(number: str) -> str:
    return phonenumbers.national_significant_number(phonenumbers.parse(number))


def numbers_as_written(text: str, region: str, leniency: int) -> Iterator[str]:
    """Yield the numbers (E.164) that the tables find in a cleaned text."""
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency, max_tries=_MOST_READ)
    for match in islice(found, _MOST_READ):
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
    # `+49(0)171 …` and `0049 171 …` are the international form, too.
    plain = re.sub(r"^\(?00", "+", written.replace("(0)", " "))
    is_abroad = plain.lstrip("( ").startswith("+")
    if not is_abroad and parsed.country_code != phonenumbers.country_code_for_region(region):
        return None
    ways = [groups_abroad(parsed)] if is_abroad else groups_at_home(parsed)
    groups = _GROUP.findall(plain)
    return number if groups in ways or groups in [["".join(usual)] for usual in ways] else None


def _find_numbers(line: str, region: str) -> list[str]:  # noqa: PLR0911 (one for each reading)
    line = _without_count(line, region)
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
    for parts in (re.split(r"[,/]", line), _ABROAD.findall(line), _WITHOUT_PLUS.findall(line)):
        if numbers := [number for part in parts if (number := parse_text(part.strip(), region))]:
            return numbers
    return []


def _without_count(line: str, region: str) -> str:
    """Return a line without the `(2)` behind its number, whose digit may make another number."""
    rest = _COUNT_BEHIND.sub("", line)
    number = parse_text(rest[:LONGEST_NUMBER], region) if rest != line else None
    return rest if number and is_valid(number) else line


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
    # `+49(0)171 …` is one number, too.
    noted = re.search(r"[().;/|]", rest.strip(";").replace("(0)", ""))
    return bool(noted) or (is_abroad and "+" not in rest)
