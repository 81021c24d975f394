"""Opening hours: read as people write them, in the company's own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")


def open_at(hours, day, clock):
    return Hours.read(hours).include(
        datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN).timestamp(), BERLIN
    )


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        ("2026-11-23", "09:00", True),  # a Monday
        ("2026-11-23", "08:59", False),
        ("2026-11-23", "17:00", False),
        ("2026-11-28", "12:00", True),  # a Saturday
        ("2026-11-29", "12:00", False),
        ("2026-03-30", "09:00", True),  # the Monday after the clocks went forward
    ],
)
def test_the_company_is_open_when_it_says_so(day, clock, is_open):
    assert open_at("Mon-Fri 9:00-17:00, sat 10:00-13:00", day, clock) is is_open


def test_a_span_may_go_over_the_end_of_the_week_and_to_midnight():
    assert open_at("Sat-Mon 0:00-24:00", "2026-11-29", "23:59")
    assert not open_at("Sat-Mon 0:00-24:00", "2026-11-24", "00:00")


@pytest.mark.parametrize("wrong", ["Mon", "Mo-Fr 9-17", "Mon 25:00-26:00", "Mon 17:00-9:00"])
def test_what_makes_no_sense_is_refused_with_an_example(wrong):
    with pytest.raises(ValueError, match="Mon-Fri 9:00-17:00"):
        Hours.read(wrong)


@given(st.text(max_size=40))
def test_whatever_is_given_is_read_or_refused_with_an_example(text):
    said = "Mon-Fri 9:00-17:00"
    try:
        Hours.read(text)
    except ValueError as error:
        said = str(error)
    assert "Mon-Fri 9:00-17:00" in said
