"""Phone numbers in the text of messages."""

import re

from phonenumbers import Leniency

from bot.phone_numbers.fields import numbers_as_written, take_sure_numbers
from bot.phone_numbers.parsing import clean

LONGEST_TEXT = 10_000


def numbers_in(text: str, region: str, *, most: int) -> tuple[str, ...]:
    """Return the numbers (E.164, each once) in a text, the sure ones first; at most `most`.

    Numbers that can't exist, such as order numbers, are left out, unless there is no other.
    """
    words = clean(text[:LONGEST_TEXT])
    seen = re.sub(r"\S+", lambda word: " " if "@" in word[0] else word[0], words)
    sure, rest = take_sure_numbers(seen, region)
    for leniency in (Leniency.VALID, Leniency.POSSIBLE):
        found = dict.fromkeys(sure)
        for number in numbers_as_written(rest, region, leniency):
            if len(found) >= most:
                break
            found[number] = None
        if found:
            return tuple(found)[:most]
    return ()
