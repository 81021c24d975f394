"""The stand-in Vocatech is as strict, as late and as forgetful as the real one may be."""

import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import phonenumbers
import pytest

from bot.sandbox.company.model import HOSTILE_NAMES, make_call, make_company, make_history
from bot.sandbox.demo.call_scenarios import SCENARIOS
from bot.sandbox.http import FakeServer, HttpRequest, HttpResponse
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.quotas import SlidingWindow
from bot.sandbox.vocatech.webhooks import WebhookFaults
from tests.support import http

SECRET = "demo-webhook-secret"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Receiver(FakeServer):
    """Keeps the webhooks that arrive, and answers with the statuses it was given, then 200."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[HttpRequest] = []
        self.statuses: list[int] = []

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Take one webhook."""
        self.got.append(request)
        return HttpResponse(self.statuses.pop(0) if self.statuses else 200)

    def events(self) -> list[dict[str, Any]]:
        """Return the bodies that arrived, in order."""
        return [json.loads(request.body) for request in self.got]

    def types(self) -> list[str]:
        """Return the types of the events that arrived, in order."""
        return [event["event_type"] for event in self.events()]


@pytest.fixture
def vocatech() -> Iterator[FakeVocatech]:
    with FakeVocatech(backoff=(0.02, 0.04), clock=lambda: NOON) as stand_in:
        yield stand_in


@pytest.fixture
def receiver(vocatech: FakeVocatech) -> Iterator[Receiver]:
    receiver = Receiver()
    with receiver:
        vocatech.connect(f"{receiver.url}/vocatech/webhooks")
        yield receiver


@pytest.fixture
def api(vocatech: FakeVocatech) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer vt-demo-key", "Content-Type": "application/json"}
    with http.Client(base_url=vocatech.api_url, headers=headers) as client:
        yield client


def add(vocatech: FakeVocatech, count: int = 1, **given: Any) -> list[str]:
    """Add finished calls, one a minute, the last at noon; give their ids, oldest first."""
    rng = random.Random(len(vocatech.calls.ids()))
    for back in reversed(range(count)):
        at = NOON - timedelta(minutes=back)
        vocatech.add_call(make_call(rng, vocatech.company, at=at, **given))
    return vocatech.calls.ids()[-count:]


def listed(api: httpx.Client, **query: str | int) -> list[str]:
    """Return the ids that `GET /calls` lists for a query."""
    response = api.get("/calls", params=query)
    assert response.status_code == 200, response.text
    return [call["call_id"] for call in response.json()["calls"]]


def settle(vocatech: FakeVocatech) -> None:
    """Wait until every webhook was delivered."""
    assert vocatech.webhooks.wait_until_delivered(3)


def test_a_missing_or_wrong_key_is_refused(vocatech: FakeVocatech, api: httpx.Client) -> None:
    assert http.get(f"{vocatech.api_url}/calls").status_code == 401
    assert api.get("/calls", headers={"Authorization": "Bearer other"}).status_code == 401
    assert vocatech.counts["GET /v1/calls 401"] == 2


def test_an_expired_key_says_so_and_a_revoked_one_does_not(
    vocatech: FakeVocatech, api: httpx.Client
) -> None:
    vocatech.key_state = "expired"
    expired = api.get("/calls")
    vocatech.key_state = "revoked"
    revoked = api.get("/calls")
    assert (expired.status_code, revoked.status_code) == (401, 401)
    assert "expired" in expired.text
    assert "expired" not in revoked.text


def test_the_content_type_is_asked_for_even_on_get(
    vocatech: FakeVocatech, api: httpx.Client
) -> None:
    assert api.get("/calls", headers={"Content-Type": "text/plain"}).status_code == 415
    assert vocatech.counts["415"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "02/03/2026"},
        {"start_date": "2026-02-30"},
        {"start_date": "20260302"},
        {"start_date": "2026-03-02T00:00:00Z"},
        {"start_date": "2026-03-03", "end_date": "2026-03-02"},
        {"limit": "501"},
        {"limit": "0"},
        {"limit": "many"},
        {"page": "0"},
        {"page": "-1"},
        {"direction": "inbound"},
        {"status": "voicemail"},
        {"extension": "101"},
    ],
)
def test_a_query_outside_the_documented_one_is_refused(
    api: httpx.Client, query: dict[str, str]
) -> None:
    assert api.get("/calls", params=query).status_code == 400


