"""Business hours: parsing, and times in the company's time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.business_hours import BusinessHours

pytestmark = pytest.mark.calendar

BERLIN = ZoneInfo("Europe/Berlin")
DAY = 86_400.0


def open_at(hours, day, clock):
    return BusinessHours.read(hours).include(
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
def test_company_is_open_within_its_hours(day, clock, is_open):
    assert open_at("Mon-Fri 9:00-17:00, sat 10:00-13:00", day, clock) is is_open


def test_span_can_cross_the_end_of_the_week_and_end_at_midnight():
    assert open_at("Sat-Mon 0:00-24:00", "2026-11-29", "23:59")
    assert not open_at("Sat-Mon 0:00-24:00", "2026-11-24", "00:00")


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        ("2026-11-23", "22:00", True),  # a Monday
        ("2026-11-23", "21:59", False),
        ("2026-11-23", "05:59", False),  # Sunday's night shift doesn't exist
        ("2026-11-24", "05:59", True),
        ("2026-11-24", "06:00", False),
        ("2026-11-28", "05:59", True),  # Saturday morning, after Friday's shift
        ("2026-11-28", "22:00", False),
    ],
)
def test_hours_can_cross_midnight(day, clock, is_open):
    assert open_at("Mon-Fri 22:00-6:00", day, clock) is is_open


@pytest.mark.parametrize("hours", ["Sun 22:00-2:00", "Sun 22:00-0:00, Mon 0:00-2:00"])
def test_hours_can_cross_the_midnight_after_sunday(hours):
    assert open_at(hours, "2026-11-29", "23:59")
    assert open_at(hours, "2026-11-30", "01:59")
    assert not open_at(hours, "2026-11-30", "02:00")


@pytest.mark.parametrize("wrong", ["Mon", "Mo-Fr 9-17", "Mon 25:00-26:00", "Mon 9:00-9:00"])
def test_invalid_hours_are_refused_with_an_example(wrong):
    with pytest.raises(ValueError, match="Mon-Fri 9:00-17:00"):
        BusinessHours.read(wrong)


@pytest.mark.parametrize(
    ("typed", "afternoon", "night"),
    [
        ("9:00-5:00", "9:00-17:00", "09:00-05:00"),
        ("08:30-5:30", "08:30-17:30", "08:30-05:30"),
        ("12:00-1:00", "12:00-13:00", "12:00-01:00"),
        ("1:00-5:00", "13:00-17:00", "01:00-05:00"),
        ("2:00-8:00", "14:00-20:00", "02:00-08:00"),
        ("4:00-10:00", "16:00-22:00", "04:00-10:00"),
    ],
)
def test_hours_in_the_night_are_refused_if_the_afternoon_may_be_meant(typed, afternoon, night):
    with pytest.raises(ValueError, match=f"write {afternoon} for .* or {night} for the night"):
        BusinessHours.read(f"Mon-Fri {typed}")
    begins_early = int(typed[0]) <= 5 and typed[1] == ":"
    assert open_at(f"Mon-Fri {afternoon}", "2026-11-23", "12:30") is not begins_early
    assert open_at(f"Mon-Fri {night}", "2026-11-24", "00:59") is not begins_early


@pytest.mark.parametrize("hours", ["5:00-11:00", "6:00-12:00", "18:00-2:00", "00:00-6:00"])
def test_hours_that_have_one_meaning_are_accepted(hours):
    assert BusinessHours.read(f"Mon-Fri {hours}").spans


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused_with_an_example(text):
    said = "Mon-Fri 9:00-17:00"
    try:
        BusinessHours.read(text)
    except ValueError as error:
        said = str(error)
    assert "Mon-Fri 9:00-17:00" in said


@given(
    start=st.floats(0, 20 * DAY),
    length=st.floats(0, 6 * DAY),
    opening=st.sampled_from(
        [
            *("Mon-Fri 9:00-17:00", "Sat-Mon 0:00-24:00, Sun 10:00-12:00", ""),
            "Fri-Sun 22:00-6:00",
        ]
    ),
)
def test_open_time_matches_a_count_by_minutes(start, length, opening):
    hours, step = BusinessHours.read(opening), 900.0
    spring = 1_774_137_600.0  # a week before the clocks go forward
    begin, end = spring + start, spring + start + length
    plain = sum(
        step
        for n in range(int(length // step))
        if hours.include(begin + n * step + step / 2, BERLIN)
    )
    spans = 2 * (length // DAY + 2)
    assert abs(hours.seconds_between(begin, end, BERLIN) - plain) <= step * (spans + 1)


@pytest.mark.parametrize(
    ("until", "days"),
    [
        ("2026-11-27T16:59", 0),
        ("2026-11-30T08:00", 0),
        ("2026-11-30T10:00", 1),
        ("2026-12-01T10:00", 2),
        ("2026-12-05T10:00", 5),
    ],
)
def test_open_days_are_counted(until, days):
    friday, end = (
        datetime.fromisoformat(at).replace(tzinfo=BERLIN).timestamp()
        for at in ("2026-11-27T16:50", until)
    )
    assert BusinessHours.read("Mon-Fri 9:00-17:00").days_after(friday, end, BERLIN) == days
