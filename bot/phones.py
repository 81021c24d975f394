"""Phone numbers: one form to compare, one form to read."""

import re
from functools import lru_cache

import phonenumbers

LONGEST_EXTENSION = 6
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST_NUMBER = 40  # with all its signs; what is longer is no number


def normalise(number: str | None, region: str) -> str | None:
    """Give E.164 (`+12125550123`), or the text as it came when it is no phone number.

    `region` is the ISO 3166 country in which numbers without a country code are read.
    """
    return _normalise(number.strip()[:LONGEST_NUMBER], region) if number else None


@lru_cache(maxsize=4096)
def _normalise(number: str, region: str) -> str | None:
    parsed = _parse(number, region)
    if parsed is None:
        return number or None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_whole(number: str) -> bool:
    """Say whether this is a phone number in E.164, not an extension or another text."""
    return bool(_E164.fullmatch(number))


def display(number: str | None, region: str) -> str | None:
    """Give the number as people in `region` write it; foreign ones with their country code."""
    return _display(number.strip()[:LONGEST_NUMBER], region) if number else None


@lru_cache(maxsize=4096)
def _display(number: str, region: str) -> str | None:
    parsed = _parse(number, region)
    if parsed is None:
        return number or None
    at_home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def _parse(number: str, region: str) -> phonenumbers.PhoneNumber | None:
    # Elsewhere than in the US short numbers parse too, but ours are extensions.
    if sum(letter.isdigit() for letter in number) <= LONGEST_EXTENSION:
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None