def test_one_call_has_no_address_of_its_own(vocatech: FakeVocatech, api: httpx.Client) -> None:
    [call_id] = add(vocatech)
    assert api.get(f"/calls/{call_id}").status_code == 404
    assert api.get("/fax").status_code == 404
    assert api.post("/calls", json={}).status_code == 405
    assert listed(api, search=call_id) == [call_id]


def test_calls_are_listed_newest_first_and_by_default_for_today(
    vocatech: FakeVocatech, api: httpx.Client
) -> None:
    ids = add(vocatech, 4)
    long_ago = make_call(random.Random(1), vocatech.company, at=NOON - timedelta(days=3))
    vocatech.add_call(long_ago)
    assert listed(api) == ids[::-1]
    assert listed(api, start_date="2026-02-27") == [*ids[::-1], long_ago["call_id"]]
    assert listed(api, start_date="2026-02-27", end_date="2026-02-27") == [long_ago["call_id"]]


def test_calls_come_in_pages(vocatech: FakeVocatech, api: httpx.Client) -> None:
    ids = add(vocatech, 25)
    pages = [api.get("/calls", params={"limit": 10, "page": page}).json() for page in (1, 2, 3, 4)]
    assert [len(page["calls"]) for page in pages] == [10, 10, 5, 0]
    assert [call["call_id"] for page in pages for call in page["calls"]] == ids[::-1]
    assert pages[1]["meta"] == {"page": 2, "limit": 10, "total_pages": 3, "total_calls": 25}
    assert pages[1]["query"]["start_date"] == "2026-03-02"


def test_calls_are_filtered_by_direction_status_and_search(
    vocatech: FakeVocatech, api: httpx.Client
) -> None:
    answered = add(vocatech, 8, direction="incoming", outcome="answered")
    missed = add(vocatech, 2, direction="incoming", outcome="missed")
    outgoing = add(vocatech, 2, direction="outgoing", outcome="answered")
    assert sorted(listed(api, status="missed")) == sorted(missed)
    assert sorted(listed(api, status="answered")) == sorted(answered + outgoing)
    assert sorted(listed(api, direction="outgoing", status="any")) == sorted(outgoing)
    call = vocatech.ring(name="Zoë Quill").answer(vocatech.company.people[2]).hang_up()
    assert listed(api, search="zoë") == [call.id]
    assert call.id in listed(api, search=vocatech.company.people[2].extension)
    assert listed(api, search="nobody at all") == []


def test_only_ended_calls_are_listed_unless_told_otherwise(
    vocatech: FakeVocatech, api: httpx.Client
) -> None:
    call = vocatech.ring()
    assert listed(api) == []
    vocatech.calls.lists_live_calls = True
    assert listed(api) == [call.id]


def test_the_call_search_has_a_quota_of_its_own(vocatech: FakeVocatech, api: httpx.Client) -> None:
    assert [api.get("/calls").status_code for _ in range(31)] == [200] * 30 + [429]
    assert [api.get("/users").status_code for _ in range(31)] == [200] * 30 + [429]
    assert 1 <= int(api.get("/calls").headers["Retry-After"]) <= 60
    assert vocatech.counts["429"] == 3
    assert len(vocatech.requests) == vocatech.counts.total() / 3


def test_a_quota_slides() -> None:
    window = SlidingWindow(2, 60)
    window.use(0)
    window.use(30)
    assert (window.wait(59), window.wait(60)) == (1, 0)
    window.use(60)
    assert window.wait(61) == 29


def test_quotas_can_be_switched_off() -> None:
    headers = {"Authorization": "Bearer vt-demo-key", "Content-Type": "application/json"}
    with FakeVocatech(quotas=False) as vocatech, http.Client(headers=headers) as client:
        assert {client.get(f"{vocatech.api_url}/calls").status_code for _ in range(70)} == {200}


