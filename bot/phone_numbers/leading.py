"""The number at the beginning of a text: where it ends, and its extension."""

import re
from dataclasses import dataclass
from itertools import islice

import phonenumbers

from bot.phone_numbers.parsing import (
    EXTENSION,
    SCHEME,
    SIGNS,
    clean,
    cleaned_characters,
    is_grouped_so,
    is_valid,
    parse_text,
)

# The groups of digits at the beginning of a text, with what people write between them.
_RUN = re.compile(r"(?:\(?\+)?[ (]*\d[\d().\-/ ]*")

_SMILEY = r"[;:]-?[()](?:\W|$)"
_EMOJI = r":[a-z][\w+'-]*:"

# What parts a number from its text: signs at the number, or between spaces. Others belong to the
# text, such as a list on lines of its own, `-5 °C`, and `.5 mg`.
_AFTER = re.compile(
    rf"""
    (?:
        [,、。]
        | \.(?!\d)
        | (?!{_SMILEY}|{_EMOJI})[;:]
    )*
    (?:
        [ ]*(?:[,;][ ]*)?[-/|](?=[ ])
        | [ ]+[,;:.](?=\s|$)
        | [ ]+(?!{_EMOJI}):(?=[^\W\d_]{{2}})
    )?
    [\s,、。]*
    """,
    re.VERBOSE,
)

# Neither the colon of `11:30` nor the comma of `10,000`.
_ENDED = re.compile(r" *(?:[;\n]|[,:](?!\d))")

# What Slack's formatting and quotes leave around a number that was copied: `*212-555-0138*`.
_AROUND = re.compile(r"[*_~`'‘<\[]{1,3}(?=[+(\d])")
_CLOSING = str.maketrans("‘<[", "’>]")

# More than any number has: each digit at which one may end costs time.
_MOST_DIGITS = 30

# `212-555-0138 #1 fan`: a number sign apart from the number, with more text after it.
_IN_TEXT = re.compile(r"\s+#\s*\d+\s*[^\s,;:.]")

# `212-555-0138 x2 tickets`: an x apart from the number, with more text after it.
_UNCLEAR = re.compile(r"\s+(x\s*\d+)\s+[^\s,;:.]", re.IGNORECASE)


@dataclass(frozen=True)
class LeadingNumber:
    """The number that a text begins with: in E.164, its extension, and where the rest begins.

    `unclear` is what was read as the extension, but may also be part of a text, such as `x2`.
    """

    number: str
    extension: str | None
    end: int
    unclear: str | None = None


class EndUnclear(Exception):
    """More than one number can be read at the beginning of a text: `choices`, in E.164."""

    def __init__(self, choices: list[str]) -> None:
        """Keep the numbers that the text may begin with."""
        super().__init__(f"{len(choices)} numbers can be read")
        self.choices = choices


def split_number(text: str, region: str) -> LeadingNumber | None:
    """Return the number that a text begins with, or None where it begins with none.

    The number ends where the person ended it: at a comma, a line or a letter, after digits
    without spaces that are a number, or where the groups are those in which the number's country
    writes it; never simply at the longest reading. Raises EndUnclear where several ends remain.
    """
    cleaned = cleaned_characters(text)
    plain = "".join(char for char, _ in cleaned)
    begin = len(plain) - len(plain.lstrip())
    closing = ""
    if around := _AROUND.match(plain, begin):
        begin, closing = around.end(), around[0][::-1].translate(_CLOSING)
    if scheme := SCHEME.match(plain, begin):
        begin = scheme.end()
    run = _RUN.match(plain, begin)
    if run is None:
        return None
    ends = _possible_ends(plain, run)
    found = _choose(plain, begin, ends, region)
    if found is None:
        return None
    number, end = found
    if not plain.startswith(closing, end):
        return None
    end += len(closing)
    extension = None if _IN_TEXT.match(plain, end) else EXTENSION.match(plain, end)
    unclear = _UNCLEAR.match(plain, end)
    if extension:
        end = extension.end()
    end = _AFTER.match(plain, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    original = cleaned[end][1] if end < len(cleaned) else len(text)
    return LeadingNumber(
        number, extension[1] if extension else None, original, unclear[1] if unclear else None
    )


def begins_like_number(text: str) -> bool:
    """Return whether a text begins with digits or a plus, as a number does, and has no letters."""
    plain = clean(text)
    return bool(_RUN.match(plain)) and not any(char.isalpha() for char in plain)


def _possible_ends(plain: str, run: re.Match[str]) -> list[int]:
    """Return where the number at the beginning may end, shortest first."""
    ends = []
    digits = re.finditer(r"\d[).]*(?=(.?))", plain[run.start() : run.end() + 1])
    for digit in islice(digits, _MOST_DIGITS):
        after = digit[1]
        # No number ends inside of `212-555`.
        if not after or after.isspace() or not (after.isdigit() or after in "()./-"):
            ends.append(run.start() + digit.end())
    return [end for end in dict.fromkeys(ends) if end <= run.end()]


def _choose(plain: str, begin: int, ends: list[int], region: str) -> tuple[str, int] | None:
    """Return the number and its end, among all ends that make a number."""
    read = [(parse_text(plain[begin:end].strip(), region), end) for end in ends]
    numbers = [(number, end) for number, end in read if number]
    valid = [(number, end) for number, end in numbers if is_valid(number)]
    found = valid or numbers
    if len(found) < 2:  # noqa: PLR2004 (nothing to choose)
        return found[0] if found else None
    if plain[begin : found[0][1]].strip(" +.)").isdigit():
        return found[0]
    alike = [
        (number, end)
        for number, end in found
        if is_grouped_so(phonenumbers.parse(number), plain[begin:end])
    ]
    if _ENDED.match(plain, ends[-1]) and ends[-1] == found[-1][1]:
        # The person ended the number there, unless `0171 1234567 8, or at 9` is one and a text.
        if found[-1] in alike or not (alike or _ends_in_short_group(plain[begin : ends[-1]])):
            return found[-1]
        raise EndUnclear([number for number, _ in found])
    rest = plain[alike[0][1] :].strip(" .,;:") if alike else ""
    # `030 123456 78` alone is one number written in an unusual way rather than a text "78".
    if len(alike) == 1 and (not rest or not SIGNS.fullmatch(rest)):
        return alike[0]
    raise EndUnclear([number for number, _ in found])


def _ends_in_short_group(written: str) -> bool:
    """Return whether the last group of digits is shorter than the one before it."""
    lengths = [len(group) for group in re.findall(r"\d+", written)]
    return lengths[-1] < max(lengths[-2:])
