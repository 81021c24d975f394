"""Backfill imports every past call once and lists what it left out."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.cli.main import main
from bot.clock import Clock
from bot.errors import KeyRefused, Stopped
from bot.intervals import Interval, cut, missing
from bot.models.calls import add_report
from bot.models.rules import DefaultRoutes
from bot.models.sync import BackfillRequest, PostMode
from bot.rules.router import Router
from bot.sandbox.company.model import make_call, make_company, make_history
from bot.sandbox.faults import Fault
from bot.sandbox.vocatech.call_model import stamp
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.quotas import Quotas
from bot.store import Store
from bot.store.database.connection import BUSY_SECONDS_OF_COMMANDS
from bot.store.ingest import Hold
from bot.sync.backfill import Backfill
from bot.sync.messages import render_backfill_summary
from bot.ui.formatting import Locale, full_date
from bot.vocatech.events import read_listed_call
from tests.conftest import CHANNEL, wait_for
from tests.support import http
from tests.support.api_client import MadeTime, make_client

pytestmark = pytest.mark.calendar

DAY = 86_400.0
DAYS = 200
COMPANY = make_company(1)


def days_ago(days, hour=0):
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days)


@pytest.fixture(scope="module")
def history():
    """Calls of half a year, none from the last days."""
    return make_history(COMPANY, seed=3, now=days_ago(4, 12), days=DAYS, a_day=2)


@pytest.fixture
def past(history):
    """A fake Vocatech with these calls and without rate limits."""
    with FakeVocatech(quotas=False, company=COMPANY) as stand_in:
        for call in history:
            stand_in.add_call(call)
        yield stand_in


@pytest.fixture
def open_store(open_new, tmp_path):
    with contextlib.ExitStack() as stack:

        def open_one(name="bot.db"):
            file = tmp_path / name
            if not file.exists():
                open_new(file).close()
            store = Store.open(file, patience=BUSY_SECONDS_OF_COMMANDS)
            stack.callback(store.close)
            return store

        yield open_one


def started(call):
    return datetime.fromisoformat(call["start_time"]).timestamp()


@pytest.fixture
def client_of():
    """Return a client of a fake Vocatech over HTTP."""
    with contextlib.ExitStack() as stack:

        def make(stand_in, store, made=None):
            headers = {"Authorization": f"Bearer {stand_in.key}"}
            headers["Content-Type"] = "application/json"
            outside = http.Client(headers=headers)
            stack.callback(outside.close)

            def pass_on(request):
                answer = outside.get(request.url)
                return httpx.Response(answer.status_code, content=answer.content)

            return make_client(pass_on, store.request_log, made or MadeTime(), api=stand_in.api_url)

        yield make


def make_backfill(vocatech, store, *, days=DAYS + 10, posting=PostMode.NONE, **changes):
    given = {
        "order": BackfillRequest(days_ago(days).timestamp(), posting),
        "vocatech": vocatech,
        "store": store,
        "router": Router(store, DefaultRoutes(CHANNEL)),
        "clock": Clock(),
        "region": "US",
        "is_stopping": lambda: False,
    }
    return Backfill(**{**given, **changes})


def contents(store):
    rows = store.database.rows("select call_id, version, facts, hold from calls")
    return {row["call_id"]: (row["version"], row["facts"], row["hold"]) for row in rows}


def expected(calls, hold=Hold.QUIET):
    reports = [read_listed_call(call, region="US").report for call in calls]
    return {one.call_id: (1, json.dumps(add_report({}, one)), hold) for one in reports}


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_every_call_since_a_day_is_stored_in_any_time_zone(
    past, history, open_store, zone, client_of
):
    past.calls.zone = ZoneInfo(zone)
    store = open_store()
    since = days_ago(100).timestamp()
    result = make_backfill(client_of(past, store), store, days=100).run()
    assert contents(store) == expected(call for call in history if started(call) >= since)
    assert result.taken_in == result.new == len(contents(store))
    assert not result.left_out
    assert not result.unreadable


def test_a_second_run_imports_nothing_new(past, history, open_store, client_of):
    store = open_store()
    client = client_of(past, store)
    assert make_backfill(client, store).run().new == len(history)
    before = contents(store)
    again = make_backfill(client, store).run()
    assert (again.taken_in, again.new) == (len(history), 0)
    assert contents(store) == before


def test_a_known_call_keeps_its_state_and_cards(past, history, open_store, client_of):
    store = open_store()
    shown, held = (read_listed_call(call, region="US") for call in history[:2])
    store.calls.save_all([(shown, None), (held, Hold.LATE)], now=time.time())
    make_backfill(client_of(past, store), store).run()
    found = contents(store)
    assert found[shown.report.call_id][2] is None
    assert found[held.report.call_id][2] == Hold.LATE
    assert make_backfill(client_of(past, store), store, posting=PostMode.ALL).run().new == 0
    assert contents(store) == found


def test_calls_still_to_be_announced_are_left_to_polling(
    slack, vocatech, start_bot, open_store, client_of
):
    just_now = vocatech.ring(ago=300, quiet=True).answer(after=5).hang_up(after=60)
    vocatech.calls.lists_live_calls = True
    vocatech.ring(ago=20, quiet=True)
    long_ago = make_call(random.Random(1), COMPANY, at=days_ago(30))
    vocatech.add_call(long_ago)
    store = open_store()
    make_backfill(client_of(vocatech, store), store).run()
    holds = {call_id: hold for call_id, (_, _, hold) in contents(store).items()}
    assert holds.pop(long_ago["call_id"]) == Hold.QUIET
    assert list(holds.values()) == [Hold.LATE, Hold.LATE]
    start_bot()
    wait_for(lambda: slack.posted_call_ids(CHANNEL) == [just_now.id])


def starting(past, folder, *words):
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_DEFAULT_CHANNEL": CHANNEL,
        "VOCATECH_API_KEY": past.key,
        "VOCATECH_API_URL": past.api_url,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "backfill", "--since", f"{DAYS + 10}d", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_and_resumed_backfill_has_the_same_result_and_one_summary(
    past, history, open_store, tmp_path, slack, start_bot
):
    slow = past.faults.add(Fault(path="/calls", delay=0.15))
    asked = 0
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = starting(past, tmp_path, "--post", "summary")
        asked = len(past.requests)
        wait_for(lambda asked=asked: len(past.requests) >= asked + 2)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "To continue, run: vocatech-slack backfill --since 20" in said
    first_days = [seen.query["start_date"] for seen in past.requests]
    assert len(set(first_days)) > 2
    assert first_days == sorted(first_days)
    slow.delay = 0.0
    done = starting(past, tmp_path, "--post", "summary")
    told, said = done.communicate(timeout=60)
    assert done.returncode == 0, said
    assert f"Imported {len(history)} calls from " in told
    assert f"to now; {len(history)} new." in told
    assert " days, " in said
    assert not re.search("of 21[01] days", said)  # it continued where it stopped
    assert contents(open_store()) == expected(history)
    start_bot()
    wait_for(lambda: slack.messages(CHANNEL))
    time.sleep(0.3)
    (message,) = slack.messages(CHANNEL)
    assert f"Imported {len(history)} earlier calls from " in message["text"]


def test_a_summary_counts_the_calls_of_each_channel_once(
    past, history, open_store, slack, start_bot, client_of
):
    bot = start_bot()
    store = open_store()
    line = history[0]["group_number"]
    router = Router(store, DefaultRoutes(CHANNEL, {line: "C0CALLS002"}))
    slack.add_channel("C0CALLS002", "two")
    backfill = make_backfill(client_of(past, store), store, posting=PostMode.SUMMARY, router=router)
    begun = store.backfills.begin(backfill.order.name, now=time.time(), known=0)
    backfill.run()
    # As if it had been killed just before it was done:
    store.backfills.begin(backfill.order.name, now=begun.began, known=0)
    backfill.run()
    bot.bot.workers.wake()
    (one,) = wait_for(lambda: slack.messages(CHANNEL))
    (two,) = wait_for(lambda: slack.messages("C0CALLS002"))
    for message, calls in (
        (one, [call for call in history if call.get("group_number") != line]),
        (two, [call for call in history if call.get("group_number") == line]),
    ):
        reports = [store.calls.find(call["call_id"]) for call in calls]
        incoming = sum(call["direction"] == "incoming" for call in calls)
        missed = sum(call.needs_a_call_back for call in reports)
        assert message["text"].startswith(f"Imported {len(calls)} earlier calls from ")
        assert f": {incoming} incoming and {len(calls) - incoming} outgoing." in message["text"]
        assert message["text"].endswith(f" {missed} were missed.")
    wait_for(lambda: bot.metric("messages_posted_total") == 2)


def test_post_all_gives_each_new_call_a_card_and_none_gives_no_cards(
    vocatech, open_store, slack, start_bot, client_of
):
    calls = [make_call(random.Random(n), COMPANY, at=days_ago(10 + n)) for n in range(4)]
    vocatech.add_call(calls[0])
    vocatech.add_call(calls[1])
    bot = start_bot()
    store = open_store()
    client = client_of(vocatech, store)
    make_backfill(client, store, posting=PostMode.NONE).run()
    vocatech.add_call(calls[2])
    vocatech.add_call(calls[3])
    everything = make_backfill(client, store, posting=PostMode.ALL)
    assert everything.count_remaining() == 4
    everything.run()
    bot.bot.workers.wake()
    wait_for(lambda: len(slack.messages(CHANNEL)) > 1)
    time.sleep(0.2)
    assert sorted(slack.posted_call_ids(CHANNEL)) == sorted(c["call_id"] for c in calls[2:])


def answer_from(calls, *, broken=lambda first: None, limit=None):
    """Respond like the API, except for broken slices."""

    def answer(request):
        query = request.url.params
        if problem := broken(query["start_date"]):
            return problem
        within = [
            call
            for call in calls
            if query["start_date"] <= call["start_time"][:10] <= query["end_date"]
        ]
        size, page = limit or int(query["limit"]), int(query["page"])
        rows = within[(page - 1) * size : page * size]
        pages = -(-len(within) // size)
        meta = {"total_pages": pages, "total_calls": len(within)}
        return httpx.Response(200, json={"calls": rows, "meta": meta})

    return answer


def make_made_backfill(answer, store, **changes):
    made = MadeTime()
    made.seconds = time.time()
    client = make_client(answer, store.request_log, made)
    return make_backfill(client, store, clock=made.clock, **changes)


BROKEN = [
    httpx.Response(503, text="<html>down</html>"),
    httpx.Response(200, text="<html>hello</html>"),
    httpx.Response(200, text='{"calls": [{"call_id": "c'),
    httpx.Response(404),
]


@pytest.mark.parametrize("problem", BROKEN)
def test_a_failed_slice_is_listed_and_only_it_is_retried(history, open_store, problem):
    asked, store = [], open_store()
    begin = days_ago(DAYS + 10)
    third = (begin + timedelta(days=2 * 28 - 1)).date().isoformat()
    is_broken = True

    def broken(first):
        asked.append(first)
        return problem if is_broken and first == third else None

    run = make_made_backfill(answer_from(history, broken=broken), store).run
    result = run()
    piece = Interval(
        (begin + timedelta(days=56)).timestamp(), (begin + timedelta(days=84)).timestamp()
    )
    assert list(result.left_out) == [piece]
    assert contents(store) == expected(
        call for call in history if not piece.start <= started(call) < piece.end
    )
    assert result.taken_in == result.new == len(contents(store))
    # Vocatech's own refusal is not asked about again.
    assert asked.count(third) == (1 if problem.status_code == 404 else 8)
    is_broken = False
    asked.clear()
    assert run().left_out == {}
    assert asked[0] == third
    assert len(set(asked)) <= 2  # that slice, and the newest time
    assert contents(store) == expected(history)


def test_without_responses_a_backfill_ends_early_and_keeps_the_rest(open_store):
    asked, store = [], open_store()

    def answer(request):
        asked.append(request)
        raise httpx.ConnectError("down")

    result = make_made_backfill(answer, store, days=3_000).run()
    assert len(result.left_out) == -(-3_000 // 28) + (len(result.left_out) == 109)
    assert len(asked) == 2 * 3 * 4


def test_a_repeating_or_endless_list_ends(history, open_store):
    store = open_store()
    row = history[-1]
    number = itertools.count()

    def sign_anew(_):
        rows = [{**row, "link": next(number)}]
        return httpx.Response(200, json={"calls": rows, "meta": {"total_pages": 10**9}})

    assert not make_made_backfill(sign_anew, store, days=20).run().left_out
    assert contents(store) == expected([row])

    class NoLimit:
        def take(self, allowances, *, now):
            return 0.0

    def endless(_):
        return httpx.Response(200, json={"calls": [{**row, "call_id": f"c{next(number)}"}]})

    client = make_client(endless, NoLimit())
    (reason,) = make_backfill(client, open_store("two.db"), days=20).run().left_out.values()
    assert "does not end" in str(reason)


def test_unreadable_rows_are_counted(history, open_store):
    store = open_store()
    odd = [{**history[-1], "call_id": None}, {**history[-2], "start_time": "soon"}, 7]
    calls = [*history[:-2]]

    def answer(request):
        found = answer_from(calls)(request).json()
        return httpx.Response(200, json={**found, "calls": [*found["calls"], *odd]})

    result = make_made_backfill(answer, store).run()
    assert result.unreadable == 3
    assert contents(store) == expected(calls)


def test_a_stop_ends_it_between_pages_and_a_rejected_key_immediately(history, open_store):
    store = open_store()
    asked = []

    def answer(request):
        asked.append(request)
        return answer_from(history)(request)

    with pytest.raises(Stopped):
        make_made_backfill(answer, store, is_stopping=lambda: len(asked) > 2).run()
    assert len(asked) == 3
    with pytest.raises(KeyRefused):
        make_made_backfill(lambda _: httpx.Response(401), store).run()
    assert make_made_backfill(answer, store).run().new == len(history)


def test_the_rate_limit_is_used_to_95_percent_and_never_exceeded(open_store):
    begin = days_ago(560)
    calls = [
        {
            "call_id": f"c{n}",
            "direction": "incoming",
            "status": "answered",
            "start_time": stamp(begin + timedelta(days=n * 560 / 1000)),
            "end_time": stamp(begin + timedelta(days=n * 560 / 1000, seconds=60)),
        }
        for n in range(1_000)
    ]
    made, asked, store = MadeTime(), [], open_store()
    made.seconds = time.time()

    def answer(request):
        asked.append(made.seconds)
        # A twentieth of twenty thousand calls, in pages of a twentieth of the size.
        return answer_from(calls, limit=25)(request)

    client = make_client(answer, store.request_log, made)
    make_backfill(client, store, days=560, clock=made.clock).run()
    assert len(contents(store)) == 1_000
    assert len(asked) >= 40
    assert all(after - before >= 60 for before, after in zip(asked, asked[30:], strict=False))
    best = (len(asked) - 1) // 30 * 60
    assert best / (asked[-1] - asked[0]) >= 0.95


def test_two_processes_share_the_rate_limit(history, open_store, client_of):
    made = MadeTime()
    with FakeVocatech(company=COMPANY) as stand_in:
        strict = Quotas()

        class InMadeTime:
            def refuse(self, method, family, _):
                return strict.refuse(method, family, made.seconds)

        stand_in.quotas = InMadeTime()
        for call in history:
            stand_in.add_call(call)
        # Two objects over one file, like two processes.
        clients = [client_of(stand_in, open_store(), made) for _ in range(2)]
        day = days_ago(10).date()
        for turn in range(50):
            for client in clients:
                list(client.calls.between(day + timedelta(days=turn % 5), day + timedelta(days=6)))
        assert stand_in.counts["GET /v1/calls 200"] == 100
        assert stand_in.counts["429"] == 0
        assert made.seconds - 1_800_000_000 < 4 * 61


@pytest.fixture
def in_terminal(past, tmp_path, monkeypatch, capsys):
    """Return a function that runs the command: its exit code and output."""
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_DEFAULT_CHANNEL": CHANNEL,
        "VOCATECH_API_KEY": past.key,
        "VOCATECH_API_URL": past.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }.items():
        monkeypatch.setenv(name, value)

    def give(*words):
        code = main(["backfill", *words])
        return code, capsys.readouterr()

    return give


def test_the_output_lists_failed_days(in_terminal, past, history):
    past.faults.add(Fault(path="/calls", status=422, body={"error": "not so far back"}, times=1))
    code, said = in_terminal("--since", days_ago(210).date().isoformat(), "--post", "summary")
    assert code == 1
    day = days_ago(210)
    first = full_date(day)
    assert f"  - {first} to " in said.err
    assert "422: not so far back" in said.err
    assert f"--since {day.date().isoformat()} --post summary" in said.err
    assert ", except for the days listed above; " in said.out
    code, said = in_terminal("--since", days_ago(210).date().isoformat(), "--post", "summary")
    assert code == 0
    assert f"Imported {len(history)} calls from {first} to now; " in said.out
    assert "next start" in said.out


def test_post_all_prints_the_expected_duration(in_terminal, history):
    code, said = in_terminal("--since", "30w", "--post", "all")
    assert code == 0
    assert f"{len(history)} calls remain" in said.err
    assert "one card per second in each channel: " in said.err


def test_a_rejected_key_ends_it_with_the_remedy(in_terminal, past):
    past.key_state = "revoked"
    code, said = in_terminal("--since", "2w")
    assert code == 1
    assert "Create a new one in its admin portal" in said.err
    assert "To continue, run: " in said.err


@pytest.mark.parametrize("day", ["2999-01-01", "1999-12-31", "2026-02-30", "soon", "0d", "9999w"])
def test_an_invalid_day_is_a_usage_error(in_terminal, day, capsys):
    with pytest.raises(SystemExit) as end:
        in_terminal("--since", day)
    assert end.value.code == 2
    assert day in capsys.readouterr().err


def test_a_terminal_shows_a_progress_bar(in_terminal, history, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, said = in_terminal("--since", "30w")
    assert code == 0
    assert re.search("of 21[01] days", said.err)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (
            {"incoming": 1, "missed": 1},
            "1 earlier call from May 1, 2026: 1 incoming. It was missed.",
        ),
        ({"outgoing": 1, "missed": 0}, "1 earlier call from May 1, 2026: 1 outgoing. It wasn't"),
        (
            {"incoming": 2, "missed": 1},
            "2 earlier calls from May 1, 2026: 2 incoming. 1 was missed",
        ),
        (
            {"incoming": 1_500, "outgoing": 20, "internal": 3, "missed": 1_001},
            "1,523 earlier calls from May 1, 2026: 1,500 incoming, 20 outgoing, and 3 internal. ",
        ),
    ],
)
def test_summary_wording(counts, words):
    day = datetime(2026, 5, 1, tzinfo=UTC).timestamp()
    message = render_backfill_summary(
        "n", since=day, until=day + 3600, counts=counts, locale=Locale()
    )
    assert message.text.startswith(f"Imported {words}")


def test_missing_intervals_are_those_not_done():
    whole = Interval(0, 100)
    done = [Interval(40, 60), Interval(-5, 10), Interval(10, 20), Interval(90, 120)]
    assert list(missing(whole, done)) == [Interval(20, 40), Interval(60, 90)]
    assert list(missing(whole, [])) == [whole]
    assert list(missing(whole, [Interval(0, 100)])) == []
    assert list(cut(Interval(0, 25), 10)) == [Interval(0, 10), Interval(10, 20), Interval(20, 25)]
