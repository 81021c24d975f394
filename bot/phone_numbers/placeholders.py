"""Values in place of a number: withheld numbers as digits, and IP addresses."""

import re

import phonenumbers

# Withheld numbers arrive as words, and from some carriers as the digits of these words on a
# keypad, with a plus (seen in public bug reports of other phone systems).
_WITHHELD = (
    *("anonymous", "blocked", "callerid", "noname", "nonumber", "private", "restricted"),
    *("unavailable", "unknown", "unlisted", "withheld"),
)

_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")

_PLACEHOLDERS = frozenset(word.translate(_KEYPAD) for word in _WITHHELD)

# `1234567890`, and the same without its first digits.
_ASCENDING = "01234567890"
FEWEST_DIGITS = 7

_IP_ADDRESS = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?::\d+)?")
_LARGEST_OCTET = 255


def is_placeholder(digits: str, number: phonenumbers.PhoneNumber | None) -> bool:
    """Return whether digits replace a withheld number; `number` is what they parse to.

    That is a word spelled on a keypad, or one digit over and over (`0000000000`). A number that
    is in use is never one.
    """
    national = phonenumbers.national_significant_number(number) if number else digits
    # Some carriers put a 1 before the word, as before any number of theirs.
    looks_like_one = not _PLACEHOLDERS.isdisjoint({digits, digits.removeprefix("1")}) or any(
        len(one) >= FEWEST_DIGITS and (len(set(one)) == 1 or one in _ASCENDING)
        for one in (digits, national)
    )
    # Last, because it takes longer than everything else about a number.
    return looks_like_one and not (number and phonenumbers.is_valid_number(number))


def is_ip_address(text: str) -> bool:
    """Return whether a text is an IPv4 address, with or without a port."""
    if not _IP_ADDRESS.fullmatch(text):
        return False
    return all(int(one) <= _LARGEST_OCTET for one in text.partition(":")[0].split("."))
