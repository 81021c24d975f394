"""What a number is by its country's numbering plan: emergency, mobile, premium, in use."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType, shortnumberinfo

from bot.phone_numbers.parsing import LONGEST_NUMBER, clean, parse_possible

# These are emergency numbers in many countries, and belong to no one elsewhere.
EMERGENCY_NUMBERS = ("000", "112", "911", "999")

# Networks write one mobile with a 9 and without it: Argentina after the country code, by kind of
# call and text; Brazil after the area code, where it came in 2012 and WhatsApp leaves it out.
_NINES = (
    (re.compile(r"(\+54)9?(\d{10})"), r"\g<1>9\2", r"\1\2"),
    (re.compile(r"(\+55[1-9]\d)9?([6-9]\d{7})"), r"\g<1>9\2", r"\1\2"),
)


def is_emergency(number_as_typed: str, region: str) -> bool:
    """Return whether this is an emergency number of `region`, or of the country of its code.

    `region` is the ISO 3166 country in which numbers without a country code are read.
    """
    typed = clean(number_as_typed)[:LONGEST_NUMBER]
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


def forms_of(number: str) -> tuple[str, ...]:
    """Return all numbers (E.164) that reach the same phone as this one, which comes first."""
    for pattern, with_nine, without in _NINES:
        if found := pattern.fullmatch(number):
            return (number, *({found.expand(with_nine), found.expand(without)} - {number}))
    return (number,)


def may_be_mobile(number: str) -> bool:
    """Return whether a number (E.164) may take texts: False for what is surely a landline.

    In some countries, the US among them, a number does not tell.
    """
    return _type_of(number) != PhoneNumberType.FIXED_LINE


def is_premium(number: str) -> bool:
    """Return whether calls and texts to a number (E.164) cost extra."""
    return _type_of(number) in {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}


def is_same_country(number: str, region: str) -> bool:
    """Return whether a number (E.164) is of `region` (ISO 3166).

    Countries share codes (+1, +7, +44, ...), so the code alone does not decide. A number that the
    tables do not know counts for the largest country of its code.
    """
    parsed = parse_possible(number, "ZZ")
    if parsed is None:
        return False
    if phonenumbers.is_valid_number(parsed):
        return phonenumbers.is_valid_number_for_region(parsed, region)
    return region == phonenumbers.region_code_for_country_code(parsed.country_code or 0)


def _type_of(number: str) -> int | None:
    parsed = parse_possible(number, "ZZ")
    return phonenumbers.number_type(parsed) if parsed else None
