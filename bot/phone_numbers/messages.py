"""Phone numbers in the text of messages."""

import re

import phonenumbers
from phonenumbers import Leniency

from bot.phone_numbers.parsing import clean, parse_text

LONGEST_TEXT = 10_000


def numbers_in(text: str, region: str, *, most: int) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a text, in their order; at most `most`.

    Numbers that can't exist, such as dates and order numbers, are left out, unless there is no
    other.
    """
    seen = re.sub(r"\S*@\S*", " ", clean(text[:LONGEST_TEXT]))
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        found: dict[str, None] = {}
        for match in phonenumbers.PhoneNumberMatcher(seen, region, leniency=leniency):
            if number := parse_text(match.raw_string, region):
                found[number] = None
            if len(found) == most:
                break
        if found:
            return tuple(found)
    return ()
