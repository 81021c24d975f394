"""The digest: once per channel and period, with totals that are right, and words for all input."""

import json
import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.command_parsing import parse_digest_command
from bot.digests.generator import DigestGenerator
from bot.digests.messages import render_digest, sentence
from bot.errors import NotUnderstood
from bot.intervals import Interval
from bot.models.digest_schedule import (
    EVERY_DAY,
    WEEKDAYS,
    Cadence,
    DigestPlan,
    Period,
    cadence_of,
    last_due,
    moment_of,
    next_run,
)
from bot.models.digests import Digest, Hour, Missed, PersonTotals, TopContact, Totals, sum_totals
from bot.models.people import Company, Person, SlackPerson
from bot.phone_numbers import is_whole
from bot.sandbox.block_kit.check import check_blocks
from bot.sandbox.company.model import HOSTILE_NAMES
from bot.store import Store
from bot.store.sync import COVERED
from bot.ui.formatting import Locale
from tests.support.digest_calls import at, call_row, put_calls

pytestmark = pytest.mark.calendar

CHANNEL = "C0DIGEST01"
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A store for tests that leave nothing behind that others would see."""
    opened = Store.open(tmp_path_factory.mktemp("digest") / "bot.db")
    yield opened
    opened.close()


def maker_of(store):
    return DigestGenerator(store, Locale())


def plan_of(zone=BERLIN, **changes):
    return DigestPlan(**{"channel": CHANNEL, "zone": zone, "weekdays": EVERY_DAY, **changes})


def digests_of(store, channel=CHANNEL):
    rows = store.database.rows(
        "select digest_id, due_at, skipped from digests where channel = ? order by due_at",
        [channel],
    )
    return [tuple(row) for row in rows]


# When digests come


def naive_runs(plan, first, last):
    """Find every run the slow way: ask what the clock on the wall shows, minute by minute."""
    zone, found = ZoneInfo(plan.zone), {}
    moment = first
    while moment < last:
        shown = datetime.fromtimestamp(moment, zone)
        if shown.hour * 60 + shown.minute >= plan.minute:
            found.setdefault(shown.date(), moment)
        moment += 60.0
    return found


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        (BERLIN, (2026, 3, 28)),
        (BERLIN, (2026, 10, 24)),
        (NEW_YORK, (2026, 3, 7)),
        (NEW_YORK, (2026, 10, 31)),
        (LORD_HOWE, (2026, 4, 4)),
        (LORD_HOWE, (2026, 10, 3)),
    ],
)
@pytest.mark.parametrize("minute", [90, 130, 150, 510])
def test_clock_changes_keep_one_run_a_day(zone, first, minute):
    plan, start = plan_of(zone, minute=minute), at(zone, *first)
    runs, moment = [], start - 1
    for _ in range(3):
        moment = next_run(plan, moment)
        runs.append(moment)
        assert last_due(plan, moment).at == moment
        assert last_due(plan, moment - 1).at < moment
    naive = naive_runs(plan, start, start + 3 * DAY)
    for run, (day, seen) in zip(runs, naive.items(), strict=True):
        shown = datetime.fromtimestamp(run, ZoneInfo(zone))
        assert shown.date() == day
        # A skipped time comes as late as the clock was moved; every other is on the minute.
        assert 0 <= run - seen <= HOUR
        assert run == seen or shown.hour * 60 + shown.minute > minute


@pytest.mark.parametrize(
    ("plan", "now", "period"),
    [
        (plan_of(), (2026, 11, 23), ("2026-11-22", "2026-11-22")),
        (plan_of(weekdays=WEEKDAYS), (2026, 11, 23), ("2026-11-20", "2026-11-22")),
        (plan_of(weekdays=WEEKDAYS), (2026, 11, 24), ("2026-11-23", "2026-11-23")),
        (plan_of(weekdays=(2,)), (2026, 11, 25), ("2026-11-18", "2026-11-24")),
        (
            plan_of(cadence=Cadence.WEEKLY, weekdays=(0,)),
            (2026, 11, 23),
            ("2026-11-16", "2026-11-22"),
        ),
        (
            plan_of(cadence=Cadence.WEEKLY, weekdays=(6,)),
            (2026, 11, 22),
            ("2026-11-09", "2026-11-15"),
        ),
        (plan_of(cadence=Cadence.MONTHLY), (2026, 3, 1), ("2026-02-01", "2026-02-28")),
        (plan_of(cadence=Cadence.MONTHLY), (2026, 1, 1), ("2025-12-01", "2025-12-31")),
    ],
)
def test_digest_periods_leave_no_day_out(plan, now, period):
    due = last_due(plan, at(BERLIN, *now, 9))
    assert (str(due.period.first), str(due.period.last)) == period


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (LORD_HOWE, date(2026, 10, 4), 23.5),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
        ("America/Havana", date(2024, 11, 3), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),
    ],
)
def test_days_have_their_local_length(zone, day, hours):
    assert Period(day, day).span(ZoneInfo(zone)).seconds == hours * HOUR


# Once


YEAR_PLANS = [
    plan_of(NEW_YORK, channel="C0DAILY001", minute=150),
    plan_of(BERLIN, channel="C0DAILY002", minute=150, weekdays=WEEKDAYS),
    plan_of(LORD_HOWE, channel="C0DAILY003", minute=135),
    plan_of(NEW_YORK, channel="C0WEEKLY01", cadence=Cadence.WEEKLY, weekdays=(6,), minute=90),
    plan_of(BERLIN, channel="C0WEEKLY02", cadence=Cadence.WEEKLY, weekdays=(6,), minute=150),
    plan_of(LORD_HOWE, channel="C0MONTHLY1", cadence=Cadence.MONTHLY, minute=0),
]


def post_everything(store):
    """Post what is due, as the outbox does; two that meet never both have the claim."""
    for channel in store.posts.channels_with_work():
        while post := store.posts.next_due(channel):
            if store.posts.acquire_lease(post.post_id, now=1.0):
                store.posts.mark_posted(post, ts=f"{post.post_id}.0", shown="x")


def open_quickly(path):
    """Open a store that does not wait for the disk: no power is cut in this year."""
    opened = Store.open(path)
    opened.database._writer.execute("PRAGMA synchronous = OFF")
    return opened


def run_for(days, paths, seed):
    """Let two schedulers look at random moments for days, and be started again at random."""
    rng, start = random.Random(seed), at("UTC", 2026, 1, 1, 12)
    stores = [open_quickly(paths) for _ in range(2)]
    for plan in YEAR_PLANS:
        stores[0].digests.set_plan(DigestPlan(**{**plan.__dict__, "since": start}))
    now, restarts = start, 0
    while now < start + days * DAY:
        now += rng.uniform(600, 16 * HOUR)
        for place in rng.sample(range(2), 2):
            if rng.random() < 0.02:
                stores[place].close()
                stores[place], restarts = open_quickly(paths), restarts + 1
            seen = now - rng.choice((0, 0, 0, HOUR))  # the other machine's clock may be late
            for plan in stores[place].digests.plans():
                maker_of(stores[place]).decide(plan, seen, {})
            post_everything(stores[place])
    return stores, start, now, restarts


# A hundred days have a change of the clock in each of the zones; a year has all of them.
@pytest.mark.parametrize("days", [100, pytest.param(365, marks=pytest.mark.chaos)])
def test_two_schedulers_and_restarts_give_each_digest_once(tmp_path, days):
    stores, start, end, restarts = run_for(days, tmp_path / "bot.db", seed=5)
    assert restarts > days / 40
    for plan in YEAR_PLANS:
        zone = ZoneInfo(plan.zone)
        wanted, day = [], datetime.fromtimestamp(start, zone).date()
        while (moment := moment_of(day, plan.minute, zone)) <= end:
            runs = (
                day.day == 1 if plan.cadence is Cadence.MONTHLY else day.weekday() in plan.weekdays
            )
            if runs and moment > start:
                wanted.append(moment)
            day += timedelta(days=1)
        found = digests_of(stores[0], plan.channel)
        assert [due for _, due, _ in found] == wanted
        assert {skipped for _, _, skipped in found} == {0}
        posts = stores[0].database.rows(
            "select subject from posts where channel = ? and ts is not null", [plan.channel]
        )
        assert sorted(row["subject"] for row in posts) == sorted(name for name, _, _ in found)
        spans = sorted(tuple(one.split()[1].split("/")) for one, _, _ in found)
        following = [date.fromisoformat(last) + timedelta(days=1) for _, last in spans[:-1]]
        assert following == [date.fromisoformat(first) for first, _ in spans[1:]]
    for one in stores:
        one.close()


def test_only_the_last_overdue_digest_is_posted(store):
    plan = plan_of(since=at(BERLIN, 2026, 11, 2, 12))
    store.digests.set_plan(plan)
    assert maker_of(store).decide(plan, at(BERLIN, 2026, 11, 3, 9), {})
    store.posts.mark_posted(store.posts.next_due(CHANNEL), ts="1.0", shown="x")
    assert maker_of(store).decide(plan, at(BERLIN, 2026, 11, 10, 12), {})
    assert not maker_of(store).decide(plan, at(BERLIN, 2026, 11, 10, 13), {})
    [_, (name, _, skipped)] = digests_of(store)
    assert (name, skipped) == (f"daily 2026-11-09/2026-11-09 {CHANNEL}", 6)
    shown = render_digest(store.digests.find(name), locale=Locale())
    assert "6 earlier digests were skipped" in json.dumps(shown.blocks)


@pytest.mark.parametrize("ahead", [DAY, 3 * DAY, 400 * DAY])
@pytest.mark.parametrize("is_posted", [True, False])
def test_digest_that_was_decided_early_still_comes(store, ahead, is_posted):
    plan, maker, now = plan_of(), maker_of(store), at(BERLIN, 2026, 11, 24, 9)
    store.digests.set_plan(plan)
    assert maker.decide(plan, now + ahead, {})
    if is_posted:
        post_everything(store)
    maker.decide(plan, now, {})
    if is_posted:
        post_everything(store)
    assert maker.decide(plan, now + DAY, {})
    assert not maker.decide(plan, now + DAY, {})
    assert store.posts.next_due(CHANNEL)


def test_digest_is_posted_once_when_the_clock_is_set_back_a_little(store):
    plan, maker, now = plan_of(), maker_of(store), at(BERLIN, 2026, 11, 24, 9)
    store.digests.set_plan(plan)
    assert maker.decide(plan, now, {})
    post_everything(store)
    assert not maker.decide(plan, now - 600, {})
    assert not maker.decide(plan, now, {})


@pytest.mark.parametrize("back", [2 * 3600, DAY, 400 * DAY])
def test_digest_is_posted_once_when_the_clock_is_set_back_and_corrected(store, back):
    plan, maker, now = plan_of(), maker_of(store), at(BERLIN, 2026, 11, 24, 9)
    store.digests.set_plan(plan)
    assert maker.decide(plan, now, {})
    store.posts.mark_posted(store.posts.next_due(CHANNEL), ts=f"{now + 1:.6f}", shown="x")
    maker.decide(plan, now - back, {})
    assert not maker.decide(plan, now + 60, {})


def test_plan_from_a_time_ahead_counts_from_now(store):
    now = at(BERLIN, 2026, 11, 24, 9)
    store.digests.set_plan(plan_of(since=now + 30 * DAY))
    assert not maker_of(store).decide(store.digests.plan(CHANNEL), now, {})
    assert maker_of(store).decide(store.digests.plan(CHANNEL), now + DAY, {})


def test_waiting_digest_is_replaced_by_the_next(store):
    plan = plan_of(since=at(BERLIN, 2026, 11, 2, 12))
    for day in (3, 4, 5):
        maker_of(store).decide(plan, at(BERLIN, 2026, 11, day, 9), {})
    assert store.posts.next_due(CHANNEL).subject == f"daily 2026-11-04/2026-11-04 {CHANNEL}"
    assert store.posts.waiting() == 1
    assert store.digests.find(f"daily 2026-11-04/2026-11-04 {CHANNEL}").skipped == 2


def test_unconfirmed_digest_is_not_replaced(store):
    plan = plan_of(since=at(BERLIN, 2026, 11, 2, 12))
    maker_of(store).decide(plan, at(BERLIN, 2026, 11, 3, 9), {})
    store.posts.acquire_lease(store.posts.next_due(CHANNEL).post_id, now=1.0)
    maker_of(store).decide(plan, at(BERLIN, 2026, 11, 4, 9), {})
    assert store.posts.waiting() == 2
    assert digests_of(store)[-1][2] == 0


def test_queued_digest_is_unchanged_after_a_restart(store):
    plan, now = plan_of(), at(BERLIN, 2026, 11, 3, 9)
    put_calls(store, [call_row("a", at(BERLIN, 2026, 11, 2, 10), outcome="missed", name="Maria")])
    maker_of(store).decide(plan, now, {})
    [(name, _, _)] = digests_of(store)
    before = render_digest(store.digests.find(name), locale=Locale())
    put_calls(store, [call_row("b", at(BERLIN, 2026, 11, 2, 11))])
    assert render_digest(store.digests.find(name), locale=Locale()) == before
    assert maker_of(store).preview(plan, now).totals.calls == 2


def test_switching_off_withdraws_the_queued_digest(store):
    plan, now = plan_of(), at(BERLIN, 2026, 11, 3, 9)
    maker_of(store).decide(plan, now, {})
    store.digests.set_plan(plan_of(is_on=False))
    assert store.posts.waiting() == 0
    assert not maker_of(store).decide(store.digests.plan(CHANNEL), now + DAY, {})


def test_withdrawn_digest_can_be_posted_later(store):
    plan, now = plan_of(), at(BERLIN, 2026, 11, 3, 9)
    assert maker_of(store).post_now(plan, now)[1]
    store.digests.set_plan(plan_of(is_on=False))
    assert maker_of(store).post_now(plan, now)[1]
    store.posts.mark_posted(store.posts.next_due(CHANNEL), ts="1.0", shown="x")
    store.digests.set_plan(plan_of(is_on=False))
    assert not maker_of(store).post_now(plan, now)[1]


# Totals

random_calls = st.lists(
    st.tuples(
        st.integers(-9 * 86_400, 9 * 86_400),
        st.sampled_from([None, "incoming", "incoming", "outgoing", "internal"]),
        st.sampled_from(
            ["answered", "in progress", "missed", "voicemail", "unanswered", "over", "ringing"]
        ),
        st.sampled_from([None, "anonymous", "+12125550123", "+12125550199", "+442071234567"]),
        st.sampled_from([None, "101", "102"]),
        st.none() | st.integers(0, 4_000),
        st.sampled_from([None, "positive", "negative"]),
    ),
    max_size=40,
)


def independent(calls, zone, first, last, extension=None):
    """Add up in the plainest way: one call after the other, by the clock on the wall."""
    found = {"in": 0, "out": 0, "internal": 0, "answered": 0, "missed": 0, "talk": 0}
    hours, moods = {}, {}
    for moment, direction, outcome, _, who, seconds, mood in calls:
        local = datetime.fromtimestamp(moment, zone)
        if not first <= local.date() <= last or (extension and who != extension):
            continue
        moods[mood] = moods.get(mood, 0) + 1
        if direction == "internal":
            found["internal"] += 1
            continue
        taken = outcome in ("answered", "in progress")
        found["talk"] += (seconds or 0) if taken else 0
        if direction == "outgoing":
            found["out"] += 1
            kind = 2
        else:
            found["in"] += 1
            kind = 0 if taken else 1 if outcome in ("missed", "voicemail") else None
            if kind is not None:
                found["answered" if taken else "missed"] += 1
        if kind is not None:
            hours.setdefault(local.hour, [0, 0, 0])[kind] += 1
    moods.pop(None, None)
    return found, hours, moods


def waiting_numbers(calls, said, start, end):
    """Name who waits: for each missed call, look at what is said of it and all that came later."""
    waiting = {}
    for place, (moment, direction, outcome, number, *_) in enumerate(calls):
        missed = outcome in ("missed", "voicemail") and direction in (None, "incoming")
        if not (missed and is_whole(number or "") and start <= moment < end) or place in said:
            continue
        talks = [
            one
            for one in calls
            if one[3] == number
            and one[0] > moment
            and one[1] != "internal"
            and one[2] in ("answered", "in progress")
        ]
        if not talks:
            waiting[number] = waiting.get(number, 0) + 1
    return waiting


@given(
    calls=random_calls,
    zone=st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, "Asia/Kathmandu"]),
    day=st.sampled_from([(2026, 3, 29), (2026, 10, 25), (2026, 11, 1), (2026, 4, 5)]),
    length=st.integers(1, 7),
    said=st.sets(st.integers(0, 39)),
)
def test_totals_are_those_of_an_independent_computation(shared, calls, zone, day, length, said):
    zone_info, midnight = ZoneInfo(zone), at(zone, *day)
    calls = [(midnight + one[0] + number / 100, *one[1:]) for number, one in enumerate(calls)]
    closings = [(f"c{place}", "U0ANA0001", midnight) for place in said]

    def begin_again(db):
        db.execute("delete from calls")
        db.execute("delete from closings")
        db.conn.executemany("insert into closings values (?, ?, ?)", closings)

    shared.database.write(begin_again)
    put_calls(
        shared,
        [
            call_row(
                f"c{n}",
                one[0],
                direction=one[1],
                outcome=one[2],
                number=one[3],
                extension=one[4],
                seconds=one[5],
                sentiment=one[6],
            )
            for n, one in enumerate(calls)
        ],
    )
    period = Period(date(*day), date(*day) + timedelta(days=length - 1))
    span, counts = period.span(zone_info), shared.call_statistics
    for extension in (None, "101"):
        found, hours, moods = independent(calls, zone_info, period.first, period.last, extension)
        totals = sum_totals(counts.by_hour(span, zone_info, extension))
        [plain], short = counts.counted([span], extension), counts.counted_in_short(span, extension)
        assert replace(plain, talk_seconds=0, moods=short.moods) == short
        for one in (totals, plain):
            assert found == {
                "in": one.incoming,
                "out": one.outgoing,
                "internal": one.internal,
                "answered": one.answered,
                "missed": one.missed,
                "talk": one.talk_seconds,
            }
        assert dict(totals.sentiments) == moods
        assert totals.hours == tuple(Hour(*hours.get(hour, (0, 0, 0))) for hour in range(24))
        [by_week] = counts.calls_and_missed([span], extension)
        assert by_week == (found["in"] + found["out"] + found["internal"], found["missed"])
    callers, listed = shared.missed_calls.callers(span, listed=10)
    waiting = waiting_numbers(calls, said, span.start, span.end)
    assert {one.call.remote_number: one.tries for one in listed} == waiting
    assert callers == len(waiting)
    outside = [one for one in calls if span.start <= one[0] < span.end and one[1] != "internal"]
    assert {call.remote_number: n for call, n in counts.top_numbers(span, most=9)} == {
        number: sum(one[3] == number for one in outside)
        for _, _, _, number, *_ in outside
        if number
    }
    assert {one.name: one.talk_seconds for one in counts.by_person(span, most=9)} == {
        who: sum(
            one[5] or 0
            for one in outside
            if one[4] == who and one[2] in ("answered", "in progress")
        )
        for *_, who, _, _ in outside
        if who
    }


def test_older_calls_have_duration_and_sentiment_after_an_upgrade(tmp_path):
    store = Store.open(tmp_path / "bot.db")
    put_calls(store, [call_row("a", 1_000.0, seconds=77, sentiment="mixed")])
    store.database.write(_take_back_the_upgrade)
    store.close()
    again = Store.open(tmp_path / "bot.db")
    row = again.database.row("select seconds, sentiment from calls")
    again.close()
    assert tuple(row) == (77, "mixed")


def _take_back_the_upgrade(db):
    for statement in (
        "drop index calls_started",
        "drop index calls_by_extension",
        "alter table calls drop column seconds",
        "alter table calls drop column sentiment",
        "create index calls_started on calls (started_at, outcome, direction)",
        "create index calls_by_extension on calls (extension, started_at, outcome, direction)",
        "drop table digests",
        "drop table digest_plans",
        "drop index posts_of_digests",
        "delete from _sqlite_migrations where name = 'm005_digests'",
    ):
        db.execute(statement)


def test_a_daily_digest_compares_with_the_day_before_and_the_same_weekday(store):
    rows = [
        call_row(f"{back}-{n}", at(BERLIN, 2026, 11, 20 - back, 10) + n)
        for back, calls in ((0, 3), (1, 2), (7, 5))
        for n in range(calls)
    ]
    put_calls(store, rows)
    store.backfills.note_held([Interval(0.0, at(BERLIN, 2026, 11, 21))])
    store.key_values.set_moment(COVERED, at(BERLIN, 2026, 11, 21, 9))
    digest = maker_of(store).preview(plan_of(), at(BERLIN, 2026, 11, 21, 9))
    assert (digest.totals.calls, digest.before.calls, digest.week_before.calls) == (3, 2, 5)
    shown = json.dumps(render_digest(digest, locale=Locale()).blocks)
    assert "\\u25b2 1 vs. the day before" in shown
    assert "\\u25bc 2 vs. a week before" in shown
    assert "same as the day before" in shown
    assert "10 AM to 11 AM" in shown


def test_a_digest_says_if_calls_may_not_be_stored_and_compares_with_none(store):
    now = at(BERLIN, 2026, 11, 23, 9)
    plan = plan_of(cadence=Cadence.WEEKLY, weekdays=(0,))
    empty = maker_of(store).preview(plan, now)
    assert render_digest(empty, locale=Locale()).text == (
        "No calls in the week of Nov 16 to Nov 22, 2026 are stored."
    )
    put_calls(store, [call_row("a", at(BERLIN, 2026, 11, 18, 10))])
    store.backfills.note_held([Interval(at(BERLIN, 2026, 11, 17), now)])
    partial = maker_of(store).preview(plan, now)
    hint = "Some calls may not be stored. To fetch them, type `/calls 2026-11-16..2026-11-22`."
    assert hint in json.dumps(render_digest(partial, locale=Locale()).blocks)
    store.backfills.note_held([Interval(at(BERLIN, 2026, 11, 16), now)])
    store.key_values.set_moment(COVERED, now)
    whole = maker_of(store).preview(plan, now)
    assert "may not be stored" not in json.dumps(render_digest(whole, locale=Locale()).blocks)
    assert (whole.totals.calls, whole.before) == (1, None)


def test_a_weekly_digest_shows_the_weeks_before(store):
    rows = [
        call_row(f"{week}-{n}", at(BERLIN, 2026, 11, 18, 10) - week * 7 * DAY + n, outcome="missed")
        for week in range(10)
        for n in range(week + 1)
    ]
    put_calls(store, rows)
    store.backfills.note_held([Interval(0.0, at(BERLIN, 2026, 11, 23))])
    store.key_values.set_moment(COVERED, at(BERLIN, 2026, 11, 23, 9))
    plan = plan_of(cadence=Cadence.WEEKLY, weekdays=(0,), since=at(BERLIN, 2026, 11, 20))
    digest = maker_of(store).preview(plan, at(BERLIN, 2026, 11, 23, 9))
    assert [calls for _, calls, _ in digest.trend] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert digest.before.calls == 2
    maker_of(store).decide(plan, at(BERLIN, 2026, 11, 23, 9), {})
    [(name, _, _)] = digests_of(store)
    assert store.digests.find(name) == digest


def test_unlisted_callers_are_a_command_away():
    people = Missed("c", "Maria", None, None, has_voicemail=False, tries=1)
    digest = Digest("d", Cadence.DAILY, FRIDAY, BERLIN, Totals(incoming=9, missed=9), callers=9)
    shown = render_digest(replace(digest, missed=(people,)), locale=Locale())
    assert "8 more. To list them, type /calls 2026-11-20 missed" in json.dumps(shown.blocks)


def test_digest_shows_names_of_contacts_and_colleagues(store):
    store.people.replace([Person("u1", "Ana Torres", "101", None)])
    put_calls(
        store,
        [
            call_row("a", at(BERLIN, 2026, 11, 2, 10), name="Maria", extension="101"),
            call_row("b", at(BERLIN, 2026, 11, 2, 11), name="Maria", extension="102"),
        ],
    )
    digest = maker_of(store).preview(plan_of(), at(BERLIN, 2026, 11, 3, 9))
    assert digest.contacts == (TopContact("Maria", 2),)
    assert [one.name for one in digest.people] == ["Ana Torres", "ext. 102"]


def test_default_zone_is_the_companys_or_the_persons(store):
    assert maker_of(store).usual_plan(CHANNEL).zone == "UTC"
    store.people.set_company(Company("Acme", "Europe/Paris", ()))
    assert maker_of(store).usual_plan(CHANNEL).zone == "Europe/Paris"
    store.slack_people.replace([SlackPerson("U1", zone="UTC"), SlackPerson("U2")])
    assert [maker_of(store).usual_plan(one).zone for one in ("U1", "U2")] == ["UTC", "Europe/Paris"]
    store.people.set_company(Company("Acme", "Mars/Olympus", ()))
    assert maker_of(store).usual_plan(CHANNEL).zone == "UTC"


# What people read


names = st.text(max_size=200) | st.sampled_from([*HOSTILE_NAMES, "<!channel>", "*b*", "\u202eabc"])
big = st.integers(0, 10**7)
totals_made = st.builds(
    Totals,
    incoming=big,
    outgoing=big,
    internal=big,
    answered=big,
    missed=big,
    talk_seconds=big,
    hours=st.lists(st.builds(Hour, big, big, big), min_size=24, max_size=24).map(tuple),
    sentiments=st.lists(st.tuples(names, big), max_size=14).map(tuple),
)
digests_made = st.builds(
    Digest,
    digest_id=st.just("daily 2026-11-20/2026-11-20 C1"),
    cadence=st.sampled_from(Cadence),
    period=st.just(Period(date(2026, 11, 20), date(2026, 11, 22))),
    zone=st.just(BERLIN),
    totals=totals_made,
    before=st.none() | totals_made,
    week_before=st.none() | totals_made,
    callers=st.integers(1, 10**6),
    missed=st.lists(
        st.builds(
            Missed,
            st.just("call-1"),
            names,
            st.none() | names,
            st.none() | st.just(1.8e9),
            st.booleans(),
            big,
        ),
        max_size=6,
    ).map(tuple),
    people=st.lists(st.builds(PersonTotals, names, big, big, big, big), max_size=15).map(tuple),
    contacts=st.lists(st.builds(TopContact, names, big), max_size=5).map(tuple),
    trend=st.lists(st.tuples(st.just(date(2026, 11, 16)), big, big), max_size=1).map(tuple),
    per_person=st.booleans(),
    is_personal=st.booleans(),
    skipped=big,
    next_run=st.none() | st.just(1.8e9),
)


@given(digests_made)
def test_any_digest_is_valid_and_escaped(digest):
    message = render_digest(digest, locale=Locale(), may_be_a_repeat=True)
    assert len(message.text) < 1_000
    for blocks in (message.blocks, message.plain_blocks, message.without({"table"})):
        assert check_blocks(blocks, "message") == []
        assert len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) <= 13_200
    marked = [text for text in _texts(message.blocks) if text["type"] == "mrkdwn"]
    assert not any("<!channel>" in text["text"] or "<@" in text["text"] for text in marked)
    types = {block["type"] for block in message.plain_blocks}
    assert not types & {"table", "data_visualization"}


def _texts(value):
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


FRIDAY = Period(date(2026, 11, 20), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("cadence", "period", "words"),
    [
        (Cadence.DAILY, FRIDAY, "A quiet day: no calls on Fri, Nov 20, 2026."),
        (
            Cadence.DAILY,
            Period(date(2026, 11, 20), date(2026, 11, 22)),
            "A quiet day: no calls from Fri, Nov 20 to Sun, Nov 22, 2026.",
        ),
        (
            Cadence.WEEKLY,
            Period(date(2026, 12, 28), date(2027, 1, 3)),
            "A quiet week: no calls in the week of Dec 28, 2026 to Jan 3, 2027.",
        ),
        (
            Cadence.MONTHLY,
            Period(date(2026, 10, 1), date(2026, 10, 31)),
            "A quiet month: no calls in October 2026.",
        ),
    ],
)
def test_a_quiet_day_is_one_sentence_and_no_empty_table(cadence, period, words):
    digest = Digest("d", cadence, period, BERLIN, Totals(), before=Totals(incoming=3))
    message = render_digest(digest, locale=Locale())
    assert message.text == words
    assert [block["type"] for block in message.blocks] == ["section", "context"]


@pytest.mark.parametrize(
    ("totals", "callers", "words"),
    [
        (
            Totals(incoming=30, outgoing=12, answered=26, missed=4),
            2,
            (
                "42 calls, 30 in and 12 out; 87% answered. 4 missed."
                " 2 callers haven't been called back."
            ),
        ),
        (Totals(incoming=1, answered=1), 0, "1 call, 1 in; 100% answered. None missed."),
        (Totals(outgoing=2), 0, "2 calls, 2 out. None missed."),
        (
            Totals(incoming=1, missed=1),
            0,
            "1 call, 1 in; 0% answered. 1 missed. All callers were called back.",
        ),
    ],
)
def test_notification_is_a_sentence_with_the_totals(totals, callers, words):
    digest = Digest("d", Cadence.DAILY, FRIDAY, BERLIN, totals, callers=callers)
    assert sentence(digest) == f"Digest for Fri, Nov 20, 2026: {words}"


# What people type

ZONES = available_timezones()
DAILY = {"cadence": "daily"}


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        (
            "on weekdays 8:30 Europe/Berlin",
            {"cadence": "daily", "weekdays": WEEKDAYS, "minute": 510, "zone": BERLIN},
        ),
        ("on weekly mon 9:00", {"cadence": "weekly", "weekdays": (0,), "minute": 540}),
        (
            "on every Monday at 9 am berlin",
            {"cadence": "daily", "weekdays": (0,), "minute": 540, "zone": BERLIN},
        ),
        (
            "on monthly 17.45 europe/berlin people",
            {"cadence": "monthly", "minute": 1065, "zone": BERLIN, "per_person": True},
        ),
        ("on daily 12am", {"cadence": "daily", "weekdays": EVERY_DAY, "minute": 0}),
        ("on mon, wed,fri 12pm", {"cadence": "daily", "weekdays": (0, 2, 4), "minute": 720}),
        ("on sat-mon 8h30", {"cadence": "daily", "weekdays": (0, 5, 6), "minute": 510}),
        ("off", {}),
        ("", {}),
        ("on 8 a.m.", {"minute": 480}),
        ("on every day at 8 in the morning", {"minute": 480, "weekdays": EVERY_DAY, **DAILY}),
        ("on 8 o’clock", {"minute": 480}),
        ("on half past eight", {"minute": 510}),
        ("on 0830", {"minute": 510}),
        ("on noon", {"minute": 720}),
        ("on ８：３０", {"minute": 510}),
        ("on “weekdays” ‘8:30’", {"minute": 510, "weekdays": WEEKDAYS, **DAILY}),
        ("on monday to friday 9", {"minute": 540, "weekdays": WEEKDAYS, **DAILY}),
        ("on monday, wednesday and friday", {"weekdays": (0, 2, 4), **DAILY}),
        ("on every week", {"cadence": "weekly"}),
        ("on once a week on friday", {"cadence": "weekly", "weekdays": (4,)}),
        ("on every month", {"cadence": "monthly"}),
        ("on the first of the month", {"cadence": "monthly"}),
        ("on 8:30 america/new york", {"minute": 510, "zone": "America/New_York"}),
        ("on 8:30 Berlin time", {"minute": 510, "zone": BERLIN}),
        ("on per person", {"per_person": True}),
    ],
)
def test_digest_commands_are_parsed(typed, changes):
    assert parse_digest_command(typed.split(), ZONES).changes == changes


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("on 25:00", "“25:00” isn't a time of day"),
        ("on 8:75", "isn't a time of day"),
        ("on 13pm", "isn't a time of day"),
        ("on Europe/Berln", "Did you mean Europe/Berlin?"),
        ("on Mars/Olympus", "Unknown time zone “Mars/Olympus”."),
        ("on 8am east", "Unknown time zone “east”. Did you mean America/New_York?"),
        ("on 8am north", "Unknown time zone “north”. Did you mean Australia/North?"),
        ("on 8am San Juan", "Did you mean America/Argentina/San_Juan or America/Puerto_Rico?"),
        ("on montag 8:30", "“montag” isn't a day, a time, or a time zone. Use mon, tue"),
        ("on lundi", "isn't a day"),
        ("on weekly mon tue", "on one day"),
        ("on monthly mon", "first of the month"),
        ("weekdays 8:30", "Add on, off, now, or preview"),
        ("stop", "Did you mean /vocatech digest off?"),
        ("previw", "Did you mean /vocatech digest preview?"),
        ("onn", "Did you mean /vocatech digest on?"),
        ("on weekdys", "Did you mean weekdays?"),
        ("on wensday", "Did you mean wednesday?"),
        ("on 8:30 9:30", "“9:30” is a second time"),
        ("on daily weekly", "choose one"),
        ("preview yesterday morning", "isn't whole days"),
        ("preview until friday", "isn't whole days"),
        ("preview tomorrow", "in the future"),
        ("preview 3 years", "more than a year"),
    ],
)
def test_unclear_words_are_refused_with_an_example(typed, words):
    with pytest.raises(NotUnderstood) as told:
        parse_digest_command(typed.split(), ZONES, today=date(2026, 11, 29))
    assert words in told.value.reason
    assert told.value.example.startswith("/vocatech digest")
    parse_digest_command(told.value.example.split()[2:], ZONES, today=date(2026, 11, 29))


@pytest.mark.parametrize(
    ("typed", "first", "last", "cadence"),
    [
        ("preview yesterday", 28, 28, "daily"),
        ("preview last week", 16, 22, "weekly"),
        ("preview friday", 27, 27, "daily"),
        ("preview nov 2-4 people", 2, 4, "daily"),
        ("preview last 3 days me", 27, 29, "daily"),
        ("preview this month", 1, 29, "daily"),
    ],
)
def test_a_preview_may_name_its_days(typed, first, last, cadence):
    found = parse_digest_command(typed.split(), ZONES, today=date(2026, 11, 29)).period
    assert (found.first, found.last) == (date(2026, 11, first), date(2026, 11, last))
    assert cadence_of(found) == cadence
    assert cadence_of(Period(date(2026, 10, 1), date(2026, 10, 31))) == "monthly"


@given(
    st.lists(
        st.text(max_size=12)
        | st.sampled_from(
            [
                "on",
                "off",
                "now",
                "preview",
                "me",
                "weekly",
                "daily",
                "mon-fri",
                "8:30",
                "25:00",
                "UTC",
                "/",
                "..",
                "-",
                "am",
                "per",
            ]
        ),
        max_size=6,
    )
)
def test_any_words_are_parsed_or_refused(words):
    try:
        wish = parse_digest_command(words, {"Europe/Berlin", "UTC"})
    except NotUnderstood as told:
        assert told.example  # noqa: PT017 (it need not be raised)
    else:
        plan = wish.applied_to(plan_of("UTC"))
        assert 0 <= plan.minute < 1440
        assert next_run(plan, 1.8e9) > 1.8e9
