"""The endpoint families: requests, and parsing of responses under every known field name."""

import json
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AnswerLost, NotFound, RequestRefused
from bot.models.contacts import Contact, ContactField
from bot.models.people import Company, Person
from bot.models.texts import AttachmentRef, Platform
from bot.vocatech.shapes import (
    read_company,
    read_contact,
    read_contact_field,
    read_person,
    read_row_errors,
    read_subscription,
)
from bot.vocatech.text_shapes import read_text_row
from tests.support.api_client import always

DAY = date(2026, 11, 23)
PHONE = ContactField("Phone", is_phone=True, is_match=True)
NAME = ContactField("Name")
FIELDS = [NAME, PHONE]


def keeping(answer):
    """Respond with `answer` and record requests as method, path, query, and body."""

    def reply(request):
        body = json.loads(request.content) if request.content else None
        reply.asked.append((request.method, request.url.path, dict(request.url.params), body))
        return answer(request)

    reply.asked = []
    return reply


# Calls


def test_a_call_search_sends_every_filter(client_for):
    answer = keeping(always(200, json={"calls": []}))
    calls = client_for(answer).calls
    list(calls.between(DAY, DAY, direction="incoming", status="missed", search="101"))
    [(method, path, query, _)] = answer.asked
    assert (method, path) == ("GET", "/v1/calls")
    assert query == {
        "start_date": "2026-11-23",
        "end_date": "2026-11-23",
        "direction": "incoming",
        "status": "missed",
        "search": "101",
        "page": "1",
        "limit": "500",
    }


def test_one_call_is_searched_on_its_day_and_the_days_around_it(client_for):
    rows = [{"call_id": "c-10"}, {"call_id": "c-1"}]
    answer = keeping(always(200, json={"calls": rows, "meta": {"total_pages": 1}}))
    calls = client_for(answer).calls
    assert calls.find("c-1", DAY) == {"call_id": "c-1"}
    assert calls.find("c-2", DAY) is None
    query = answer.asked[0][2]
    assert (query["start_date"], query["end_date"], query["search"]) == (
        "2026-11-22",
        "2026-11-24",
        "c-1",
    )


# Messages


def test_a_text_is_sent_as_documented(client_for):
    answer = keeping(always(201, json={"status": "created", "message": {}}))
    messages = client_for(answer).messages
    messages.send("Hi", to="+12125550199", sender="+12125550100")
    messages.send(
        "Hi",
        to="+12125550199",
        sender="+12125550100",
        name="Zoë",
        platform=Platform.WHATSAPP,
        is_test=True,
    )
    sms = {"platform": "text", "from": "+12125550100", "to": "+12125550199", "message": "Hi"}
    assert answer.asked[0] == ("POST", "/v1/messages", {}, sms)
    assert answer.asked[1][3] == {**sms, "platform": "whatsapp", "name": "Zoë", "test": True}


LISTED = {
    "message_id": "m1",
    "direction": "incoming",
    "status": "delivered",
    "remote_number": "(212) 555-0199",
    "group_number": "+12125550100",
    "sent_time": "2026-11-23T10:00:00Z",
    "channel": "text",
    "body": "Hello",
    "attachments": [{"id": "a1", "content_type": "image/png", "size": 5}],
}
DELIVERED = {
    "message_id": "m1",
    "direction": "inbound",
    "status": "delivered",
    "from": "(212) 555-0199",
    "to": "+12125550100",
    "sent_at": "2026-11-23T10:00:00Z",
    "channel": "text",
    "body": "Hello",
    "attachments": [{"id": "a1", "content_type": "image/png", "size": 5}],
}


def test_a_listed_text_equals_the_one_from_a_webhook(client_for):
    answer = always(200, json={"messages": [LISTED, {"body": "no id"}], "meta": {"total_pages": 1}})
    [[text]] = client_for(answer).messages.between(DAY, DAY)
    assert text == read_text_row(DELIVERED, region="US")
    assert text.remote_number == "+12125550199"
    assert text.company_number == "+12125550100"
    assert text.is_incoming
    assert text.attachments == (AttachmentRef("a1", None, "image/png", None, 5),)


def test_an_outgoing_text_has_the_company_as_sender():
    row = {"id": "m2", "direction": "outgoing", "from": "+12125550100", "to": "+12125550199"}
    text = read_text_row(row, region="US")
    assert (text.company_number, text.remote_number) == ("+12125550100", "+12125550199")


# Users


def test_users_are_parsed_under_every_field_name(client_for):
    rows = [
        {"id": 7, "extension": 101, "first_name": "Ana", "last_name": "Torres", "email": "a@b.c"},
        {"user_id": "u8", "name": "Ben Whitaker", "extension": "102"},
        {"extension": "103"},
    ]
    people = [
        Person("7", "Ana Torres", "101", "a@b.c"),
        Person("u8", "Ben Whitaker", "102"),
    ]
    for body in ({"users": rows, "meta": {"total_pages": 1}}, rows):
        pages = list(client_for(always(200, json=body)).users.all())
        assert pages == [people]


