"""Phone numbers in the text of messages."""

import re

import phonenumbers
from phonenumbers import Leniency

from bot.phone_numbers.fields import take_sure_numbers
from bot.phone_numbers.parsing import clean, parse_text

LONGEST_TEXT = 10_000


def numbers_in(text: str, region: str, *, most: int) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a text, the sure ones first; at most `most`.

    Numbers that can't exist, such as order numbers, are left out, unless there is no other.
    """
    seen = re.sub(r"\S*@\S*", " ", clean(text[:LONGEST_TEXT]))
    sure, rest = take_sure_numbers(seen, region)
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        found = dict.fromkeys(sure)
        for match in phonenumbers.PhoneNumberMatcher(rest, region, leniency=leniency):
            if len(found) >= most:
                break
            if number := parse_text(match.raw_string, region):
                found[number] = None
        if found:
            return tuple(found)[:most]
    return ()
