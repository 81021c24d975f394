"""The demo's month is one that a company could have had, at whatever moment the demo begins."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.company.call_volume import LONGEST, is_weekend
from bot.sandbox.company.history import DAYS, QUIET_FOR, make_past
from bot.sandbox.company.model import make_company
from bot.sandbox.company.texts import make_texts

pytestmark = pytest.mark.calendar

COMPANY = make_company(1)
ZONE = ZoneInfo(COMPANY.time_zone)
MOMENTS = [
    datetime(2026, 11, 23, 15, 0, tzinfo=ZONE),  # a Monday afternoon
    datetime(2026, 11, 24, 2, 0, tzinfo=ZONE),  # at night
    datetime(2026, 11, 22, 11, 0, tzinfo=ZONE),  # a Sunday
    datetime(2026, 3, 8, 3, 30, tzinfo=ZONE),  # just after the clocks went forward
    datetime(2026, 11, 1, 1, 30, tzinfo=ZONE),  # in the hour that comes twice
    datetime(2026, 1, 1, 0, 0, tzinfo=ZONE),
    datetime(2026, 11, 23, 8, 45, tzinfo=ZONE),  # a working day begins
]


def local(written):
    return datetime.fromisoformat(written).astimezone(ZONE)


@pytest.fixture(params=MOMENTS, ids=str)
def now(request):
    return request.param


@pytest.fixture
def calls(now):
    return list(make_past(COMPANY, now=now, email=COMPANY.people[0].email))


def test_all_calls_are_over_and_of_the_last_month(calls, now):
    assert 300 < len(calls) < 700
    assert max(local(call["end_time"]) for call in calls) <= now - QUIET_FOR
    first = min(local(call["start_time"]) for call in calls)
    assert first.date() >= now.date() - timedelta(days=DAYS)


def test_calls_lie_in_the_working_hours_and_call_backs_soon_after(calls):
    for call in calls:
        minute = local(call["start_time"]).hour * 60 + local(call["start_time"]).minute
        latest = 17 * 60 + 30 + (110 if call["direction"] == "outgoing" else 0)
        assert 8 * 60 + 30 <= minute < latest


def test_few_calls_come_at_the_weekend_and_at_lunch(calls):
    starts = [local(call["start_time"]) for call in calls]
    weekend = sum(is_weekend(start) for start in starts)
    assert 0 < weekend < len(starts) / 8
    hours = Counter(start.hour for start in starts)
    assert hours[12] < min(hours[10], hours[14])


def test_most_who_were_missed_are_called_back(calls):
    missed, talks = [], []
    for call in calls:
        if call["direction"] == "outgoing" and call.get("status") != "missed":
            talks.append((call["remote_number"], call["start_time"]))
        elif call["direction"] == "incoming" and call.get("status") == "missed":
            missed.append((call["remote_number"], call["end_time"]))
    back = [number for number, end in missed if any(n == number and at > end for n, at in talks)]
    assert len(missed) / 2 < len(back) < len(missed)


def test_the_same_moment_gives_the_same_month(now, calls):
    again = list(make_past(COMPANY, now=now, email=COMPANY.people[0].email))
    assert again == calls


def test_today_goes_up_to_now():
    now = MOMENTS[0]
    calls = make_past(COMPANY, now=now, email="")
    today = sorted(at for at in (local(call["start_time"]) for call in calls)
                   if at.date() == now.date())  # fmt: skip
    assert today[0].hour < 10
    assert today[-1] > now - timedelta(hours=3)
    assert today[-1] <= now - QUIET_FOR - LONGEST


def test_texts_are_written_in_the_working_hours_and_in_order(now):
    texts = list(make_texts(COMPANY, seed=4, now=now, days=DAYS, picture={}))
    for text in texts:
        sent = local(text["sent_time"])
        assert sent < now
        assert not is_weekend(sent.date())
        assert 8 <= sent.hour < 21
    for one, after in pairwise(texts):
        if one["remote_number"] == after["remote_number"]:
            assert one["sent_time"] < after["sent_time"]