def test_a_user_is_created_and_updated(client_for):
    row = {"id": "u 9", "extension": "109"}
    answer = keeping(always(200, json={"user": row}))
    users = client_for(answer).users
    assert users.create(extension="109") == Person("u 9", None, "109")
    assert users.update("u 9/../x", voicemail_enabled=True) == Person("u 9", None, "109")
    assert answer.asked[0] == ("POST", "/v1/users", {}, {"extension": "109"})
    assert answer.asked[1][0] == "PATCH"
    assert answer.asked[1][3] == {"voicemail_enabled": True}


# Contacts


def test_contact_fields_are_in_order(client_for):
    rows = [
        {"id": 2, "name": "Phone", "order": 2, "is_phone": True, "is_match": 1},
        {"id": 1, "name": "Name", "order": 1, "show_in_fields": False},
        {"id": 3, "order": 3},
    ]
    fields = client_for(always(200, json={"fields": rows})).contacts.fields()
    assert fields == [
        ContactField("Name", 1, is_shown=False),
        ContactField("Phone", 2, is_phone=True, is_match=True),
    ]


def test_a_contact_has_each_phone_number_once(client_for):
    row = {"id": 5, "fields": {"Name": "Zoë", "Phone": "212 555 0100; +12125550100;+442079460001"}}
    answer = always(200, json={"contacts": [row], "meta": {"total_pages": 1, "total_contacts": 1}})
    [(page, [contact])] = client_for(answer).contacts.all(FIELDS)
    assert page.total == 1
    assert contact == Contact(5, row["fields"], ("+12125550100", "+442079460001"))
    assert contact.name == "Zoë"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"First Name": "Zoë", "Last Name": "Grant"}, "Zoë Grant"),
        ({"first name": "Zoë"}, "Zoë"),
        ({"Full Name": "Zoë Grant", "Company": "Oakwood"}, "Zoë Grant"),
        ({"Company": "Oakwood", "E-Mail": "z@oak.example"}, "Oakwood"),
        ({"Company": " ", "Email": "z@oak.example"}, "z@oak.example"),
        ({"Phone": "+12125550100"}, None),
        # Of someone else, and what isn't the address.
        (
            {"Spouse First Name": "Tom", "First Name": "Zoë", "Previous Last Name": "Lee"}
            | {"Last Name": "Grant"},
            "Zoë Grant",
        ),
        ({"Patient First Name": "Zoë", "Patient Last Name": "Grant"}, "Zoë Grant"),
        ({"Company Size": "Small", "Company Name": "Oakwood"}, "Oakwood"),
        ({"Email Opt In": "No", "Email": "z@oak.example"}, "z@oak.example"),
        ({"Email Opt In": "No"}, None),
    ],
)
def test_a_contact_has_its_best_name(fields, name):
    assert Contact(1, fields).name == name


def test_failed_rows_are_reported_by_index(client_for):
    body = {
        "summary": {"total": 2, "created": 1, "updated": 0, "errors": 1},
        "contacts": [{"contact": {"id": 1, "fields": {"Name": "Ana"}}, "action": "created"}],
        "errors": [{"index": 1, "message": "Phone is no number"}],
    }
    answer = keeping(always(200, json=body))
    saved = client_for(answer).contacts.save([{"Name": "Ana"}, {"Phone": "x"}], FIELDS)
    assert [one.contact_id for one in saved.contacts] == [1]
    assert saved.errors == {1: "Phone is no number"}
    assert answer.asked[0][3] == {
        "contacts": [{"fields": {"Name": "Ana"}}, {"fields": {"Phone": "x"}}]
    }


def test_a_failed_contact_raises_its_reason(client_for):
    body = {"contacts": [], "errors": [{"index": 0, "message": "Phone is no number"}]}
    with pytest.raises(RequestRefused, match="Phone is no number") as refused:
        client_for(always(200, json=body)).contacts.save_one({"Phone": "x"}, FIELDS)
    assert refused.value.rows == ((0, "Phone is no number"),)


@pytest.mark.parametrize("rows", [[], [{"Name": "x"}] * 501])
def test_an_empty_or_oversized_batch_is_not_sent(client_for, rows):
    answer = keeping(always(500))
    with pytest.raises(RequestRefused):
        client_for(answer).contacts.save(rows, FIELDS)
    assert answer.asked == []


