"""Days are understood as people type them, and nothing else is taken for a day."""

import contextlib
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotUnderstood
from bot.ui.calendar_words import Days
from bot.ui.time_parsing import KNOWN_WORDS, parse_days

SUNDAY = date(2026, 11, 29)


def read(typed, today=SUNDAY, region="US"):
    found = parse_days(typed.split(), today=today, region=region)
    assert found is None or found[1] == len(typed.split()), found
    return found and found[0]


def days(first, last, begin=0, end=24 * 60):
    return Days(first and date.fromisoformat(first), date.fromisoformat(last), begin, end)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("last week", "2026-11-16", "2026-11-22"),
        ("Last Week", "2026-11-16", "2026-11-22"),
        ("this week", "2026-11-23", "2026-11-29"),
        ("week", "2026-11-23", "2026-11-29"),
        ("past week", "2026-11-23", "2026-11-29"),
        ("monday", "2026-11-23", "2026-11-23"),
        ("on Monday,", "2026-11-23", "2026-11-23"),
        ("sunday", "2026-11-29", "2026-11-29"),
        ("last sunday", "2026-11-22", "2026-11-22"),
        ("november", "2026-11-01", "2026-11-29"),
        ("in november", "2026-11-01", "2026-11-29"),
        ("december", "2025-12-01", "2025-12-31"),
        ("last november", "2025-11-01", "2025-11-30"),
        ("september 2025", "2025-09-01", "2025-09-30"),
        ("last 3 days", "2026-11-27", "2026-11-29"),
        ("the last three days", "2026-11-27", "2026-11-29"),
        ("5 days", "2026-11-25", "2026-11-29"),
        ("3d", "2026-11-27", "2026-11-29"),
        ("2 weeks", "2026-11-16", "2026-11-29"),
        ("3 days ago", "2026-11-26", "2026-11-26"),
        ("2 weeks ago", "2026-11-09", "2026-11-15"),
        ("2 months ago", "2026-09-01", "2026-09-30"),
        ("since monday", "2026-11-23", "2026-11-29"),
        ("since friday", "2026-11-27", "2026-11-29"),
        ("since last week", "2026-11-16", "2026-11-29"),
        ("after friday", "2026-11-28", "2026-11-29"),
        ("before monday", None, "2026-11-22"),
        ("until 2026-11-01", None, "2026-11-01"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("this month", "2026-11-01", "2026-11-29"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("last weekend", "2026-11-21", "2026-11-22"),
        ("day before yesterday", "2026-11-27", "2026-11-27"),
        ("nov 20", "2026-11-20", "2026-11-20"),
        ("20 november 2025", "2025-11-20", "2025-11-20"),
        ("nov 20th, 2025", "2025-11-20", "2025-11-20"),
        ("fri nov 27", "2026-11-27", "2026-11-27"),
        ("11/20", "2026-11-20", "2026-11-20"),
        ("12/24", "2025-12-24", "2025-12-24"),
        ("monday to friday", "2026-11-23", "2026-11-27"),
        ("mon-fri", "2026-11-23", "2026-11-27"),
        ("friday to monday", "2026-11-20", "2026-11-23"),
        ("november to january", "2025-11-01", "2026-01-31"),
        ("between nov 1 and nov 5", "2026-11-01", "2026-11-05"),
        ("from 11/1/2026 to 11/5/2026", "2026-11-01", "2026-11-05"),
        ("last week..yesterday", "2026-11-16", "2026-11-28"),
        ("from yesterday", "2026-11-28", "2026-11-28"),
        ("from last week", "2026-11-16", "2026-11-22"),
        ("from the last month", "2026-10-01", "2026-10-31"),
        ("from november", "2026-11-01", "2026-11-29"),
        ("from october", "2026-10-01", "2026-10-31"),
        ("from 2025", "2025-01-01", "2025-12-31"),
        ("from 2 weeks ago", "2026-11-09", "2026-11-15"),
        ("from last weekend", "2026-11-21", "2026-11-22"),
        ("from monday", "2026-11-23", "2026-11-29"),
        ("from nov 20", "2026-11-20", "2026-11-29"),
        ("nov 15 to 20", "2026-11-15", "2026-11-20"),
        ("from nov 15 to 20", "2026-11-15", "2026-11-20"),
        ("between nov 15 and 20", "2026-11-15", "2026-11-20"),
        ("november 1st through the 10th", "2026-11-01", "2026-11-10"),
        ("15 to 20 november", "2026-11-15", "2026-11-20"),
        ("from 15 to 20 november", "2026-11-15", "2026-11-20"),
        ("the 1st to the 10th of october", "2026-10-01", "2026-10-10"),
        ("between the 15th and the 20th", "2026-11-15", "2026-11-20"),
        ("through nov 10", None, "2026-11-10"),
        ("the week before last", "2026-11-09", "2026-11-15"),
        ("month before last", "2026-09-01", "2026-09-30"),
    ],
)
def test_days_are_understood(typed, first, last):
    assert read(typed) == days(first, last)


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("yesterday morning", 0, 12),
        ("yesterday afternoon", 12, 18),
        ("yesterday in the evening", 18, 24),
        ("last night", 18, 24),
        ("yesterday pm", 12, 24),
        ("yesterday am", 0, 12),
        ("yesterday 9-11", 9, 11),
        ("yesterday between 9 and 11", 9, 11),
        ("between 9 and 11 yesterday", 9, 11),
        ("9 to 5 yesterday", 9, 17),
        ("yesterday from 2 to 4", 14, 16),
        ("yesterday 2-4pm", 14, 16),
        ("yesterday 11 - 1 pm", 11, 13),
        ("yesterday at 3pm", 15, 16),
        ("yesterday 15:00", 15, 16),
        ("yesterday at noon", 12, 13),
        ("yesterday after 5 p.m.", 17, 24),
        ("yesterday after 5", 17, 24),
        ("from 9am to 5pm yesterday", 9, 17),
        ("yesterday from noon", 12, 24),
        ("quarter to ten yesterday", 9.75, 10.75),
        ("before noon yesterday", 0, 12),
        ("yesterday before 8 o’clock", 0, 8),
        ("yesterday since half past eight am", 8.5, 24),
        ("yesterday ８：３０-９：００", 8.5, 9),
        ("last evening", 18, 24),
        ("from last night", 18, 24),
        ("from yesterday afternoon", 12, 18),
    ],
)
def test_times_of_a_day_are_understood(typed, begin, end):
    assert read(typed) == days("2026-11-28", "2026-11-28", begin * 60, end * 60)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("between 9 and 11", days("2026-11-29", "2026-11-29", 540, 660)),
        ("after 5pm", days("2026-11-29", "2026-11-29", 1020)),
        ("since 3 pm", days("2026-11-29", "2026-11-29", 900)),
        ("since 9", days("2026-11-29", "2026-11-29", 540)),
        ("before noon", days("2026-11-29", "2026-11-29", 0, 720)),
        ("since yesterday 3pm", days("2026-11-28", "2026-11-29", 900)),
        ("from yesterday 3pm", days("2026-11-28", "2026-11-29", 900)),
        ("from this morning", days("2026-11-29", "2026-11-29", 0, 720)),
        ("since friday afternoon", days("2026-11-27", "2026-11-29", 720)),
        ("until yesterday noon", days(None, "2026-11-28", 0, 720)),
    ],
)
def test_times_without_a_day_or_over_days_are_understood(typed, expected):
    assert read(typed) == expected


