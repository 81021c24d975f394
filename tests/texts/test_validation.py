"""Recipients and messages that can't be sent are refused beforehand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.texts import MAX_CHARACTERS, TextForm
from bot.texts.validation import validate_body, validate_recipient

OURS = ["+12125550100"]


@pytest.mark.parametrize(
    ("number", "regions", "said"),
    [
        ("+12125550142", ["US"], None),
        ("+12125550100", ["US"], "own numbers"),
        ("911", ["US"], "Emergency numbers"),
        ("+1911", ["US"], "Emergency numbers"),
        ("112", ["DE"], "Emergency numbers"),
        ("101", ["US"], "complete phone number"),
        ("DHL", ["US"], "complete phone number"),
        ("+19115550100", ["US"], "Invalid phone number"),
        ("+493012345678", ["US"], "International texting"),
        ("+491701234567", ["US", "DE"], None),
        # Countries share calling codes.
        ("+18765550123", ["US"], "International texting"),
        ("+18095550123", ["US"], "International texting"),
        ("+16045550123", ["US"], "International texting"),
        ("+16045550123", ["US", "CA"], None),
        ("+77012345678", ["RU"], "International texting"),
        ("+447781123456", ["GB"], "International texting"),
        ("+262639012345", ["YT"], None),
        ("+262692123456", ["YT"], "International texting"),
        ("+19005550123", ["US"], "premium-rate"),
        ("+19005550123", ["US", "CA"], "premium-rate"),
        ("+449012345678", ["US", "GB"], "premium-rate"),
        ("+498001234567", ["DE"], None),
        ("+4989123456", ["DE"], "a landline"),
    ],
)
def test_invalid_recipient_has_a_reason(number, regions, said):
    found = validate_recipient(number, company_numbers=OURS, regions=regions)
    assert (found is None) if said is None else (found is not None and said in found)


NEW_AREAS = ["679", "861", "457", "621", "837", "436", "357", "729"]


@pytest.mark.parametrize(
    "number",
    [
        *(f"+1{area}5550123" for area in NEW_AREAS),
        *("+442079460123", "+5215512345678", "+551187654321", "+541166773399", "+18765550123"),
    ],
)
def test_who_texted_us_can_be_texted(number):
    found = validate_recipient(
        number, company_numbers=OURS, regions=["US"], has_texted_us=True, has_called_us=False
    )
    assert found is None


@pytest.mark.parametrize("area", NEW_AREAS)
def test_caller_from_a_new_area_code_can_be_texted(area):
    number = f"+1{area}5550123"
    assert validate_recipient(number, company_numbers=OURS, regions=["US"], has_called_us=True) is (
        None
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [("+19005550123", "premium-rate"), ("+12125550100", "own numbers"), ("911", "Emergency")],
)
def test_some_numbers_are_never_texted(number, said):
    found = validate_recipient(
        number, company_numbers=OURS, regions=["US"], has_texted_us=True, has_called_us=True
    )
    assert found is not None
    assert said in found


@given(st.text(max_size=2 * MAX_CHARACTERS))
def test_valid_message_is_not_empty_and_within_the_limit(words):
    fits = 0 < len(words.strip()) <= MAX_CHARACTERS
    assert (validate_body(words) is None) <= fits


@given(st.text(), st.text(), st.booleans())
def test_form_state_survives_the_metadata(token, number, claims):
    writing = TextForm(token, number, claims=claims)
    assert TextForm.from_metadata(writing.to_metadata()) == writing