def test_one_contact_is_read_updated_and_deleted_by_id(client_for):
    row = {"contact": {"id": 5, "fields": {"Name": "Zoë"}}}
    answer = keeping(always(200, json=row))
    contacts = client_for(answer).contacts
    assert contacts.find(5, FIELDS).name == "Zoë"
    assert contacts.update(5, {"Name": "Zoë"}, FIELDS).contact_id == 5
    assert [one[:2] for one in answer.asked] == [
        ("GET", "/v1/contacts/5"),
        ("PATCH", "/v1/contacts/5"),
    ]
    client_for(always(204)).contacts.delete(5)
    with pytest.raises(NotFound):
        client_for(always(404)).contacts.delete(5)


# Webhooks and settings


def test_subscriptions_are_listed_created_updated_tested_and_deleted(client_for):
    row = {"id": 3, "name": "Slack", "url": "https://x.example/", "event_filters": ["call.ended"]}
    assert client_for(always(200, json=[row, 5])).webhooks.all() == [read_subscription(row)]
    for name in ("secret", "signing_secret"):
        made = client_for(always(201, json={**row, name: "s3cret"})).webhooks.create(
            name="Slack", url="https://x.example/", kinds=["call.ended"]
        )
        assert (made.subscription_id, made.secret) == ("3", "s3cret")
        assert "s3cret" not in repr(made)
    told = {"success": False, "status_code": 502, "error": "bad gateway"}
    tested = client_for(always(200, json=told)).webhooks.test("3")
    assert (tested.is_ok, tested.status, tested.error) == (False, 502, "bad gateway")
    answer = keeping(always(204))
    client_for(answer).webhooks.update("3", event_filters=["call.ended"])
    client_for(answer).webhooks.delete("3")
    assert [one[:2] for one in answer.asked] == [
        ("PATCH", "/v1/webhooks/3"),
        ("DELETE", "/v1/webhooks/3"),
    ]


@pytest.mark.parametrize("body", [None, {}, {"webhooks": 5}, "text"])
def test_an_invalid_subscription_list_is_an_error(client_for, body):
    with pytest.raises(AnswerLost):
        client_for(always(200, json=body)).webhooks.all()


@pytest.mark.parametrize(
    "answer",
    [
        {
            "company_name": "Oakwood",
            "time_zone": "Europe/Berlin",
            "phone_numbers": ["+12125550100"],
        },
        {"name": "Oakwood", "timezone": "Europe/Berlin", "numbers": [{"number": "212 555 0100"}]},
    ],
)
def test_the_company_is_parsed_under_both_field_names(client_for, answer):
    company = client_for(always(200, json=answer)).settings.company()
    assert company == Company("Oakwood", "Europe/Berlin", ("+12125550100",))


def test_an_unrecognized_time_zone_is_none():
    assert read_company({"timezone": "Mars/Olympus"}, region="US") == Company()


# Arbitrary responses

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=8,
)
KNOWN = [
    "id",
    "message_id",
    "user_id",
    "name",
    "first_name",
    "last_name",
    "email",
    "extension",
    "fields",
    "url",
    "secret",
    "order",
    "event_filters",
    "numbers",
    "timezone",
    "company_name",
    "contact",
    "user",
    "settings",
    "direction",
    "status",
    "channel",
    "from",
    "to",
    "sent_at",
    "body",
    "attachments",
    "is_phone",
    "index",
    "message",
    "remote_number",
    "size",
]
rows = st.dictionaries(st.sampled_from(KNOWN), anything, max_size=8)


@given(rows | anything)
def test_no_row_breaks_a_parser(row):
    read_contact_field(row)
    read_contact(row, phone_fields=["name"], region="US")
    read_row_errors(row)
    read_person(row)
    read_company(row, region="US")
    read_subscription(row)
    if isinstance(row, dict):
        read_text_row(row, region="US")


@given(st.lists(rows | anything, max_size=3))
def test_no_row_errors_break_their_parser(errors):
    assert all(isinstance(place, int) for place in read_row_errors(errors))


@pytest.mark.parametrize(
    "answer",
    [
        always(200, text="<html>"),
        always(200, text='{"contacts": [{"id": 1'),
        always(200, json={"contacts": "many", "users": 3, "messages": None, "fields": {}}),
        always(204),
        always(302, headers={"Location": "https://elsewhere.example/"}),
        always(500),
    ],
)
def test_every_family_raises_an_api_error_for_an_invalid_response(client_for, answer):
    client = client_for(answer).interactive
    for ask in (
        lambda: list(client.messages.between(DAY, DAY)),
        lambda: list(client.users.all()),
        client.contacts.fields,
        lambda: list(client.contacts.all(FIELDS)),
        client.webhooks.all,
    ):
        with pytest.raises(AnswerLost):
            ask()


def test_endless_pages_end(client_for):
    def answer(request):
        row = {"id": int(request.url.params["page"]) % 3, "extension": "1"}
        return httpx.Response(200, json={"users": [row], "meta": {"total_pages": 10**9}})

    assert len(list(client_for(answer).users.all())) == 3