@pytest.mark.parametrize(
    ("typed", "first", "last", "region"),
    [
        ("the 28th", "2026-11-28", "2026-11-28", "US"),
        ("on the 30th", "2026-10-30", "2026-10-30", "US"),
        ("28.11.", "2026-11-28", "2026-11-28", "US"),
        ("28.11", "2026-11-28", "2026-11-28", "DE"),
        ("29/11/2026", "2026-11-29", "2026-11-29", "US"),
        ("11/29/26", "2026-11-29", "2026-11-29", "US"),
        ("11-10-2026", "2026-11-10", "2026-11-10", "US"),
        ("11-10-2026", "2026-10-11", "2026-10-11", "DE"),
        ("2026-10", "2026-10-01", "2026-10-31", "US"),
        ("10/2026", "2026-10-01", "2026-10-31", "US"),
        ("2026-11", "2026-11-01", "2026-11-29", "US"),
        ("in 2025", "2025-01-01", "2025-12-31", "US"),
        ("in 2026", "2026-01-01", "2026-11-29", "US"),
        ("q3", "2026-07-01", "2026-09-30", "US"),
        ("Q4 2025", "2025-10-01", "2025-12-31", "US"),
        ("last quarter", "2026-07-01", "2026-09-30", "US"),
        ("this quarter", "2026-10-01", "2026-11-29", "US"),
        ("month to date", "2026-11-01", "2026-11-29", "US"),
        ("year to date", "2026-01-01", "2026-11-29", "US"),
        ("quarter to date", "2026-10-01", "2026-11-29", "US"),
        ("ytd", "2026-01-01", "2026-11-29", "US"),
        ("nov 1-10", "2026-11-01", "2026-11-10", "US"),
        ("1-10 november", "2026-11-01", "2026-11-10", "US"),
        ("1.11.-10.11.", "2026-11-01", "2026-11-10", "DE"),
        ("11/1-11/10", "2026-11-01", "2026-11-10", "US"),
        ("week ago", "2026-11-16", "2026-11-22", "US"),
        ("1y", "2025-11-30", "2026-11-29", "US"),
        ("(yesterday)", "2026-11-28", "2026-11-28", "US"),
        ("yesterday!?", "2026-11-28", "2026-11-28", "US"),
        ("‘last week’", "2026-11-16", "2026-11-22", "US"),
        ("*last week*", "2026-11-16", "2026-11-22", "US"),
        ("yesterday.", "2026-11-28", "2026-11-28", "US"),
        ("nov 1-nov 10", "2026-11-01", "2026-11-10", "US"),
        ("1 nov–10 nov", "2026-11-01", "2026-11-10", "GB"),
        ("nov 1, 2025-nov 10, 2025", "2025-11-01", "2025-11-10", "US"),
        ("on sun, nov 1 - tue, nov 10", "2026-11-01", "2026-11-10", "US"),
        ("2026-11-01/2026-11-10", "2026-11-01", "2026-11-10", "US"),
        ("2026-11-01-2026-11-10", "2026-11-01", "2026-11-10", "US"),
        ("1-10.11.", "2026-11-01", "2026-11-10", "DE"),
        ("1.-10.11.", "2026-11-01", "2026-11-10", "DE"),
        ("1.–10.11.2025", "2025-11-01", "2025-11-10", "DE"),
        ("1-10.11.25", "2025-11-01", "2025-11-10", "DE"),
        ("since 9.10.", "2026-10-09", "2026-11-29", "DE"),
        ("until 2 nov", None, "2026-11-02", "GB"),
        ("before 2 november 2026", None, "2026-11-01", "GB"),
        ("after 2. august 2026", "2026-08-03", "2026-11-29", "DE"),
        ("since 2025", "2025-01-01", "2026-11-29", "US"),
        ("until 2025", None, "2025-12-31", "US"),
        ("before 2026", None, "2025-12-31", "US"),
        ("nov '25", "2025-11-01", "2025-11-30", "US"),
        ("nov 2 ’25", "2025-11-02", "2025-11-02", "US"),
        ("2 nov 25", "2025-11-02", "2025-11-02", "GB"),
        ("2-nov-2025", "2025-11-02", "2025-11-02", "US"),
        ("02nov2025", "2025-11-02", "2025-11-02", "US"),
        ("nov 25", "2026-11-25", "2026-11-25", "US"),
        ("november the 2nd", "2026-11-02", "2026-11-02", "US"),
        ("friday the 13th", "2026-11-13", "2026-11-13", "US"),
        ("nov 1 to now", "2026-11-01", "2026-11-29", "US"),
        (
            "between the 2nd of november, 2025 and the 5th of december, 2025",
            *("2025-11-02", "2025-12-05", "US"),
        ),
    ],
)
def test_dates_are_understood_in_every_notation(typed, first, last, region):
    assert read(typed, region=region) == days(first, last)


