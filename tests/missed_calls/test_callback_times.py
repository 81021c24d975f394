"""Time until missed callers are called back: counted once per caller, in business hours."""

import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.business_hours import BusinessHours
from bot.digests.callback_words import person_in_numbers, report_in_words, times_in_words
from bot.digests.generator import DigestGenerator
from bot.digests.messages import render_digest
from bot.home.modals import render_callback_times
from bot.intervals import Interval
from bot.missed_calls.callback_times import CallbackMeter
from bot.models.callback_times import (
    CallbackGroup,
    CallbackReport,
    CallbackTimes,
    CallbackWait,
    summarize,
)
from bot.models.digest_schedule import DigestPlan
from bot.models.people import Person
from bot.models.screening import ScreenKind
from bot.sandbox.slack.workspace import ADMIN, ANA
from bot.ui.formatting import Locale
from tests.conftest import wait_for
from tests.home.test_home import home_of
from tests.missed_calls.test_open_calls import NOON, call_event, save

pytestmark = pytest.mark.calendar

MARIA, OMAR, BEN_CALLER = "+12125550123", "+12125550131", "+12125550145"
HOUR, DAY = 3_600, 86_400
SPAN = Interval(NOON - HOUR, NOON + DAY)
UTC = ZoneInfo("UTC")
ALWAYS = BusinessHours.read("Mon-Sun 0:00-24:00")


def meter_of(store, hours=ALWAYS, **more):
    return CallbackMeter(store, hours, Locale(), **more)


def report(store, now=NOON + DAY, **more):
    return meter_of(store, **more).report(SPAN, UTC, now=now)


def waits(store, **more):
    return [
        (one.since - NOON, one.until and one.until - NOON)
        for one in store.callback_log.between(SPAN, **more)
    ]


def test_caller_counts_once_until_the_first_callback(store):
    save(store, call_event(MARIA, 0, "missed"), call_event(MARIA, 60, "missed"))
    save(store, call_event(MARIA, 600, "tried"), call_event(MARIA, 900, "we"))
    save(store, call_event(MARIA, 5_000, "missed"), call_event(OMAR, 100, "missed"))
    assert sorted(waits(store)) == [(0, 600), (100, None), (5_000, None)]


def test_answered_call_of_the_caller_ends_the_wait(store):
    save(store, call_event(MARIA, 0, "missed"), call_event(MARIA, 300, "talk"))
    assert waits(store) == [(0, 300)]


def test_mark_as_called_back_ends_the_wait(store):
    save(store, call_event(MARIA, 0, "missed", call_id="a"))
    store.claims.call_back("a", ANA, now=NOON + 120)
    save(store, call_event(MARIA, 900, "missed"))
    assert waits(store) == [(0, 120), (900, None)]
    [first, _] = store.callback_log.between(SPAN)
    assert first == CallbackWait(NOON, None, NOON + 120, slack_user=ANA)


def test_spam_and_withheld_numbers_do_not_count(store):
    save(store, call_event(MARIA, 0, "missed"), call_event("anonymous", 0, "missed"))
    store.screening.mark(MARIA, ScreenKind.SPAM, by=ANA, now=NOON)
    assert waits(store) == []


def test_callbacks_after_the_period_count_and_its_missed_calls_do_not(store):
    save(store, call_event(MARIA, DAY - 60, "missed"), call_event(MARIA, DAY + 60, "we"))
    save(store, call_event(OMAR, DAY + 60, "missed"))
    assert waits(store) == [(DAY - 60, DAY + 60)]
    assert waits(store, extension="104") == [(DAY - 60, DAY + 60)]
    assert waits(store, extension="999") == []


def test_report_has_median_share_people_and_lines(store):
    store.people.replace([Person("u1", "Carl Weber", "104", None)])
    save(store, call_event(MARIA, 0, "missed"), call_event(MARIA, 600, "we"))
    save(store, call_event(OMAR, 0, "missed"), call_event(OMAR, 3 * HOUR, "we"))
    save(store, call_event(BEN_CALLER, 0, "missed"))
    found = report(store)
    assert found.times == CallbackTimes(3, 2, 1, 5_700)
    assert found.times.share == 33
    assert found.people == (CallbackGroup("Carl Weber", CallbackTimes(2, 2, 1, 5_700)),)
    assert report_in_words(found) == "1 h 35 min median  ·  33% within an hour  ·  3 callers"
    assert report(store, shows_people=False).people == ()


