"""The API client: rate limits, pages, and errors for invalid responses."""

import json
from datetime import date

import httpx
import pytest

from bot.errors import (
    KeyExpired,
    KeyRefused,
    NotFound,
    RequestRefused,
    TooManyRequests,
    Unavailable,
)
from bot.vocatech.http import MOST_ANSWER_BYTES
from tests.support.api_client import MadeTime, always

DAY = date(2026, 11, 23)


@pytest.fixture
def calls(client_for):
    def ask(answer):
        pages = client_for(answer).calls.between(DAY, DAY)
        return [row for page in pages for row in page.rows]

    return ask


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (always(401), KeyRefused),
        (always(401, json={"error": {"code": "key_expired"}}), KeyExpired),
        (always(401, json={"code": "TOKEN_EXPIRED"}), KeyExpired),
        (always(401, json={"message": "invalid key"}), KeyRefused),
        (always(403, json={"error": "no"}), RequestRefused),
        (always(404), NotFound),
        (always(422, json={"error": "bad date"}), RequestRefused),
        (always(429, headers={"Retry-After": "7"}), TooManyRequests),
        (always(500), Unavailable),
        (always(503, text="<html>down</html>"), Unavailable),
        (always(200, text="<html>hello</html>"), Unavailable),
        (always(200, text='{"calls": [{"call_id": "c'), Unavailable),
        (always(200, json=[]), Unavailable),
        (always(200, json={"calls": "none"}), Unavailable),
        (always(204), Unavailable),
        (always(302, headers={"Location": "https://evil.example/"}), Unavailable),
        (always(200, content=b"[" * 200_000), Unavailable),
    ],
)
def test_an_invalid_response_raises_its_error(calls, answer, error):
    with pytest.raises(error):
        calls(answer)


def test_a_lost_connection_is_unavailable(calls):
    def broken(_):
        raise httpx.ReadTimeout("slow")

    with pytest.raises(Unavailable, match="the response timed out"):
        calls(broken)


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [("7", 7, 7), ("soon", 10, 20), ("-3", 1, 1), ("1e9", 3600, 3600), ("nan", 1, 20)],
)
def test_retry_after_blocks_all_requests(client_for, given, least, most):
    time, asked, defects = MadeTime(), [], []

    def answer(_):
        asked.append(time.seconds)
        if len(asked) == 1:
            return httpx.Response(429, headers={"Retry-After": given})
        return httpx.Response(200, json={"calls": []})

    client = client_for(answer, time=time, on_limit=lambda: defects.append(1))
    list(client.calls.between(DAY, DAY))
    assert least <= asked[1] - asked[0] <= most
    assert defects == [1]


def broken_off(_):
    def chunks():
        yield b"{"
        raise httpx.ReadError("gone")

    return httpx.Response(401, content=chunks())


@pytest.mark.parametrize(
    "answer", [broken_off, always(401, content=b"x" * (MOST_ANSWER_BYTES + 1))]
)
def test_a_401_with_an_unreadable_body_is_a_rejected_key(client_for, answer):
    asked = []
    client = client_for(lambda request: asked.append(1) or answer(request))
    for _ in range(2):
        with pytest.raises(KeyRefused):
            list(client.users.all())
    assert len(asked) == 1


def paged(pages):
    def answer(request):
        page = int(request.url.params["page"])
        rows = pages[page - 1] if page <= len(pages) else []
        return httpx.Response(200, json={"calls": rows, "meta": {"total_pages": len(pages)}})

    return answer


def test_all_pages_are_read_in_order(calls):
    assert [row["call_id"] for row in calls(paged([[{"call_id": "a"}], [{"call_id": "b"}]]))] == [
        "a",
        "b",
    ]


def test_rows_that_are_not_objects_are_skipped(calls):
    assert calls(paged([[1, None, {"call_id": "a"}]])) == [{"call_id": "a"}]


def test_a_repeated_page_ends_the_list(calls):
    endless = always(200, json={"calls": [{"call_id": "a"}], "meta": {"total_pages": 10**9}})
    assert calls(endless) == [{"call_id": "a"}]


@pytest.mark.parametrize("total", [0, -1, "1", 1.0, True, None, 10**400])
def test_an_invalid_page_count_is_ignored(calls, total):
    def answer(request):
        page = int(request.url.params["page"])
        rows = [{"call_id": page}] if page < 4 else []
        content = json.dumps({"calls": rows, "meta": {"total_pages": total}})
        return httpx.Response(200, content=content)

    assert [row["call_id"] for row in calls(answer)] == [1, 2, 3]


def test_a_list_without_meta_ends_with_an_empty_page(calls):
    def answer(request):
        rows = [{"call_id": request.url.params["page"]}] if request.url.params["page"] < "3" else []
        return httpx.Response(200, json={"calls": rows})

    assert len(calls(answer)) == 2


def test_an_endless_response_is_cut_off(calls):
    def answer(_):
        return httpx.Response(200, content=(b"x" * 1_000_000 for _ in range(100)))

    with pytest.raises(Unavailable, match="large"):
        calls(answer)


def test_searches_stay_below_thirty_a_minute(client_for):
    time, asked = MadeTime(), []

    def answer(_):
        asked.append(time.seconds)
        return httpx.Response(200, json={"calls": [], "meta": {}})

    client = client_for(answer, time=time)
    for _ in range(95):
        list(client.calls.between(DAY, DAY))
    for first in asked:
        assert sum(first <= at < first + 60 for at in asked) <= 30
    assert asked[-1] - asked[0] < 4 * 61


def test_a_rate_limit_wait_ends_when_the_app_stops(client_for):
    time = MadeTime()
    client = client_for(always(200, json={"calls": []}), time=time)
    for _ in range(30):
        list(client.calls.between(DAY, DAY))
    time.is_stopping = True
    with pytest.raises(Unavailable, match="shutting down"):
        list(client.calls.between(DAY, DAY))
