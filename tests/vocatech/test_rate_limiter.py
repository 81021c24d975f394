"""The rate limiter: below every limit, across restarts and processes, people first."""

import itertools

import httpx
import pytest

from bot.errors import KeyRefused, OutcomeUnknown, RequestRefused, TooManyRequests, Unavailable
from bot.server.rate_limit import RateLimit
from bot.store.database.connection import Database
from bot.store.request_log import RequestLog
from bot.vocatech.rate_limiter import REQUESTS, RESERVED_FOR_PEOPLE, SENDS
from tests.support.api_client import MadeTime, always, make_client

US = "+12125550100"
THEM = "+12125550199"
NOBODY = always(200, json={"users": []})


def test_requests_are_counted_across_a_restart(tmp_path):
    few = RateLimit("few", 2, 10.0)
    for moment in (100.0, 101.0):
        database = Database(tmp_path / "bot.db")
        assert RequestLog(database).take([few], now=moment) == 0
        database.close()
    database = Database(tmp_path / "bot.db")
    ledger = RequestLog(database)
    assert ledger.take([few], now=104.0) == pytest.approx(6.0)
    assert ledger.wait([few], now=104.0) == pytest.approx(6.0)
    assert ledger.used(few, now=104.0) == 2
    assert ledger.take([few], now=110.5) == 0
    database.close()


def test_a_request_over_one_limit_counts_against_neither(ledger):
    wide, narrow = RateLimit("wide", 5, 10.0), RateLimit("narrow", 1, 10.0)
    assert ledger.take([wide, narrow], now=0.0) == 0
    assert ledger.take([wide, narrow], now=1.0) == pytest.approx(9.0)
    assert ledger.used(wide, now=1.0) == 1


def test_a_clock_set_back_far_resets_the_log(ledger):
    few = RateLimit("few", 1, 10.0)
    ledger.take([few], now=5_000.0)
    assert ledger.take([few], now=100.0) == 0


def test_background_requests_leave_a_third_of_the_minute_to_people(client_for):
    time, asked = MadeTime(), []

    def answer(_):
        asked.append(time.seconds)
        return httpx.Response(200, json={"users": []})

    client = client_for(answer, time=time)
    for _ in range(REQUESTS.most - RESERVED_FOR_PEOPLE):
        list(client.users.all())
    assert asked[-1] == asked[0]
    for _ in range(RESERVED_FOR_PEOPLE):
        list(client.interactive.users.all())
    assert asked[-1] == asked[0]
    list(client.users.all())
    assert asked[-1] - asked[0] >= 60


def test_interactive_requests_fail_with_the_wait_time(client_for):
    client = client_for(NOBODY).interactive
    for _ in range(REQUESTS.most):
        list(client.users.all())
    assert client.quota_left() == 0
    with pytest.raises(TooManyRequests) as refused:
        list(client.users.all())
    assert 55 < refused.value.retry_after <= 61


def test_the_time_until_a_send_is_known_without_waiting(client_for):
    client = client_for(always(201, json={"status": "created"})).interactive
    for left in (5, 4, 3, 2, 1):
        assert client.messages.seconds_until_send() == 0
        assert client.messages.sends_left() == left
        client.messages.send("Hello", to=THEM, sender=US)
    assert client.messages.sends_left() == 0
    assert 590 < client.messages.seconds_until_send() <= 601
    with pytest.raises(TooManyRequests):
        client.messages.send("Hello", to=THEM, sender=US)


def test_sends_are_counted_across_a_restart(ledger):
    for _ in range(SENDS.most):
        client = make_client(always(201), ledger)
        client.interactive.messages.send("Hello", to=THEM, sender=US)
    assert make_client(always(201), ledger).messages.sends_left() == 0


def test_a_rejected_key_blocks_requests_and_is_then_retried_once(client_for):
    time, asked = MadeTime(), []

    def answer(_):
        asked.append(1)
        return httpx.Response(401)

    client = client_for(answer, time=time)
    for _ in range(50):
        with pytest.raises(KeyRefused):
            list(client.users.all())
        with pytest.raises(KeyRefused):
            client.interactive.settings.company()
    assert len(asked) == 1
    time.seconds += 301
    with pytest.raises(KeyRefused):
        list(client.users.all())
    assert len(asked) == 2


def test_a_restored_key_is_used_again(client_for):
    time = MadeTime()
    answers = iter([httpx.Response(401), *[httpx.Response(200, json={"users": []})] * 2])
    client = client_for(lambda _: next(answers), time=time)
    with pytest.raises(KeyRefused):
        list(client.users.all())
    time.seconds += 301
    assert list(client.users.all()) == []


def test_only_background_requests_are_retried(client_for):
    asked = []

    def answer(_):
        asked.append(1)
        return httpx.Response(503) if len(asked) < 3 else httpx.Response(200, json={"users": []})

    client = client_for(answer)
    with pytest.raises(Unavailable):
        list(client.interactive.users.all())
    assert len(asked) == 1
    assert list(client.users.all()) == []
    assert len(asked) == 3


def test_without_retry_after_each_429_doubles_the_wait(client_for):
    time, asked = MadeTime(), []

    def answer(_):
        asked.append(time.seconds)
        return httpx.Response(429)

    with pytest.raises(TooManyRequests):
        list(client_for(answer, time=time).users.all())
    waits = [later - earlier for earlier, later in itertools.pairwise(asked)]
    for number, wait in enumerate(waits, 1):
        assert 5 * 2**number <= wait <= 10 * 2**number


# Sending


def raising(error):
    def answer(_):
        raise error

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        raising(httpx.ReadTimeout("slow")),
        raising(httpx.ReadError("reset")),
        raising(httpx.WriteError("broken")),
        raising(httpx.RemoteProtocolError("closed")),
        always(500),
        always(502, text="<html>"),
        always(302, headers={"Location": "https://elsewhere.example/"}),
        always(200, text="<html>sent?</html>"),
        always(201, text='{"status": "crea'),
    ],
)
def test_a_send_without_a_valid_response_has_an_unknown_outcome(client_for, answer):
    asked = []

    def count(request):
        asked.append(request)
        return answer(request)

    with pytest.raises(OutcomeUnknown):
        client_for(count).messages.send("Hi", to=THEM, sender=US)
    assert len(asked) == 1, "a text was sent twice"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (raising(httpx.ConnectError("refused")), Unavailable),
        (raising(httpx.ConnectTimeout("slow")), Unavailable),
        (always(422, json={"error": {"message": "no such number"}}), RequestRefused),
        (always(429), TooManyRequests),
        (always(401), KeyRefused),
    ],
)
def test_a_rejected_send_was_not_sent(client_for, answer, error):
    with pytest.raises(error):
        client_for(answer).messages.send("Hi", to=THEM, sender=US)


@pytest.mark.parametrize("message", ["", "x" * 1_601])
def test_an_empty_or_oversized_text_is_not_sent(client_for, message):
    with pytest.raises(RequestRefused):
        client_for(raising(AssertionError)).messages.send(message, to=THEM, sender=US)
