"""Numbers in what people don't see of a message: metadata, button values, and other keys."""

import json
import re
import time

import pytest

from bot.models.channels import ChannelSettings, Mute, Visibility
from bot.sandbox.slack.workspace import ANA
from bot.slack.history import Wanted, find_messages
from bot.store import Store
from bot.ui.message import Message
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

NUMBER = "+12125550123"


def digits_of(value):
    """Yield the digits of each key and each value in a message."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield re.sub(r"\D", "", key)
            yield from digits_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from digits_of(one)
    else:
        yield re.sub(r"\D", "", str(value))


def posted(slack):
    heads = slack.messages(CHANNEL)
    return [*heads, *(line for one in heads for line in slack.thread(CHANNEL, one["ts"]))]


@pytest.mark.any_rate
def test_no_message_of_a_masked_channel_has_a_number_in_any_key(start_bot, slack, vocatech):
    bot = start_bot(text_back=True, work_objects=True)
    bot.store.channels.set(ChannelSettings(CHANNEL, shown=Visibility(whole_numbers=False)))
    vocatech.receive_text(NUMBER, f"Call me at {NUMBER}, or 2,1,2·5:5|5 0123")
    wait_for(lambda: slack.messages(CHANNEL))
    vocatech.receive_text(NUMBER, "STOP")
    said = {"summary": f"Call {NUMBER}.", "remote_name": NUMBER, "status": "answered"}
    send(bot.url, ended("a", **said))
    wait_for(lambda: "Answered call" in str(slack.messages(CHANNEL)))
    bot.store.mutes.begin(Mute(CHANNEL, time.time() + 60, ANA), token="m", now=time.time())
    for call_id in ("b", "c", "d"):
        send(bot.url, ended(call_id, status="missed", remote_name=NUMBER))
    wait_for(lambda: not bot.store.calls.to_route())
    bot.store.mutes.lift(CHANNEL, by=ANA, now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: "call_ids" in str(slack.messages(CHANNEL)))
    wait_for(lambda: "Opted out" in str(slack.messages(CHANNEL)))
    entities = [e for one in posted(slack) for e in one["metadata"].get("entities", [])]
    assert [e for e in entities if e["external_ref"] == {"id": "a", "type": "call"}]
    kinds = {one["metadata"]["event_type"] for one in posted(slack)}
    assert kinds == {
        *("vocatech_call", "vocatech_conversation", "vocatech_message", "vocatech_notice"),
    }
    for one in posted(slack):
        assert not [found for found in digits_of(one) if NUMBER[-7:] in found]


@pytest.mark.any_rate
def test_head_of_a_thread_has_an_opaque_id_in_every_channel(bot, slack, vocatech):
    for number in (NUMBER, "+12125550177"):
        vocatech.receive_text(number, "Hello")
    heads = wait_for(lambda: len(found := slack.messages(CHANNEL)) == 2 and found)
    payloads = [one["metadata"]["event_payload"] for one in heads]
    assert [[*one] for one in payloads] == [["conversation"]] * 2
    assert payloads[0] != payloads[1]
    assert not re.search(r"\d", json.dumps(payloads))


def test_opaque_id_is_the_same_after_a_restart_and_in_no_other_database(tmp_path, open_new):
    first, other = open_new(tmp_path / "a.db"), open_new(tmp_path / "b.db")
    known, foreign = first.key_values.opaque_id(NUMBER), other.key_values.opaque_id(NUMBER)
    first.close()
    other.close()
    again = Store.open(tmp_path / "a.db")
    assert again.key_values.opaque_id(NUMBER) == known != foreign
    again.close()


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"conversation": "abc"}, {1: "1.0"}),
        ({"number": NUMBER}, {1: "1.0"}),
        ({"conversation": 7}, {1: "1.0"}),
        ({"number": "+12125550177"}, {}),
        ({"conversation": 8}, {}),
    ],
)
def test_head_of_an_earlier_version_is_recognized(payload, expected):
    kind = "vocatech_conversation"
    metadata = {"event_type": kind, "event_payload": {"conversation": "abc"}}
    formerly = ({"number": NUMBER}, {"conversation": 7})
    message = Message("Hello", [], [], metadata, formerly=formerly)
    found = {"bot_id": "B1", "metadata": {"event_type": kind, "event_payload": payload}}
    wanted = Wanted(1, message)
    assert find_messages([{**found, "ts": "1.0"}], [wanted], bot_id="B1") == expected
