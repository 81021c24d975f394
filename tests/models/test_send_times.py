"""Times to send texts later: presets, polite hours, and greetings in any time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.send_times import (
    AFTERNOON,
    MORNING,
    NOW,
    OTHER,
    SOON,
    WEEK,
    ChosenTime,
    choose_moment,
    greeting,
    is_night,
    is_too_late,
    moment_of,
    next_morning,
    presets,
)
from bot.phone_numbers.time_zones import time_zones_of

ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kolkata", "UTC")
MOMENTS = st.floats(min_value=1.7e9, max_value=1.9e9)
YORK = ZoneInfo("America/New_York")


def local(at, zone):
    return datetime.fromtimestamp(at, zone)


@given(at=MOMENTS, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_presets_are_ahead_and_at_polite_local_hours(at, zone):
    found = presets(at, zone)
    assert all(at < moment <= at + 8 * 86_400 for moment in found.values())
    assert [*found.values()] == sorted(found.values())
    assert 3_600 <= found[SOON] - at < 3_900
    assert (local(found[MORNING], zone).hour, local(found[MORNING], zone).minute) == (9, 0)
    assert local(found.get(AFTERNOON, found[MORNING]), zone).hour in (9, 13)
    week = local(found.get(WEEK, found[MORNING]), zone)
    assert week.hour == 9
    if WEEK in found:
        assert week.weekday() == 0
    assert len({*found.values()}) == len(found) or found[SOON] in (found[MORNING], found[AFTERNOON])


@given(at=MOMENTS, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_morning_that_is_offered_is_never_at_night(at, zone):
    morning = next_morning(at, zone)
    assert not is_night(morning, zone)
    assert 0 < morning - at <= 86_400 + 3_600  # a day may have 25 hours


@given(
    minutes=st.integers(min_value=int(1.7e9 / 60), max_value=int(1.9e9 / 60)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_moment_survives_the_fields_of_the_form(minutes, zone):
    moment = minutes * 60.0
    again = moment_of(choose_moment(moment, zone), moment, zone)
    assert again is not None
    # In the hour that a clock change repeats, a local time means the first of two moments.
    assert moment - again in (0.0, 3_600.0)
    if moment != again:
        assert local(moment, zone).fold == 1


@pytest.mark.parametrize(
    ("hour", "said", "night"),
    [
        (4, "Good evening", True),
        (5, "Good morning", True),
        (8, "Good morning", False),
        (12, "Good afternoon", False),
        (16, "Good afternoon", False),
        (17, "Good evening", False),
        (20, "Good evening", False),
        (21, "Good evening", True),
    ],
)
def test_greeting_and_night_follow_the_local_hour(hour, said, night):
    at = datetime(2026, 11, 30, hour, 59, tzinfo=YORK).timestamp()
    assert greeting(at, YORK) == said
    assert is_night(at, YORK) is night


def test_preset_time_is_kept_on_the_day_of_a_clock_change():
    saturday = datetime(2026, 10, 31, 20, 0, tzinfo=YORK).timestamp()  # clocks go back at night
    assert local(presets(saturday, YORK)[MORNING], YORK).isoformat() == "2026-11-01T09:00:00-05:00"
    assert datetime.fromtimestamp(presets(saturday, YORK)[MORNING], UTC).hour == 14


@pytest.mark.parametrize(
    "chosen",
    [
        ChosenTime(),
        ChosenTime(NOW, "UTC", "2026-12-01", 540),
        ChosenTime(OTHER),
        ChosenTime(OTHER, day="2026-12-01"),
        ChosenTime(OTHER, minute=540),
        ChosenTime(OTHER, day="2026-13-45", minute=540),
        ChosenTime("no such preset"),
    ],
)
def test_incomplete_choice_has_no_moment(chosen):
    assert moment_of(chosen, 1.8e9, YORK) is None


def test_lateness_has_limits():
    evening = datetime(2026, 11, 30, 20, 50, tzinfo=YORK).timestamp()
    noon = datetime(2026, 11, 30, 12, 0, tzinfo=YORK).timestamp()
    assert not is_too_late(noon + 7_200, noon, YORK)
    assert is_too_late(noon + 7_201, noon, YORK)
    assert not is_too_late(evening + 900, evening, YORK)
    assert is_too_late(evening + 901, evening, YORK)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12125550142", ("America/New_York",)),
        ("+13105550100", ("America/Los_Angeles",)),
        ("+442079460000", ("Europe/London",)),
        ("nonsense", ()),
        ("", ()),
        ("12345", ()),
    ],
)
def test_area_code_gives_the_time_zone(number, zones):
    assert time_zones_of(number) == zones


def test_toll_free_number_may_be_anywhere():
    assert len(time_zones_of("+18005550100")) > 5