def test_caller_who_waits_for_less_than_an_hour_does_not_count_yet(store):
    save(store, call_event(MARIA, 0, "missed"))
    assert report(store, now=NOON + HOUR).times == CallbackTimes()
    assert report(store, now=NOON + HOUR + 1).times == CallbackTimes(1, 0, 0, None)


def test_times_count_business_hours_only(store):
    # NOON is at 12:00 UTC; the company closes at 13:00, and opens at 9:00.
    save(store, call_event(MARIA, 0, "missed"), call_event(MARIA, 21 * HOUR + 1_800, "we"))
    hours = BusinessHours.read("Mon-Sun 9:00-13:00")
    found = meter_of(store, hours).report(SPAN, UTC, now=NOON + 2 * DAY)
    assert found.times.median == hours.seconds_between(NOON, NOON + 21 * HOUR + 1_800, UTC)
    assert found.times.median < 21 * HOUR


def test_latest_report_is_kept_for_a_minute(store):
    meter = meter_of(store)
    save(store, call_event(MARIA, 0, "missed"))
    later = NOON + DAY
    assert meter.latest(SPAN, UTC, now=later).times.callers == 1
    save(store, call_event(OMAR, 0, "missed"))
    assert meter.latest(SPAN, UTC, now=later + 59).times.callers == 1
    assert meter.latest(SPAN, UTC, now=later + 61).times.callers == 2


@given(st.lists(st.one_of(st.none(), st.floats(0, 10**6)), max_size=30))
def test_summary_agrees_with_its_definition(seconds):
    times = summarize(seconds)
    known = sorted(one for one in seconds if one is not None)
    assert (times.callers, times.called_back) == (len(seconds), len(known))
    assert times.within_hour == len([one for one in known if one <= HOUR])
    if known:
        assert round(known[0]) <= times.median <= round(known[-1])
    else:
        assert times.median is None


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (CallbackTimes(), "no missed callers"),
        (CallbackTimes(3), "no callbacks yet"),
        (CallbackTimes(3, 2, 2, 95), "1 min 35 s median  ·  67% within an hour"),
    ],
)
def test_times_are_described_in_words(times, words):
    assert times_in_words(times) == words


def test_person_without_callbacks_is_listed_with_follow_ups():
    words = person_in_numbers(CallbackGroup("Ana Torres", CallbackTimes(), 3, 1))
    assert words == "Ana Torres: 3 open follow-ups (1 overdue)"
    assert "1 open follow-up" in str(render_callback_times(CallbackReport(follow_ups=1)))


def test_digest_shows_callbacks_and_hides_people_by_setting(store):
    store.people.replace([Person("u1", "Carl Weber", "104", None)])
    save(store, call_event(MARIA, 0, "missed"), call_event(MARIA, 600, "we"))
    plan = DigestPlan("C1", "UTC", per_person=True)

    def shown(**more):
        generator = DigestGenerator(store, Locale(), meter_of(store, **more))
        return str(render_digest(generator.preview(plan, NOON + DAY), locale=Locale()).blocks)

    assert "10 min median" in shown()
    assert "Callbacks by person" in shown()
    hidden = shown(shows_people=False)
    assert "10 min median" in hidden
    assert "Carl Weber" not in hidden


def test_admins_see_callbacks_in_app_home_and_their_details(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    wait_for(lambda: bot.store.slack_people.find(ADMIN))
    ago = time.time() - NOON - 2 * HOUR
    save(bot.store, call_event(MARIA, ago, "missed"), call_event(MARIA, ago + 600, "we"))
    home = home_of(slack, ADMIN)
    assert "1 missed caller" in str(home)
    assert "*Callbacks, last 7 days*" not in str(home_of(slack, ANA))
    slack.click_in_view(ADMIN, home["id"], "show_admin_list", "callbacks")
    view = wait_for(lambda: slack.open_view(ADMIN))
    assert "By person" in str(view)
    assert "1 callback  ·  " in str(view)


def test_events_of_callers_are_read_by_indexes(store):
    plan = store.database.rows(
        "explain query plan select 1 from json_each('[]') as callers cross join calls"
        " on calls.remote_number = callers.value and calls.started_at >= 1"
    )
    assert "calls_by_number" in " ".join(row["detail"] for row in plan)
