"""Callers and contacts whose numbers are written in unusual ways, from the webhook to Slack."""

import json

import pytest

from bot.sandbox.slack.workspace import ANA, BEN
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate


def cards(slack):
    """Return the content of each call's card by its ID."""
    found = {}
    for message in slack.messages(CHANNEL):
        if call_id := message.get("metadata", {}).get("event_payload", {}).get("call_id"):
            found[call_id] = message
    return found


def card(slack, call_id, *words):
    def found():
        message = cards(slack).get(call_id)
        return message if message and all(word in str(message) for word in words) else None

    return wait_for(found)


@pytest.mark.parametrize(
    "number",
    [
        *("+266696687", "+7378742833", "+2562533", "266696687", "+10000000000", "1111111111"),
        *("10.20.130.140", "Anonymous"),
    ],
)
def test_callers_with_a_withheld_number_spelled_on_a_keypad_are_separate(bot, slack, number):
    for call_id in ("first", "second"):
        send(bot.url, ended(call_id, remote_number=number, status="missed"))
        assert "Reply via SMS" not in str(card(slack, call_id, "Missed call"))
    slack.click(ANA, CHANNEL, card(slack, "first")["ts"], "claim_call")
    card(slack, "first", "Claimed by Ana")
    assert "Claimed by" not in str(card(slack, "second"))
    slack.click(BEN, CHANNEL, card(slack, "second")["ts"], "claim_call")
    card(slack, "second", "Claimed by Ben")
    send(bot.url, ended("talk", remote_number=number, status="answered"))
    card(slack, "talk", "Answered call")
    wait_for(lambda: not bot.store.calls.to_route() and bot.metric("posts_pending") == 0)
    for call_id in ("first", "second"):
        standing = bot.store.missed_calls.standing(bot.store.calls.find(call_id))
        assert standing.ending is None
        assert standing.others == 0


@pytest.mark.parametrize(
    "caller",
    [
        "sip:alice@10.20.130.140",
        "sip:5551234@10.20.130.140",
        "10.20.130.140",
        "10.20.130.140:5060",
        "INFO1234567",
        "555-0123",
        "alice@example.com",
        "Room 1234567",
    ],
)
def test_caller_that_is_no_number_has_no_reply_via_sms(bot, slack, caller):
    send(bot.url, ended("c", remote_number=caller, status="missed"))
    assert "Reply via SMS" not in str(card(slack, "c", "Missed call"))


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("415-555-0162 cell", "+14155550162"),
        ("415-555-0162 (mobile)", "+14155550162"),
        ("415-555-0162 - home", "+14155550162"),
        ("home: 415-555-0162", "+14155550162"),
        ("415-555-0161 / 415-555-0162", "+14155550162"),
        ("415-555-0161, 415-555-0162", "+14155550162"),
        ("415-555-0161\n415-555-0162", "+14155550162"),
        ("415-555-0161;415-555-0162", "+14155550162"),
        ("1-800-GOT-JUNK", "+18004685865"),
        ("1-800-468-5865", "+18004685865"),
        ("447911123456 (mobile)", "+447911123456"),
    ],
)
def test_caller_is_named_by_a_contact_whose_phone_field_has_more(
    start_bot, slack, vocatech, field, number
):
    vocatech.contacts.add({"First Name": "Zelda", "Last Name": "Quist", "Phone": field})
    bot = start_bot()
    wait_for(lambda: bot.store.contacts.with_number(number))
    send(bot.url, ended("c", remote_number=number, status="missed"))
    assert "Zelda Quist" in json.dumps(card(slack, "c", "Missed call"))


def test_text_goes_to_the_number_whose_area_code_has_a_slash(start_bot, slack, vocatech):
    vocatech.contacts.add(
        {"First Name": "Zelda", "Last Name": "Quist", "Phone": "0664 / 660 12 34"}
    )
    bot = start_bot(default_region="AT")
    wait_for(lambda: bot.store.contacts.with_number("+436646601234"))
    slack.type_command(ANA, CHANNEL, "/sms", "Zelda, Ihr Termin ist um 10 Uhr")
    view = wait_for(lambda: "Ihr Termin" in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert "+436646601234" in view["private_metadata"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-23 10:00:00 UTC", "2026-11-23 10:01:00 UTC"),
        ("Mon, 23 Nov 2026 10:00:00 +0000", "Mon, 23 Nov 2026 10:01:00 +0000"),
        ("1795428000.0", "1795428060.5"),
        ("2026-11-23t10:00:00z", "2026-11-23t10:01:00z"),
    ],
)
def test_card_has_the_time_in_every_written_form(bot, slack, start, end):
    event = ended("c", status="missed")
    event["data"] |= {"start_time": start, "end_time": end}
    send(bot.url, event)
    assert "1795428000" in str(card(slack, "c", "Missed call"))
