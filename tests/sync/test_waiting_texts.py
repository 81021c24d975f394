"""Texts whose company number isn't reported yet: shown where they belong, or later."""

import time

import pytest

from bot.sandbox.vocatech.webhooks import MESSAGE_EVENTS, WebhookFaults
from bot.store.sync import TEXTS_COVERED, WAITING_TEXT
from bot.sync.waiting_texts import MAX_SECONDS
from tests.conftest import CHANNEL, wait_for
from tests.support.hands import jobs_of
from tests.support.webhooks import send

pytestmark = pytest.mark.any_rate

MARIA, SALES = "+12125550142", "C0SALES001"
SECRET = "The diagnosis is as feared."


@pytest.fixture
def bot(start_bot, slack, vocatech):
    slack.add_channel(SALES, "sales")
    vocatech.messages.delay = 0.0
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    running = start_bot(slack_routes=f"{vocatech.company.numbers[0]}={SALES}")
    wait_for(lambda: running.store.key_values.moment(TEXTS_COVERED))  # by the poll at the start
    return running


def report(bot, message_id, **more):
    data = {"message_id": message_id, "from": MARIA, "body": SECRET, "direction": "incoming"}
    event = {"id": f"e {message_id} {more}", "event_type": "message.received", "data": data | more}
    send(bot.url, event)
    settle(bot)


def settle(bot):
    bot.bot.services.wake()
    wait_for(lambda: not bot.store.texts.to_route() and bot.metric("posts_pending") == 0)


def poll(bot):
    jobs_of(bot.bot)["catch up"]()
    settle(bot)


def shown(slack, channel):
    return SECRET in str(slack.messages(channel))


def test_text_waits_until_the_list_says_which_number_it_is_for(bot, slack, vocatech):
    vocatech.receive_text(MARIA, SECRET)
    [message_id] = wait_for(vocatech.messages.ids)
    report(bot, message_id)
    assert not shown(slack, CHANNEL)
    assert not shown(slack, SALES)
    poll(bot)
    wait_for(lambda: shown(slack, SALES))
    assert not shown(slack, CHANNEL)


def test_text_waits_until_another_report_says_it(bot, slack, vocatech):
    report(bot, "m1")
    assert not shown(slack, CHANNEL)
    report(bot, "m1", to=vocatech.company.numbers[0])
    wait_for(lambda: shown(slack, SALES))
    poll(bot)
    poll(bot)
    assert not shown(slack, CHANNEL)
    assert not bot.store.key_values.moments(WAITING_TEXT)


def test_text_that_no_list_explains_is_shown_in_the_default_channel(bot, slack):
    report(bot, "m1")
    poll(bot)
    poll(bot)
    wait_for(lambda: shown(slack, CHANNEL))
    assert not shown(slack, SALES)


def test_text_waits_no_longer_than_ten_minutes(bot, slack):
    report(bot, "m1")
    bot.store.key_values.set_moment(f"{WAITING_TEXT}m1", time.time() - MAX_SECONDS - 1)
    poll(bot)
    wait_for(lambda: shown(slack, CHANNEL))


def test_reply_in_a_known_thread_does_not_wait(bot, slack, vocatech):
    report(bot, "m1", to=vocatech.company.numbers[0])
    wait_for(lambda: shown(slack, SALES))
    report(bot, "m2", body="And another thing")
    wait_for(lambda: "And another thing" in str(slack.messages(SALES)))
    assert "And another thing" not in str(slack.messages(CHANNEL))
