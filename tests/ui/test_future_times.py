"""Future times are understood as people type them, in every zone and across clock changes."""

import contextlib
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotUnderstood
from bot.ui.calendar_words import MONTHS, WEEKDAYS
from bot.ui.formatting import full_date, time_of
from bot.ui.future_times import MAX_AHEAD, NAMED_TIMES, parse_future

NEW_YORK = ZoneInfo("America/New_York")
# A Sunday, 10:15 AM.
NOW = datetime(2026, 11, 29, 10, 15, tzinfo=NEW_YORK)


def read(typed, now=NOW, region="US"):
    """Return the local time that a text means, such as `2026-12-01 09:00`."""
    moment = parse_future(typed, now=now.timestamp(), zone=now.tzinfo, region=region)
    return f"{datetime.fromtimestamp(moment, now.tzinfo):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("in 2 hours", "2026-11-29 12:15"),
        ("2h", "2026-11-29 12:15"),
        ("in 90 min", "2026-11-29 11:45"),
        ("1 h 30 min", "2026-11-29 11:45"),
        ("in an hour and a half", "2026-11-29 11:45"),
        ("1h30", "2026-11-29 11:45"),
        ("in half an hour", "2026-11-29 10:45"),
        ("in 1.5 hours", "2026-11-29 11:45"),
        ("two hours from now", "2026-11-29 12:15"),
        ("tomorrow", "2026-11-30 09:00"),
        ("tomorrow 9:00", "2026-11-30 09:00"),
        ("Tomorrow at 3", "2026-11-30 15:00"),
        ("tomorrow 03:00", "2026-11-30 03:00"),
        ("tomorrow, 3 p.m.", "2026-11-30 15:00"),
        ("3pm tomorrow", "2026-11-30 15:00"),
        ("tomorrow morning", "2026-11-30 09:00"),
        ("tomorrow afternoon", "2026-11-30 14:00"),
        ("tomorrow evening at 7", "2026-11-30 19:00"),
        ("tomorrow at noon", "2026-11-30 12:00"),
        ("day after tomorrow", "2026-12-01 09:00"),
        ("at 5", "2026-11-29 17:00"),
        ("17:30", "2026-11-29 17:30"),
        ("9:30", "2026-11-30 09:30"),  # it has passed today
        ("9.30am", "2026-11-30 09:30"),
        ("noon", "2026-11-29 12:00"),
        ("midnight", "2026-11-30 00:00"),
        ("today 3pm", "2026-11-29 15:00"),
        ("today at 11", "2026-11-29 11:00"),
        ("this afternoon", "2026-11-29 14:00"),
        ("tonight", "2026-11-29 20:00"),
        ("tonight at 9", "2026-11-29 21:00"),
        ("end of day", "2026-11-29 17:00"),
        ("friday", "2026-12-04 09:00"),
        ("Fri 3pm", "2026-12-04 15:00"),
        ("on friday at 9:30", "2026-12-04 09:30"),
        ("friday afternoon", "2026-12-04 14:00"),
        ("monday", "2026-11-30 09:00"),
        ("next monday", "2026-11-30 09:00"),
        ("next friday", "2026-12-04 09:00"),
        ("sunday", "2026-12-06 09:00"),
        ("sunday 4pm", "2026-11-29 16:00"),
        ("next week", "2026-11-30 09:00"),
        ("friday next week", "2026-12-04 09:00"),
        ("next month", "2026-12-01 09:00"),
        ("weekend", "2026-12-05 09:00"),
        ("in 3 days", "2026-12-02 09:00"),
        ("in three days at 8am", "2026-12-02 08:00"),
        ("3d", "2026-12-02 09:00"),
        ("in a week", "2026-12-06 09:00"),
        ("2 weeks", "2026-12-13 09:00"),
        ("in 3 months", "2027-02-28 09:00"),
        ("dec 24", "2026-12-24 09:00"),
        ("dec 24 10:30", "2026-12-24 10:30"),
        ("24 december at noon", "2026-12-24 12:00"),
        ("24th of december", "2026-12-24 09:00"),
        ("thu dec 24", "2026-12-24 09:00"),
        ("12/24", "2026-12-24 09:00"),
        ("12/24 4pm", "2026-12-24 16:00"),
        ("24.12. 16:00", "2026-12-24 16:00"),
        ("2027-01-15", "2027-01-15 09:00"),
        ("2027-01-15 18:45", "2027-01-15 18:45"),
        ("1/15/2027", "2027-01-15 09:00"),
        ("jan 5", "2027-01-05 09:00"),
        ("remind me tomorrow", "2026-11-30 09:00"),
        # A morning begins before 9, and a night ends after midnight.
        ("tomorrow morning at 6", "2026-11-30 06:00"),
        ("6:30 tomorrow morning", "2026-11-30 06:30"),
        ("friday morning at 5", "2026-12-04 05:00"),
        ("tonight at 12", "2026-11-30 00:00"),
        ("tonight at 1", "2026-11-30 01:00"),
        ("tonight 00:30", "2026-11-30 00:30"),
        ("tonight at 2am", "2026-11-30 02:00"),
        ("tomorrow night at 11:30", "2026-11-30 23:30"),
        ("tomorrow evening at 12", "2026-12-01 00:00"),
        ("1d 2h", "2026-11-30 12:15"),
        ("1 day and 2 hours", "2026-11-30 12:15"),
        ("1h30m", "2026-11-29 11:45"),
        ("2½ hours", "2026-11-29 12:45"),
        ("in a couple hours", "2026-11-29 12:15"),
        ("2 weeks 3 days", "2026-12-16 09:00"),
        ("friday the 4th", "2026-12-04 09:00"),
        ("december the 24th", "2026-12-24 09:00"),
        ("fri 12/4 3pm", "2026-12-04 15:00"),
        ("dec 24 1500", "2026-12-24 15:00"),
        ("dec 5 21", "2026-12-05 21:00"),
        ("5 dec 26", "2026-12-05 09:00"),
        ("dec 5 '27", "2027-12-05 09:00"),
        ("5-dec-2026", "2026-12-05 09:00"),
        ("weds", "2026-12-02 09:00"),
        # Signs around it, or from another keyboard.
        ("“tomorrow 9:30”", "2026-11-30 09:30"),
        ("tomorrow.", "2026-11-30 09:00"),
        ("in 2 hrs.", "2026-11-29 12:15"),
        ("tomorrow\u00a0９：３０", "2026-11-30 09:30"),
        ("tomorrow\ufe0f 9:30\ufe0f", "2026-11-30 09:30"),
        ("tomorrow 9.30.", "2026-11-30 09:30"),
        ("24.12.2026.", "2026-12-24 09:00"),
    ],
)
def test_times_are_understood(typed, at):
    assert read(typed) == at


