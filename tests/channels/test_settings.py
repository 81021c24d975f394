"""Channel settings: stored and read again, and quiet hours across clock changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.channels import (
    EVERYTHING,
    FOR_OUTSIDERS,
    ChannelSettings,
    Mute,
    QuietHours,
    Visibility,
)
from bot.store import Store

pytestmark = pytest.mark.calendar

NIGHT = QuietHours("Europe/Berlin", 18 * 60, 8 * 60, (5, 6))
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
hours = st.builds(
    QuietHours,
    zones,
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.lists(st.integers(0, 6), max_size=6, unique=True).map(tuple),
)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "store.db")
    yield store
    store.close()


def at(*moment, zone="Europe/Berlin"):
    return datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        ((2026, 11, 23, 7, 59), True),  # a Monday
        ((2026, 11, 23, 8, 0), False),
        ((2026, 11, 23, 17, 59), False),
        ((2026, 11, 23, 18, 0), True),
        ((2026, 11, 22, 12, 0), True),  # a Sunday
        ((2026, 3, 29, 12, 0), True),
        ((2026, 3, 30, 8, 0), False),  # the day after the clocks went forward
    ],
)
def test_quiet_hours_follow_local_time(moment, is_quiet):
    assert NIGHT.include(at(*moment)) is is_quiet


@given(hours, st.integers(1_760_000_000, 1_800_000_000))
def test_each_minute_of_the_local_day_is_quiet_or_not(quiet, moment):
    shown = datetime.fromtimestamp(moment, ZoneInfo(quiet.zone)).strftime("%w %H:%M")
    weekday, clock = shown.split()
    span = (
        f"{quiet.start // 60:02}:{quiet.start % 60:02}",
        f"{quiet.end // 60:02}:{quiet.end % 60:02}",
    )
    in_span = span[0] <= clock < span[1] if span[0] <= span[1] else not span[1] <= clock < span[0]
    assert quiet.include(moment) is (in_span or (int(weekday) - 1) % 7 in quiet.days)


@given(hours)
def test_empty_quiet_hours_are_never(quiet):
    week = [1_769_990_400 + minute * 60 for minute in range(0, 7 * 1440, 7)]
    if quiet.is_never:
        assert not any(map(quiet.include, week))


def test_settings_are_stored_unchanged(store):
    assert store.channels.of("C1") == ChannelSettings("C1")
    wanted = ChannelSettings("C1", NIGHT, 20, Visibility(transcript=False))
    store.channels.set(wanted)
    assert store.channels.of("C1") == wanted
    assert store.channels.all() == [wanted]
    store.channels.set(ChannelSettings("C1"))
    assert store.channels.all() == []


def test_a_mute_lasts_until_its_end_or_unmute(store):
    store.channels.set_mute(Mute("C1", 100.0, "U1"))
    assert store.channels.is_quiet("C1", now=99.0)
    assert store.channels.mutes(now=99.0) == [Mute("C1", 100.0, "U1")]
    assert not store.channels.is_quiet("C1", now=100.0)
    store.channels.set_mute(Mute("C1", 50.0, "U1"))
    assert store.channels.mute("C1", now=60.0) is None


def test_external_members_see_less_unless_an_admin_decides_otherwise(store):
    assert store.channels.shown_in("C1") == EVERYTHING
    store.channels.set_shared("C1", is_shared=True, now=1.0)
    assert store.channels.shown_in("C1") == FOR_OUTSIDERS
    store.channels.set(ChannelSettings("C1", shown=EVERYTHING))
    assert store.channels.shown_in("C1") == EVERYTHING
