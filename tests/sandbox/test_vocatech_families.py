"""The stand-in Vocatech serves its other six families as strictly as its calls."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from bot.sandbox.company.contacts import make_contacts
from bot.sandbox.company.history import DAYS, add_history
from bot.sandbox.company.model import HOSTILE_NAMES, make_company
from bot.sandbox.demo.text_scenarios import TEXT_SCENARIOS
from bot.sandbox.demo.webhook_faults import WEBHOOK_FAULTS
from bot.sandbox.http import FakeServer, Fault, HttpRequest, HttpResponse
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.quotas import TEN_MINUTES
from bot.sandbox.vocatech.webhooks import WebhookFaults
from tests.support import http

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer vt-demo-key", "Content-Type": "application/json"}
CALLER = "+14155550199"
FAMILIES = ("calls", "messages", "users", "contacts", "webhooks", "settings", "contacts/fields")


class Clock:
    """A wall clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Receiver(FakeServer):
    """Keeps the webhooks that arrive, and answers with one status."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[HttpRequest] = []
        self.status = 200

    def answer(self, request: HttpRequest) -> HttpResponse:
        self.got.append(request)
        return HttpResponse(self.status)

    def told(self, event_type: str) -> list[dict[str, Any]]:
        events = [json.loads(request.body) for request in self.got]
        return [event["data"] for event in events if event["event_type"] == event_type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vocatech(clock: Clock) -> Iterator[FakeVocatech]:
    with FakeVocatech(quotas=False, backoff=(0.02,), clock=clock) as stand_in:
        stand_in.messages.delay = 0.01
        yield stand_in


@pytest.fixture
def api(vocatech: FakeVocatech) -> Iterator[httpx.Client]:
    with http.Client(base_url=vocatech.api_url, headers=HEADERS) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def text_from(vocatech: FakeVocatech, **changes: Any) -> dict[str, Any]:
    ours = vocatech.company.numbers[0]
    return {"platform": "text", "from": ours, "to": CALLER, "message": "Hello"} | changes


def contact(**fields: Any) -> dict[str, Any]:
    return {"contacts": [{"fields": {name.replace("_", " "): v for name, v in fields.items()}}]}


def talk_raw(vocatech: FakeVocatech, sent: bytes) -> bytes:
    host, port = vocatech.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(sent)
        got = b""
        while chunk := line.recv(65536):
            got += chunk
    return got


# What holds for every family


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_asks_for_the_key_and_knows_its_parameters(api, family):
    assert api.get(f"/{family}").status_code == 200
    assert api.get(f"/{family}", headers={"Authorization": "Bearer x"}).status_code == 401
    assert api.get(f"/{family}", params={"colour": "red"}).status_code == 400
    assert api.get(f"/{family}/").status_code == 404
    assert api.get(f"/{family}/nothing").status_code == 404


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "BREW", "DELETE"])
def test_a_method_that_is_not_there_is_refused_with_those_that_are(api, family, method):
    refused = api.request(method, f"/{family}")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    assert method not in refused.headers["Allow"]
    assert (refused.content == b"") == (method == "HEAD")
    assert api.get(f"/{family}").status_code == 200


@pytest.mark.parametrize("family", ["messages", "users", "contacts", "webhooks"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff", b'{"a": NaN}', b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_refused(api, family, body):
    refused = api.post(f"/{family}", content=body)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "bad_request"


def test_a_parameter_given_twice_is_refused(api):
    assert api.get("/users?page=0&page=1").status_code == 400


@pytest.mark.parametrize("length", [b"many", b"-1", b"1e3", b"1" * 5000, b"\xb2"])
def test_a_length_that_is_none_is_refused_and_the_server_lives_on(vocatech, api, length):
    head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n"
    assert talk_raw(vocatech, head).startswith(b"HTTP/1.1 400 ")
    assert api.get("/users").status_code == 200


def test_a_body_of_no_said_length_is_refused(api):
    assert api.post("/users", content=iter([b"{}"])).status_code == 400


def test_the_date_header_is_by_the_stand_ins_own_clock(api, clock):
    clock.now += timedelta(hours=3)
    assert parsedate_to_datetime(api.get("/settings").headers["Date"]) == clock.now


def test_five_texts_in_ten_minutes_are_taken_and_no_more(clock):
    with FakeVocatech(clock=clock) as vocatech, http.Client(headers=HEADERS) as client:
        url, text = f"{vocatech.api_url}/messages", text_from(vocatech, test=True)
        answers = [client.post(url, json=text) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [201] * 5 + [429]
        assert 60 < int(answers[-1].headers["Retry-After"]) <= TEN_MINUTES
        assert client.get(url).status_code == 200


def test_what_follows_a_family_in_a_path_counts_as_that_family():
    with FakeVocatech() as vocatech, http.Client(headers=HEADERS) as client:
        calls = [client.get(f"{vocatech.api_url}/calls/{n}").status_code for n in range(31)]
        assert calls == [404] * 30 + [429]
        others = [client.get(f"{vocatech.api_url}/contacts/1").status_code for _ in range(31)]
        assert others == [200] * 30 + [429]


def test_the_description_needs_no_key_and_counts_for_no_quota():
    with FakeVocatech() as vocatech, http.Client() as client:
        for _ in range(70):
            assert client.get(f"{vocatech.url}/openapi.json").status_code == 200
        described = client.get(f"{vocatech.api_url}/openapi.json").json()
        assert described["openapi"].startswith("3.1")
        assert described["servers"] == [{"url": vocatech.api_url}]
        assert {path.split("/")[1] for path in described["paths"]} == set(vocatech.families)
        assert client.get(f"{vocatech.url}/openapi.jsonl").status_code == 401


# Messages


def test_a_text_is_taken_without_an_id_and_then_told_of_and_delivered(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    text = text_from(vocatech, name="Zoë Quill")
    taken = api.post("/messages", json=text)
    assert (taken.status_code, taken.json()) == (201, {"status": "created", "message": text})
    assert vocatech.settle()
    [listed] = api.get("/messages").json()["messages"]
    assert listed["remote_number"] == text["to"]
    assert listed["group_number"] == text["from"]
    assert (listed["body"], listed["remote_name"]) == ("Hello", "Zoë Quill")
    assert (listed["status"], listed["direction"]) == ("delivered", "outgoing")
    [sent], [updated] = receiver.told("message.sent"), receiver.told("message.status_updated")
    assert (sent["message_id"], sent["status"]) == (listed["message_id"], "sent")
    assert (sent["from"], sent["to"]) == (text["from"], text["to"])
    assert updated == {"message_id": listed["message_id"], "status": "delivered"}
    assert b"message.sent" in receiver.got[0].body


def test_a_text_to_an_unreachable_number_fails(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    vocatech.messages.unreachable.add(CALLER)
    api.post("/messages", json=text_from(vocatech))
    assert vocatech.settle()
    [updated] = receiver.told("message.status_updated")
    [listed] = api.get("/messages").json()["messages"]
    assert updated["status"] == listed["status"] == "failed"
    assert updated["error"] == listed["error"] == "The handset is switched off or out of reach."
    assert vocatech.sent_texts() == []


def test_a_text_fails_at_a_landline_or_when_it_is_told_to_and_says_why(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    vocatech.messages.landlines.add(CALLER)
    vocatech.messages.fail_next("The carrier took it for spam.")
    for message in ("One", "Two"):
        api.post("/messages", json=text_from(vocatech, message=message))
    assert vocatech.settle()
    told = [update["error"] for update in receiver.told("message.status_updated")]
    assert sorted(told) == ["The carrier took it for spam.", "The number is a landline."]


def test_a_text_from_the_portal_is_told_listed_and_delivered_like_any_other(
    vocatech, api, receiver
):
    vocatech.connect(receiver.url)
    sent = vocatech.send_from_portal(CALLER, "From the portal", ours=vocatech.company.numbers[1])
    assert vocatech.settle()
    [told] = receiver.told("message.sent")
    assert (told["from"], told["to"]) == (vocatech.company.numbers[1], CALLER)
    [listed] = api.get("/messages").json()["messages"]
    assert listed == sent | {"status": "delivered"}
    [updated] = receiver.told("message.status_updated")
    assert updated == {"message_id": sent["message_id"], "status": "delivered"}
    assert [text["body"] for text in vocatech.sent_texts(CALLER)] == ["From the portal"]
    assert vocatech.sent_texts("+14155550100") == []


def test_what_goes_by_whatsapp_is_read_after_it_was_delivered(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    api.post("/messages", json=text_from(vocatech, platform="whatsapp"))
    assert vocatech.settle()
    told = [update["status"] for update in receiver.told("message.status_updated")]
    assert told == ["delivered", "read"]
    assert api.get("/messages").json()["messages"][0]["status"] == "read"


def test_the_events_of_texts_come_doubled_and_in_any_order_when_told_to(vocatech, receiver):
    vocatech.connect(receiver.url)
    vocatech.webhooks.faults = WebhookFaults(copies=2, shuffle_seconds=0.1)
    vocatech.receive_text(CALLER, "Hello")
    vocatech.send_from_portal(CALLER, "Hello to you")
    assert vocatech.settle()
    kinds = ("message.received", "message.sent", "message.status_updated")
    assert [len(receiver.told(kind)) for kind in kinds] == [2, 2, 2]


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (Fault(status=500), 0),
        (Fault(status=500, takes_effect=True), 1),
        (Fault(drop="before"), 0),
        (Fault(drop="after"), 1),
        (Fault(stall=1.0), 1),
    ],
    ids=["500 before", "500 after", "cut before", "cut after", "late"],
)
def test_whatever_is_answered_the_text_was_taken_once_or_not_at_all(vocatech, fault, taken):
    vocatech.faults.add(replace(fault, path="/messages", method="POST", times=1))
    with http.Client(base_url=vocatech.api_url, headers=HEADERS, timeout=0.3) as client:
        try:
            answer = client.post("/messages", json=text_from(vocatech))
        except httpx.HTTPError:
            answer = httpx.Response(500)
    assert answer.status_code == 500
    assert len(vocatech.sent_texts()) == taken


def test_the_sends_of_ten_minutes_are_counted(clock):
    with FakeVocatech(clock=clock) as vocatech:
        sending = text_from(vocatech)
        for _ in range(6):
            http.post(f"{vocatech.api_url}/messages", json=sending, headers=HEADERS)
        vocatech.send_from_portal(CALLER, "Not by the key")
        assert vocatech.sends_in_ten_minutes == (5, 5)


def test_a_text_is_listed_as_soon_as_it_was_taken_even_when_the_answer_is_lost(vocatech, api):
    vocatech.messages.delay = 60
    vocatech.faults.add(Fault(path="/messages", method="POST", drop="after", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/messages", json=text_from(vocatech))
    [listed] = api.get("/messages").json()["messages"]
    assert listed["status"] == "sent"


@pytest.mark.parametrize(
    "change",
    [
        {"platform": "fax"},
        {"from": "+12125559999"},
        {"from": 12125550100},
        {"to": "Ana"},
        {"to": "101"},
        {"to": "4155550199"},
        {"to": f"{CALLER}\n"},
        {"message": ""},
        {"message": " \n"},
        {"message": "x" * 1601},
        {"message": None},
        {"name": 5},
        {"test": "yes"},
        {"media": "med_1"},
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(vocatech, api, change):
    refused = api.post("/messages", json=text_from(vocatech, **change))
    assert refused.status_code == 422
    assert set(refused.json()["error"]) == {"code", "message"}
    assert api.get("/messages").json()["messages"] == []


@pytest.mark.parametrize("missing", ["platform", "from", "to", "message"])
def test_a_text_needs_all_its_fields(vocatech, api, missing):
    text = text_from(vocatech)
    del text[missing]
    assert api.post("/messages", json=text).status_code == 422


def test_the_longest_text_is_taken_and_a_test_is_not_sent(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    long = text_from(vocatech, message="é" * 1600, test=True)
    assert api.post("/messages", json=long).status_code == 201
    assert vocatech.settle()
    assert receiver.got == []
    assert api.get("/messages").json()["messages"] == []


def test_whatsapp_can_be_switched_off(vocatech, api):
    text = text_from(vocatech, platform="whatsapp")
    assert api.post("/messages", json=text).status_code == 201
    vocatech.messages.whatsapp_allowed = False
    assert api.post("/messages", json=text).status_code == 422
    [listed] = api.get("/messages").json()["messages"]
    assert listed["channel"] == "whatsapp"


def test_a_text_from_outside_is_told_and_listed_under_different_names(vocatech, api, receiver):
    vocatech.connect(receiver.url)
    caller = next(one for one in vocatech.company.callers if one.name)
    picture = vocatech.media.add(b"\x89PNG", "image/png", "door.png")
    made = vocatech.receive_text(caller.number, "This one", attachments=[picture])
    assert vocatech.settle()
    [told] = receiver.told("message.received")
    [listed] = api.get("/messages", params={"direction": "incoming"}).json()["messages"]
    assert listed == made
    assert listed["remote_name"] == caller.name
    assert listed["attachments"] == [
        {"id": picture, "content_type": "image/png", "size": 4, "filename": "door.png"}
    ]
    assert set(told) == {
        *("message_id", "direction", "channel", "from", "to", "body", "status", "sent_at"),
        "attachments",
    }
    assert (told["from"], told["to"]) == (caller.number, vocatech.company.numbers[0])
    assert (told["message_id"], told["sent_at"]) == (listed["message_id"], listed["sent_time"])
    [attachment] = told["attachments"]
    assert set(attachment) == {"url", "content_type", "filename", "size"}
    assert http.get(attachment["url"]).content == b"\x89PNG"


def test_messages_come_by_day_and_direction_in_pages_of_a_hundred(vocatech, api, clock):
    clock.now -= timedelta(days=1)
    vocatech.receive_text(CALLER, "Yesterday")
    clock.now += timedelta(days=1)
    for number in range(101):
        vocatech.receive_text(CALLER, f"Text {number}", channel="whatsapp")
    api.post("/messages", json=text_from(vocatech))
    first, second = (
        api.get("/messages", params={"direction": "incoming", "page": page}).json()
        for page in (1, 2)
    )
    assert first["messages"][0]["body"] == "Text 100"
    assert [one["body"] for one in second["messages"]] == ["Text 0"]
    assert second["meta"] == {"page": 2, "limit": 100, "total_pages": 2, "total_messages": 101}
    assert second["query"]["direction"] == "incoming"
    [outgoing] = api.get("/messages", params={"direction": "outgoing"}).json()["messages"]
    assert outgoing["body"] == "Hello"
    days = {"start_date": "2026-03-01", "end_date": "2026-03-01"}
    assert [one["body"] for one in api.get("/messages", params=days).json()["messages"]] == [
        "Yesterday"
    ]


@pytest.mark.parametrize(
    "query",
    [{"limit": "10"}, {"page": "0"}, {"direction": "both"}, {"start_date": "today"}],
)
def test_a_query_of_messages_outside_the_documented_one_is_refused(api, query):
    assert api.get("/messages", params=query).status_code == 400


# Media


def test_media_is_an_address_good_for_half_an_hour_and_for_no_key(vocatech, api, clock):
    media_id = vocatech.media.add(b"GIF89a", "image/gif", "Zoë.gif")
    answer = api.get(f"/media/{media_id}").json()
    assert answer["expires_at"] == "2026-03-02T12:30:00Z"
    assert not answer["url"].startswith(vocatech.api_url)
    got = http.get(answer["url"])
    assert (got.content, got.headers["Content-Type"]) == (b"GIF89a", "image/gif")
    assert api.get(answer["url"]).status_code == 400
    assert http.get(f"{answer['url']}0").status_code == 403
    assert http.get(answer["url"].partition("?")[0]).status_code == 403
    assert http.post(answer["url"]).status_code == 405
    clock.now += timedelta(minutes=30)
    assert http.get(answer["url"]).status_code == 403


def test_media_can_be_a_redirect_or_the_bytes(vocatech, api):
    media_id = vocatech.media.add(b"%PDF", "application/pdf")
    vocatech.media.form = "redirect"
    moved = api.get(f"/media/{media_id}")
    assert moved.status_code == 302
    assert http.get(moved.headers["Location"]).content == b"%PDF"
    vocatech.media.form = "bytes"
    got = api.get(f"/media/{media_id}")
    assert (got.content, got.headers["Content-Type"]) == (b"%PDF", "application/pdf")


def test_media_that_is_not_there_is_not_found(api):
    assert api.get("/media/med_1").status_code == 404
    assert api.get("/media").status_code == 404


# Users and settings


def test_users_are_the_people_of_the_company_one_of_them_without_email(vocatech, api):
    answer = api.get("/users").json()
    assert answer["meta"] == {"page": 1, "limit": 100, "total_pages": 1, "total_users": 6}
    people = {(u["extension"], f"{u['first_name']} {u['last_name']}") for u in answer["users"]}
    assert people == {(one.extension, one.name) for one in vocatech.company.people}
    assert sum("email" not in user for user in answer["users"]) == 1
    assert api.get("/users", params={"page": 2}).json()["users"] == []


def test_users_can_be_spelled_the_other_way(vocatech, api):
    vocatech.users.spelling = "user_id"
    users = api.get("/users").json()["users"]
    assert set(users[0]) == {"user_id", "name", "extension", "email"}
    assert [user["name"] for user in users] == [one.name for one in vocatech.company.people]


def test_a_user_is_created_and_changed(vocatech, api):
    made = api.post("/users", json={"extension": "250", "first_name": "Ida", "last_name": "Berg"})
    assert made.status_code == 201
    path = f"/users/{made.json()['id']}"
    settings = {"voicemail_enabled": False, "caller_id": vocatech.company.numbers[1]}
    changed = api.patch(path, json={"email": "ida@example.com", **settings})
    assert changed.json() == made.json() | {"email": "ida@example.com"} | settings
    assert changed.json() in api.get("/users").json()["users"]
    assert api.patch(path, json={"extension": "101"}).status_code == 409
    assert api.patch("/users/nobody", json={}).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"extension": "1"},
        {"extension": 250},
        {"first_name": ""},
        {"email": "ida"},
        {"voicemail_enabled": "no"},
        {"caller_id": CALLER},
        {"password": "x"},
    ],
)
def test_settings_that_a_user_cannot_have_are_refused(vocatech, api, change):
    user = api.get("/users").json()["users"][0]
    assert api.patch(f"/users/{user['id']}", json=change).status_code == 422
    assert api.get("/users").json()["users"][0] == user


def test_the_company_tells_its_settings_in_two_spellings(vocatech, api):
    company = vocatech.company
    assert api.get("/settings").json() == {
        "company_name": company.name,
        "time_zone": company.time_zone,
        "phone_numbers": company.numbers,
    }
    vocatech.settings.spelling = "name"
    assert set(api.get("/settings").json()) == {"name", "timezone", "numbers"}


# Contacts


def test_the_company_has_fields_of_its_own(api):
    fields = api.get("/contacts/fields").json()["fields"]
    assert [field["name"] for field in fields if field["is_phone"]] == ["Phone", "Mobile"]
    assert [field["name"] for field in fields if field["is_match"]] == ["Phone"]
    assert set(fields[0]) == {
        *("id", "name", "order", "is_phone", "is_match", "reports_enabled"),
        *("hide_no_data", "show_in_fields", "is_integration"),
    }


def test_contacts_come_in_pages_and_the_known_callers_are_among_them(vocatech, api):
    answer = api.get("/contacts", params={"limit": 25, "page": 3}).json()
    assert answer["meta"] == {"page": 3, "limit": 25, "total_pages": 3, "total_contacts": 60}
    assert answer["query"] == {"page": 3, "limit": 25, "search": ""}
    assert [one["id"] for one in answer["contacts"]] == list(range(51, 61))
    known = {caller.number for caller in vocatech.company.callers if caller.name}
    everyone = api.get("/contacts").json()["contacts"]
    assert known <= {one["fields"].get("Phone") for one in everyone}
    assert api.get("/contacts", params={"limit": 501}).status_code == 400


def test_contacts_are_found_by_any_field_and_by_the_digits_of_a_number(vocatech, api):
    new = contact(First_Name="Zoë", Phone="(303) 555-0142;+44 20 7946 0000", Notes="Gate 7")
    [made] = api.post("/contacts", json=new).json()["contacts"]
    for search in ("zoë", "ZOË", "gate 7", "303 555 0142", "+442079460000"):
        found = api.get("/contacts", params={"search": search}).json()
        assert made["contact"] in found["contacts"]
    assert api.get("/contacts", params={"search": "nobody"}).json()["contacts"] == []


def test_an_import_creates_updates_and_says_of_each_row_what_was_wrong(api):
    rows = [
        {"First Name": "Ida", "Phone": "+13035550142"},
        {"Last Name": "Berg", "Phone": "(303) 555-0142"},
        {"Phone": "+13035550143", "Shoe Size": "44"},
        {"Phone": 13035550143},
        {"First Name": "Nobody"},
        {"Phone": "+13035550144", "Notes": "x" * 501},
        {"Phone": "call me"},
        {"Phone": "+13035550145; 303-555-0146"},
    ]
    answer = api.post("/contacts", json={"contacts": [{"fields": row} for row in rows]})
    assert answer.status_code == 200
    body = answer.json()
    assert body["summary"] == {"total": 8, "created": 2, "updated": 1, "errors": 5}
    assert [one["action"] for one in body["contacts"]] == ["created", "updated", "created"]
    assert [error["index"] for error in body["errors"]] == [2, 3, 4, 5, 6]
    ida, berg = (one["contact"] for one in body["contacts"][:2])
    assert ida["id"] == berg["id"]
    merged = {"First Name": "Ida", "Last Name": "Berg", "Phone": "(303) 555-0142"}
    assert api.get(f"/contacts/{ida['id']}").json() == {"id": ida["id"], "fields": merged}


def test_an_import_in_which_every_row_fails_is_answered_with_200(api):
    answer = api.post("/contacts", json=contact(Shoe_Size="44"))
    assert answer.status_code == 200
    assert answer.json()["summary"] == {"total": 1, "created": 0, "updated": 0, "errors": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"contacts": []},
        {"contacts": {}},
        {"contacts": [{"fields": {}}] * 501},
        {"contacts": [{"fields": []}]},
        {"contacts": [{"fields": {}, "id": 1}]},
        {"contacts": [{"fields": {}}], "dry_run": True},
    ],
)
def test_an_import_that_is_no_list_of_rows_is_refused(api, body):
    assert api.post("/contacts", json=body).status_code == 422


def test_a_contact_is_replaced_merged_and_deleted(vocatech, api):
    contact_id = vocatech.contacts.add({"First Name": "Ida", "Phone": "+13035550142"})
    path = f"/contacts/{contact_id}"
    merged = api.patch(path, json={"fields": {"Notes": "VIP", "First Name": ""}}).json()
    assert merged == {"id": contact_id, "fields": {"Phone": "+13035550142", "Notes": "VIP"}}
    replaced = api.put(path, json={"fields": {"Mobile": "303-555-0143"}}).json()
    assert replaced["fields"] == {"Mobile": "303-555-0143"}
    [again] = api.post("/contacts", json=contact(Phone="+13035550142")).json()["contacts"]
    assert again["action"] == "created"
    gone = api.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "Content-Length" not in gone.headers
    assert [api.get(path).status_code, api.delete(path).status_code] == [404, 404]


@pytest.mark.parametrize("fields", [{"Shoe Size": "4"}, {"Notes": 1}, {"Phone": "me"}, []])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_contact_that_cannot_be_is_refused(api, method, fields):
    before = api.get("/contacts/1").json()
    assert api.request(method, "/contacts/1", json={"fields": fields}).status_code == 422
    assert api.get("/contacts/1").json() == before


@pytest.mark.parametrize("contact_id", ["0", "-1", "1.0", "x", "²", "9" * 5000, "1/notes"])
def test_a_contact_that_is_not_there_is_not_found(api, contact_id):
    assert api.get(f"/contacts/{contact_id}").status_code == 404


def test_a_deleted_contact_leaves_the_connection_as_it_was(vocatech, api):
    assert api.delete("/contacts/1").status_code == 204
    stream = api.get("/contacts/2").extensions["network_stream"]
    assert api.delete("/contacts/2").extensions["network_stream"] is stream
    assert api.get("/contacts/3").extensions["network_stream"] is stream


def test_the_same_seed_gives_the_same_contacts_of_every_kind() -> None:
    company = make_company(1)
    made = make_contacts(company, seed=2, count=300, hostile=True)
    assert made == make_contacts(company, seed=2, count=300, hostile=True)
    assert made != make_contacts(company, seed=3, count=300, hostile=True)
    assert len(made) == 300 + len(HOSTILE_NAMES)
    phones = [fields.get("Phone", "") for fields in made]
    assert any(";" in phone for phone in phones)
    assert any(not phone for phone in phones)
    assert any(phone.startswith("+44") for phone in phones)
    assert len({phone for phone in phones if phones.count(phone) > 1}) > 2
    assert any(not fields.get("First Name", "").isascii() for fields in made[:300])
    assert {fields.get("First Name") for fields in made} >= set(HOSTILE_NAMES)


def test_hostile_names_of_contacts_travel_whole() -> None:
    contacts = make_contacts(make_company(1), count=3, hostile=True)
    with FakeVocatech(contacts=contacts) as vocatech, http.Client(headers=HEADERS) as client:
        listed = client.get(f"{vocatech.api_url}/contacts").json()["contacts"]
    assert [one["fields"] for one in listed] == contacts


# Webhooks


def subscribe(api: httpx.Client, url: str, **changes: Any) -> httpx.Response:
    body = {"name": "Ours", "url": url, "event_filters": ["message.received"]} | changes
    return api.post("/webhooks", json=body)


@pytest.mark.parametrize("form", ["documented", "observed"])
def test_a_subscription_gets_its_events_signed_with_its_own_secret(vocatech, api, receiver, form):
    vocatech.webhooks.form = form
    first = subscribe(api, f"{receiver.url}/a").json()
    second = subscribe(api, f"{receiver.url}/b", event_filters=["call.started"]).json()
    assert first["secret"] != second["secret"]
    vocatech.receive_text(CALLER, "Hello")
    assert vocatech.settle()
    [request] = receiver.got
    assert request.path == "/a"
    signature = request.headers["x-vocatech-signature"]
    moment, comma, _ = signature.partition(",")
    signed = moment.encode() + b"." + request.body if comma else request.body
    digest = hmac.new(first["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert signature.endswith(digest)
    assert bool(comma) == (form == "observed")


def test_subscriptions_are_listed_bare_and_without_their_secrets(vocatech, api, receiver):
    connected = vocatech.connect(receiver.url)
    made = subscribe(api, "https://example.com/hooks").json()
    assert set(made) == {"id", "name", "url", "event_filters", "secret"}
    listed = api.get("/webhooks").json()
    assert [one["id"] for one in listed] == [connected.id, made["id"]]
    assert listed[1] == {name: value for name, value in made.items() if name != "secret"}


def test_the_secret_can_have_another_name(vocatech, api):
    vocatech.subscriptions.secret_name = "signing_secret"
    made = subscribe(api, "https://example.com/hooks").json()
    assert "secret" not in made
    assert made["signing_secret"]


def test_a_subscription_is_changed_keeps_its_secret_and_is_deleted(vocatech, api, receiver):
    made = subscribe(api, "https://example.com/hooks").json()
    path = f"/webhooks/{made['id']}"
    changed = api.patch(path, json={"url": receiver.url, "event_filters": ["call.started"]})
    shown = {"id": made["id"], "name": "Ours", "url": receiver.url}
    assert changed.json() == shown | {"event_filters": ["call.started"]}
    [kept] = vocatech.webhooks.subscriptions
    assert kept.secret == made["secret"]
    vocatech.ring()
    assert vocatech.settle()
    assert len(receiver.told("call.started")) == 1
    assert api.delete(path).status_code == 204
    vocatech.ring()
    assert vocatech.settle()
    assert len(receiver.got) == 1
    assert api.get("/webhooks").json() == []
    assert api.delete(path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://example.com/hooks"},
        {"url": "https://"},
        {"url": "ftp://example.com"},
        {"url": "http://127.0.0.1.example.com/"},
        {"url": "https://example.com/a b"},
        {"event_filters": []},
        {"event_filters": ["call.missed"]},
        {"event_filters": "call.started"},
        {"event_filters": ["call.started", "call.started"]},
        {"event_filters": [["call.started"]]},
        {"name": ""},
        {"secret": "mine"},
    ],
)
def test_a_subscription_that_cannot_be_is_refused(vocatech, api, change):
    asked = {"url": "https://example.com/hooks"} | change
    assert subscribe(api, **asked).status_code == 422
    assert vocatech.webhooks.subscriptions == []


def test_a_test_event_is_sent_at_once_and_its_fate_told(vocatech, api, receiver):
    path = f"/webhooks/{subscribe(api, receiver.url).json()['id']}"
    assert api.post(f"{path}/test").json() == {
        "success": True,
        "status_code": 200,
        "error": None,
    }
    [request] = receiver.got
    assert json.loads(request.body)["event_type"] == "test"
    assert request.headers["x-vocatech-signature"]
    receiver.status = 500
    refused = api.post(f"{path}/test", json={}).json()
    assert (refused["success"], refused["status_code"]) == (False, 500)
    assert refused["error"]
    api.patch(path, json={"url": "http://127.0.0.1:9/"})
    lost = api.post(f"{path}/test").json()
    assert (lost["success"], lost["status_code"]) == (False, None)
    assert api.post(f"{path}/other").status_code == 404
    assert api.get(f"{path}/test").status_code == 405


def test_waiting_webhooks_are_dropped_when_the_fake_stops(clock, receiver):
    with FakeVocatech(clock=clock) as vocatech, http.Client(headers=HEADERS) as client:
        vocatech.connect(receiver.url)
        vocatech.messages.delay = 60.0
        client.post(f"{vocatech.api_url}/messages", json=text_from(vocatech))
    vocatech.messages.delayed.run_all_now()
    time.sleep(0.25)
    assert receiver.got == []


# The demo's texts


def test_the_same_seed_gives_the_same_month_of_texts(vocatech, clock):
    with FakeVocatech(clock=clock, quotas=False) as again:
        add_history(again, email="")
        add_history(vocatech, email="")
        ids = vocatech.messages.ids()
        assert ids == again.messages.ids()
    texts = [vocatech.messages.get(one) for one in ids]
    assert len({text["remote_number"] for text in texts}) == 12
    assert [text["body"] for text in texts].count("STOP") == 1
    assert {text["status"] for text in texts} == {"delivered", "failed", "read"}
    assert {text["channel"] for text in texts} == {"text", "whatsapp"}
    assert sum("attachments" in text for text in texts) == 1
    moments = sorted(datetime.fromisoformat(text["sent_time"]) for text in texts)
    assert moments[0] > NOON - timedelta(days=DAYS)
    assert moments[-1] < NOON
    assert not any("{" in text["body"] for text in texts)


@pytest.mark.parametrize("name", sorted(TEXT_SCENARIOS))
def test_every_scenario_of_texts_makes_its_texts(vocatech, api, receiver, name):
    vocatech.connect(receiver.url)
    ids = TEXT_SCENARIOS[name].run(vocatech, speed=10)
    assert vocatech.settle()
    listed = api.get("/messages").json()["messages"]
    assert sorted(ids) == sorted(text["message_id"] for text in listed)
    assert bool(ids) == bool(receiver.got) == (name not in {"next_fails", "answer_lost"})
    assert TEXT_SCENARIOS[name].description.endswith(".")
    assert TEXT_SCENARIOS[name].group == "SMS"


def test_the_picture_of_a_scenario_can_be_fetched_and_the_next_text_fails(vocatech, api):
    TEXT_SCENARIOS["picture_in"].run(vocatech, speed=10)
    [picture] = api.get("/messages").json()["messages"][0]["attachments"]
    address = api.get(f"/media/{picture['id']}").json()["url"]
    assert http.get(address).content.startswith(b"\x89PNG")
    TEXT_SCENARIOS["next_fails"].run(vocatech, speed=10)
    TEXT_SCENARIOS["portal_out"].run(vocatech, speed=10)
    assert vocatech.settle()
    assert vocatech.sent_texts() == []


def test_a_lost_answer_is_that_of_the_next_text_alone(vocatech, api):
    TEXT_SCENARIOS["answer_lost"].run(vocatech, speed=10)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/messages", json=text_from(vocatech))
    assert api.post("/messages", json=text_from(vocatech)).status_code == 201
    assert len(vocatech.sent_texts()) == 2


def test_who_wrote_stop_last_writes_start(vocatech):
    vocatech.receive_text(CALLER, "STOP")
    [start] = TEXT_SCENARIOS["start_in"].run(vocatech, speed=10)
    assert vocatech.messages.get(start)["remote_number"] == CALLER


@pytest.mark.parametrize("name", sorted(WEBHOOK_FAULTS))
def test_a_storm_among_the_webhooks_passes(vocatech, name):
    WEBHOOK_FAULTS[name].run(vocatech, speed=1000)
    assert vocatech.webhooks.faults == WebhookFaults()