def test_next_weekday_is_in_the_next_calendar_week():
    wednesday = datetime(2026, 12, 2, 10, 0, tzinfo=NEW_YORK)
    assert read("friday", wednesday) == "2026-12-04 09:00"
    assert read("next friday", wednesday) == "2026-12-11 09:00"
    assert read("wednesday", wednesday) == "2026-12-09 09:00"
    assert read("wed 4pm", wednesday) == "2026-12-02 16:00"
    assert read("next week", wednesday) == "2026-12-07 09:00"


def test_order_of_day_and_month_follows_the_region():
    assert read("4/12", region="DE") == "2026-12-04 09:00"
    assert read("4.12.2026", region="US") == "2026-12-04 09:00"


def test_morning_that_is_over_is_the_next_one():
    evening = datetime(2026, 11, 29, 21, 10, tzinfo=NEW_YORK)
    assert read("in the morning", evening) == "2026-11-30 09:00"
    after_midnight = datetime(2026, 11, 29, 0, 30, tzinfo=NEW_YORK)
    assert read("tonight at 2", after_midnight) == "2026-11-29 02:00"


@pytest.mark.parametrize(
    ("typed", "region", "said"),
    [
        ("monday dec 24", "US", "Dec 24, 2026 is a Thursday, not a Monday."),
        ("sun 12/7 3pm", "US", "Dec 7, 2026 is a Monday, not a Sunday."),
        ("monday the 4th", "US", "Dec 4, 2026 is a Friday, not a Monday."),
        ("17h30", "FR", "“17h30” may be a time or a duration."),
        ("17 h 30", "CA", "“17 h 30” may be a time or a duration."),
        ("14h", "BR", "“14h” may be a time or a duration."),
        ("09h", "US", "“09h” may be a time or a duration."),
        ("4.12", "DE", "“4.12” may be a date or a time."),
        ("tomorrow morning at 12", "US", "isn't a time"),
    ],
)
def test_texts_with_two_meanings_are_a_question(typed, region, said):
    with pytest.raises(NotUnderstood) as refused:
        read(typed, region=region)
    assert said in refused.value.reason


def test_hours_in_figures_are_a_duration_where_no_one_writes_times_so():
    assert read("14h", region="US") == "2026-11-30 00:15"
    assert read("3h", region="FR") == "2026-11-29 13:15"
    with pytest.raises(NotUnderstood) as refused:
        read("14 h", region="FR")
    assert refused.value.example == "14:00, or in 14 h"


