"""Numbers that get no text: those of emergencies, and landlines."""

import pytest

from bot.phone_numbers import is_emergency, may_be_mobile


@pytest.mark.parametrize("region", ["US", "GB", "DE"])
@pytest.mark.parametrize(
    "number", ["911", "112", "999", "000", " 9-1-1 ", "９１１", "tel:911", "+911"]
)
def test_the_worlds_emergency_numbers_are_known_everywhere(number, region):
    assert is_emergency(number, region)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        *(("+1911", "US"), ("+1 (911)", "DE"), ("1911", "US"), ("011 1 911", "US")),
        *(("110", "DE"), ("+49110", "US"), ("+49 110", "DE"), ("0049110", "DE"), ("49112", "DE")),
        *(("+44999", "US"), ("15", "FR"), ("+33 15", "FR"), ("+1 112", "CA")),
    ],
)
def test_an_emergency_number_of_a_country_is_known_with_its_code_too(number, region):
    assert is_emergency(number, region)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        *(("(212) 555-0123", "US"), ("+12125550911", "US"), ("911 555 0123", "US")),
        *(
            ("101", "US"),
            ("110", "US"),
            ("9112", "US"),
            ("72911", "US"),
            ("", "US"),
            ("Maria", "US"),
        ),
        *(("+491151234567", "DE"), ("1" * 400, "US"), ("+", "US")),
    ],
)
def test_other_numbers_are_none(number, region):
    assert not is_emergency(number, region)


@pytest.mark.parametrize("number", ["+493012345678", "+442071838750", "+33142685300"])
def test_what_is_surely_a_landline_is_said_to_be_one(number):
    assert not may_be_mobile(number)


@pytest.mark.parametrize(
    "number",
    ["+12125550123", "+18005550123", "+4915112345678", "+447911123456", "101", "", "Anonymous"],
)
def test_where_a_number_does_not_tell_it_may_be_a_mobile(number):
    assert may_be_mobile(number)