def test_a_call_tells_its_life_by_webhooks_and_then_in_the_list(
    vocatech: FakeVocatech, receiver: Receiver, api: httpx.Client
) -> None:
    ana, ben = vocatech.company.people[:2]
    call = vocatech.ring(to="+12125550100", from_="+14155550199", name="Zoë Quill", ago=300)
    call.answer(ana, after=8).transfer(ben, after=30).hang_up(after=120).summarize()
    settle(vocatech)
    started, answered, ended, told = receiver.events()
    assert receiver.types() == [
        "call.started",
        "call.answered",
        "call.ended",
        "call.transcription",
    ]
    assert started["id"].startswith("evt_")
    assert started["data"]["remote_number"] == "+14155550199"
    assert started["data"]["group_number"] == "+12125550100"
    assert "end_time" not in started["data"]
    assert answered["data"]["extension"] == ana.extension
    assert ended["data"]["duration"] == 158
    assert "status" not in ended["data"]
    [final] = api.get("/calls", params={"search": call.id}).json()["calls"]
    assert [leg["type"] for leg in final["journey"]] == ["group", "extension", "extension"]
    assert [leg["duration"] for leg in final["journey"]] == [8, 30, 120]
    parts = [leg["summary"] for leg in final["journey"] if "summary" in leg]
    assert told["data"]["summary"] == "\n\n".join(parts)
    assert (final["status"], final["extension_name"]) == ("answered", ben.name)