@pytest.mark.parametrize(
    "typed",
    [
        *("yesterday", "last week", "2 hours ago", "today at 9am", "nov 20", "2026-11-28 9:00"),
        *("now", "this morning", "2020-01-01"),
    ],
)
def test_times_in_the_past_are_refused_with_an_example(typed):
    with pytest.raises(NotUnderstood, match="is in the past") as refused:
        read(typed)
    assert "tomorrow 9:00" in refused.value.example


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter a time"),
        ("   ", "Enter a time"),
        ("today", "needs a time"),
        ("soon", "isn't a time"),
        ("9", "isn't a time"),
        ("tomorrow 25:00", "isn't a time"),
        ("tomorrow 13pm", "isn't a time"),
        ("0 min", "is in the past"),
        ("feb 30", "isn't a date"),
        ("in 99999 hours", "more than two years"),
        ("in 9999 weeks", "more than two years"),
        ("9999-12-31", "more than two years"),
        ("call Maria back " * 20, "isn't a time"),
    ],
)
def test_other_texts_are_refused_with_a_reason(typed, said):
    with pytest.raises(NotUnderstood, match=said):
        read(typed)


def test_a_time_that_the_clock_skips_is_moved_by_the_gap():
    saturday = datetime(2027, 3, 13, 12, 0, tzinfo=NEW_YORK)
    assert read("tomorrow 02:30", saturday) == "2027-03-14 03:30"


def test_of_a_time_that_occurs_twice_the_first_one_ahead_counts():
    saturday = datetime(2027, 11, 6, 12, 0, tzinfo=NEW_YORK)
    first = parse_future("tomorrow 01:30", now=saturday.timestamp(), zone=NEW_YORK)
    between = first + 600.0
    second = parse_future("01:30", now=between, zone=NEW_YORK)
    assert second - first == 3_600.0
    assert parse_future("today 01:30", now=between, zone=NEW_YORK) == second


ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland")
zones = st.sampled_from([*ZONES, "Australia/Lord_Howe", "Africa/Casablanca"]).map(ZoneInfo)
# Within what the zones' rules cover.
moments = st.integers(
    int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2035, 1, 1, tzinfo=UTC).timestamp()),
)
words = st.sampled_from(
    [
        *(*WEEKDAYS, *MONTHS, *NAMED_TIMES, "in", "at", "on", "next", "week", "days", "hours", "h"),
        *("today", "tomorrow", "tonight", "9:30", "3pm", "12/24", "2", "a", "half", "and", ":"),
    ]
)


@given(st.lists(words | st.text(max_size=9), max_size=6), moments, zones)
def test_any_words_mean_a_future_moment_or_are_refused(typed, now, zone):
    with contextlib.suppress(NotUnderstood):
        found = parse_future(" ".join(typed), now=float(now), zone=zone)
        assert now < found <= now + MAX_AHEAD.total_seconds()


@given(moments, st.integers(2, 600 * 24 * 60), zones)
def test_a_date_and_time_mean_that_local_time(now, minutes, zone):
    meant = datetime.fromtimestamp(now + minutes * 60, zone).replace(second=0, fold=0)
    for typed in (f"{meant:%Y-%m-%d %H:%M}", f"{full_date(meant)} {time_of(meant)}"):
        found = datetime.fromtimestamp(parse_future(typed, now=float(now), zone=zone), zone)
        assert found.replace(tzinfo=None, fold=0) == meant.replace(tzinfo=None, fold=0)


@given(moments, st.integers(1, 500), st.integers(0, 24 * 60 - 1), zones)
def test_any_typed_local_time_is_kept_or_moved_by_a_gap(now, days, minute, zone):
    day = datetime.fromtimestamp(now, zone).date() + timedelta(days=days)
    typed = f"{day} {minute // 60:02}:{minute % 60:02}"
    found = datetime.fromtimestamp(parse_future(typed, now=float(now), zone=zone), zone)
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    gap = found.replace(tzinfo=None, fold=0) - wanted
    assert gap in {timedelta(), timedelta(minutes=30), timedelta(hours=1)}


@given(moments, zones, st.sampled_from(["2h", "tomorrow", "friday", "next week", "in 20 min"]))
def test_presets_are_always_within_eight_days(now, zone, typed):
    found = parse_future(typed, now=float(now), zone=zone)
    assert now < found <= now + 8 * 86_400 + 3_600


def test_many_durations_in_a_row_are_read_in_little_time():
    began = time.process_time()
    with pytest.raises(NotUnderstood, match="isn't a time"):
        read("in " + "1h " * 24 + "x")
    # Each hour would double it.
    assert time.process_time() - began < 1
