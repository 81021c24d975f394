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
        ("+4989123456", ["DE"], "a landline"),
    ],
)
def test_invalid_recipient_has_a_reason(number, regions, said):
    found = validate_recipient(number, company_numbers=OURS, regions=regions)
    assert (found is None) if said is None else (found is not None and said in found)


@given(st.text(max_size=2 * MAX_CHARACTERS))
def test_valid_message_is_not_empty_and_within_the_limit(words):
    fits = 0 < len(words.strip()) <= MAX_CHARACTERS
    assert (validate_body(words) is None) <= fits


@given(st.text(), st.text(), st.booleans())
def test_form_state_survives_the_metadata(token, number, claims):
    writing = TextForm(token, number, claims=claims)
    assert TextForm.from_metadata(writing.to_metadata()) == writing