@pytest.mark.parametrize(
    "typed",
    ["tomorrow", "next week", "next monday", "in 3 days", "2026-12-24", "december 2026"],
)
def test_future_is_named(typed):
    with pytest.raises(NotUnderstood, match="is in the future"):
        read(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("last 2 hours", "isn't whole days"),
        ("24h", "isn't whole days"),
        ("last half hour", "isn't whole days"),
        ("1.5 days", "isn't whole days"),
        ("last 1,5 weeks", "isn't whole days"),
        ("half a day", "isn't whole days"),
        ("9999 weeks", "too long ago"),
        ("february 30", "isn't a date"),
        ("last week morning", "needs one day"),
        ("2026-11-20 to 2026-11-01", "wrong order"),
        ("monday nov 24", "Nov 24, 2026 is a Tuesday, not a Monday."),
        ("friday the 12th", "Nov 12, 2026 is a Thursday, not a Friday."),
    ],
)
def test_days_that_cannot_be_are_refused(typed, said):
    with pytest.raises(NotUnderstood, match=said):
        read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "maria",
        "monster",
        "next step",
        "the tile shop",
        "a",
        "12",
        "7-eleven",
        "9-11",
        "101 102",
        "24/7",
        "2026",
        "5",
    ],
)
def test_other_words_are_no_days(typed):
    assert parse_days(typed.split(), today=SUNDAY) is None


words = st.sampled_from(
    [*KNOWN_WORDS, "last", "3", "to", "..", "and", "ago", "in", "the", "31", "0"]
)


@given(
    st.lists(words | st.text(max_size=9), max_size=9),
    st.dates(date(2001, 1, 1), date(2099, 12, 31)),
)
def test_any_words_mean_past_days_in_order_or_none(typed, today):
    with contextlib.suppress(NotUnderstood):
        if found := parse_days(typed, today=today):
            assert 0 < found[1] <= len(typed)
            first, last = found[0].first, found[0].last
            assert first is None or (first <= last and first <= today)


def test_signs_that_become_several_words_are_read_in_little_time():
    began = time.process_time()
    assert parse_days(["5", "½" * 3_000], today=SUNDAY) is None
    assert time.process_time() - began < 1