def test_a_call_that_nobody_answered_was_missed_and_is_not_summarised(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    call = vocatech.ring().hang_up().summarize()
    settle(vocatech)
    assert receiver.types() == ["call.started", "call.ended"]
    assert call.call["status"] == "missed"


def test_no_webhook_tells_of_an_outbound_call(
    vocatech: FakeVocatech, receiver: Receiver, api: httpx.Client
) -> None:
    call = vocatech.ring(direction="outgoing", to="+14155550199").answer().hang_up().summarize()
    settle(vocatech)
    assert receiver.got == []
    assert listed(api, direction="outgoing") == [call.id]
    vocatech.outbound_silent = False
    vocatech.ring(direction="outgoing").hang_up()
    settle(vocatech)
    assert receiver.types() == ["call.started", "call.ended"]


def test_the_documented_signature_is_of_the_body_alone(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    vocatech.ring()
    settle(vocatech)
    [request] = receiver.got
    expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-vocatech-signature"] == expected
    assert abs(int(request.headers["x-vocatech-timestamp"]) - time.time()) < 5


def test_the_observed_signature_is_of_the_time_and_the_body(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    vocatech.connect(f"{receiver.url}/vocatech/webhooks", form="observed")
    vocatech.ring()
    settle(vocatech)
    [request] = receiver.got
    moment, _, signature = request.headers["x-vocatech-signature"].partition(",")
    signed = moment.encode() + b"." + request.body
    assert moment.startswith("t=")
    assert signature == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert "x-vocatech-timestamp" not in request.headers


def test_an_unknown_form_of_signature_is_refused(vocatech: FakeVocatech) -> None:
    with pytest.raises(ValueError, match="no such form"):
        vocatech.connect("http://127.0.0.1:9/", form="other")


def test_a_refused_webhook_is_sent_again_with_the_same_id(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302]
    [event] = vocatech.ring().events
    settle(vocatech)
    assert [got["id"] for got in receiver.events()] == [event["id"]] * 3
    assert [status for _, status in vocatech.webhooks.sent] == [500, 302, 200]


def test_a_webhook_that_nobody_takes_is_given_up_in_the_end(vocatech: FakeVocatech) -> None:
    vocatech.connect("http://127.0.0.1:9/")
    [event] = vocatech.ring().events
    settle(vocatech)
    assert list(vocatech.webhooks.sent) == [(event["id"], 0)] * 3
    assert list(vocatech.webhooks.abandoned) == [event["id"]]


def test_events_can_be_lost(vocatech: FakeVocatech, receiver: Receiver) -> None:
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset({"call.ended", "call.started"}))
    vocatech.ring().answer().hang_up()
    settle(vocatech)
    assert receiver.types() == ["call.answered"]


def test_events_can_be_doubled_and_late(vocatech: FakeVocatech, receiver: Receiver) -> None:
    vocatech.webhooks.faults = WebhookFaults(copies=2, delay=0.2)
    began = time.monotonic()
    vocatech.ring().hang_up()
    assert receiver.got == []
    settle(vocatech)
    assert time.monotonic() - began >= 0.2
    assert receiver.types() == ["call.started"] * 2 + ["call.ended"] * 2
    assert len({event["id"] for event in receiver.events()}) == 2


def test_events_can_be_shuffled(vocatech: FakeVocatech, receiver: Receiver) -> None:
    vocatech.webhooks.faults = WebhookFaults(copies=5, shuffle_seconds=0.2)
    vocatech.ring().answer().hang_up()
    settle(vocatech)
    in_order = ["call.started"] * 5 + ["call.answered"] * 5 + ["call.ended"] * 5
    assert receiver.types() != in_order
    assert sorted(receiver.types()) == sorted(in_order)


def test_a_disconnected_address_is_told_nothing_more(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    vocatech.webhooks.disconnect(f"{receiver.url}/vocatech/webhooks")
    vocatech.ring()
    settle(vocatech)
    assert receiver.got == []


def test_the_events_of_each_call_arrive_in_order(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    calls = [vocatech.ring().answer() for _ in range(40)]
    for call in calls:
        call.hang_up()
    settle(vocatech)
    for call in calls:
        got = [event["id"] for event in receiver.events() if event["data"]["call_id"] == call.id]
        assert got == [event["id"] for event in call.events]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_makes_its_calls(
    vocatech: FakeVocatech, receiver: Receiver, api: httpx.Client, name: str
) -> None:
    ids = SCENARIOS[name].run(vocatech, speed=100)
    settle(vocatech)
    assert sorted(ids) == sorted(listed(api))
    assert SCENARIOS[name].label
    assert SCENARIOS[name].description.endswith(".")
    assert bool(receiver.got) == (name != "outbound")
    ends = [vocatech.calls.get(call_id)["end_time"] for call_id in ids]
    assert max(ends) <= NOON.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_shuffled_scenario_sends_each_event_five_times(
    vocatech: FakeVocatech, receiver: Receiver
) -> None:
    SCENARIOS["shuffled_five_times"].run(vocatech, speed=100)
    settle(vocatech)
    ids = [event["id"] for event in receiver.events()]
    assert sorted(ids.count(one) for one in set(ids)) == [5] * 4
    assert receiver.types() != sorted(receiver.types(), key=receiver.types().index)


def test_hostile_names_travel_whole(
    vocatech: FakeVocatech, receiver: Receiver, api: httpx.Client
) -> None:
    names = {
        vocatech.ring(name=name).answer().hang_up().summarize().id: name for name in HOSTILE_NAMES
    }
    settle(vocatech)
    started = [event["data"] for event in receiver.events() if "remote_name" in event["data"]]
    assert {data["call_id"]: data["remote_name"] for data in started} == names
    calls = api.get("/calls").json()["calls"]
    assert {call["call_id"]: call["remote_name"] for call in calls} == names


def test_the_same_seed_gives_the_same_company() -> None:
    assert make_company(3) == make_company(3) != make_company(4)
    first, second = (make_history(make_company(3), seed=5, now=NOON, days=2) for _ in range(2))
    assert first == second != make_history(make_company(3), seed=6, now=NOON, days=2)


@pytest.mark.parametrize("seed", range(5))
def test_every_number_of_a_company_is_valid(seed: int) -> None:
    company = make_company(seed)
    numbers = [*company.numbers, *(caller.number for caller in company.callers)]
    assert len(set(numbers)) == len(numbers)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)
    assert any(caller.name is None for caller in company.callers)


def test_made_up_calls_read_like_calls() -> None:
    company = make_company(1)
    calls = make_history(company, seed=2, now=NOON, days=14)
    talks = [leg for call in calls for leg in call["journey"] if leg["type"] == "extension"]
    told = [leg for leg in talks if "summary" in leg and "passed the call on" not in leg["summary"]]
    assert len({leg["summary"] for leg in told}) > len(told) * 0.9
    assert all(2 <= leg["summary"].count(". ") + 1 <= 5 for leg in told)
    assert all(10 <= leg["transcription"].count("\n") + 1 <= 30 for leg in told)
    assert not any("{" in leg["transcription"] + leg["summary"] for leg in told)
    assert all(call["end_time"] <= "2026-03-02T12:00:00Z" for call in calls)
    assert any("status" not in call for call in calls)
    assert {call["direction"] for call in calls} == {"incoming", "outgoing"}
