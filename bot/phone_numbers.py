"""Phone numbers: one form to compare, one form to read."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import shortnumberinfo

# These are emergency numbers in so many countries that they are nobody's elsewhere.
EMERGENCY_NUMBERS = ("000", "112", "911", "999")
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


def format_number(number: str | None, region: str) -> str | None:
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


def is_emergency(number_as_typed: str, region: str) -> bool:
    """Say whether somebody typed an emergency number of `region`, or with a country code of there.

    `region` is the ISO 3166 country in which numbers without a country code are read.
    """
    typed = number_as_typed.strip()[:LONGEST_NUMBER]
    digits = phonenumbers.normalize_digits_only(typed)
    code = str(phonenumbers.country_code_for_region(region))
    asked = {(digits, region), (digits.removeprefix(code), region)}
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        pass
    else:
        there = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
        asked.add((phonenumbers.national_significant_number(parsed), there))
    return any(
        number in EMERGENCY_NUMBERS or shortnumberinfo.is_emergency_number(number, where)
        for number, where in asked
    )


def may_be_mobile(number: str) -> bool:
    """Say whether a number (E.164) may take texts: False for what is surely a landline.

    In some countries, the US among them, a number does not tell.
    """
    parsed = _parse(number, "ZZ")
    is_landline = phonenumbers.PhoneNumberType.FIXED_LINE
    return parsed is None or phonenumbers.number_type(parsed) != is_landline


def is_given_out(number: str) -> bool:
    """Say whether a number (E.164) can be somebody's, as its country's plan has it."""
    parsed = _parse(number, "ZZ")
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def is_same_country(number: str, region: str) -> bool:
    """Say whether a number (E.164) has the country code of `region` (ISO 3166)."""
    parsed = _parse(number, "ZZ")
    code = phonenumbers.country_code_for_region(region)
    return parsed is not None and parsed.country_code == code


def _parse(number: str, region: str) -> phonenumbers.PhoneNumber | None:
    # Elsewhere than in the US short numbers parse too, but ours are extensions.
    if sum(letter.isdigit() for letter in number) <= LONGEST_EXTENSION:
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None
