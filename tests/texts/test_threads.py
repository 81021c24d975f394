"""Threads of texts under faults: deleted, archived, hidden, late, before the installation."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.models.events import Event
from bot.models.texts import TextReport
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA
from bot.sandbox.vocatech.webhooks import MESSAGE_EVENTS, WebhookFaults
from bot.store.send_queue import Draft
from bot.texts.form import FROM_NUMBER
from bot.ui.action_ids import REPLY_TO_TEXT
from tests.conftest import CHANNEL, QUICK, wait_for
from tests.texts.test_texts import MARIA, lines_of, says, sent, thread_of, write

# Not about rate limits.
pytestmark = pytest.mark.any_rate

OTHER = "+12125550177"
SALES = "C0SALES001"


def delete(slack, message, channel=CHANNEL):
    """Delete a message as a user would."""
    with slack.state.lock:
        slack.state.drop(slack.state.channels[channel], message["ts"])


def open_again(slack, channel=CHANNEL):
    slack.state.channels[channel].is_archived = False


def is_quiet(bot):
    return bot.metric("posts_pending") == 0


def test_thread_with_a_deleted_head_is_reposted_with_the_next_text(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "One")
    wait_for(lambda: says(slack, "One") and is_quiet(bot))
    delete(slack, thread_of(slack)[0])
    # Slack keeps the thread of a deleted message: this one may still go there.
    vocatech.receive_text(MARIA, "Two")
    head = wait_for(lambda: is_quiet(bot) and thread_of(slack)[0])
    assert "Two" in str(head)
    write(bot, vocatech)
    wait_for(lambda: says(slack, "We call you back.", "Delivered") and is_quiet(bot))
    assert not says(slack, "One")


def test_deleted_line_stays_deleted_and_its_writer_is_still_notified(bot, slack, vocatech):
    vocatech.messages.delay = 600.0
    vocatech.messages.fail_next()
    write(bot, vocatech)
    [line] = wait_for(lambda: says(slack, "We call you back.", "Sent"))
    delete(slack, line)
    vocatech.messages.delayed.run_all_now()
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    wait_for(lambda: is_quiet(bot))
    assert not any("text_id" in one["metadata"]["event_payload"] for one in lines_of(slack))


def test_texts_to_an_archived_channel_appear_after_it_is_restored(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "One")
    wait_for(lambda: says(slack, "One") and is_quiet(bot))
    slack.archive(CHANNEL)
    vocatech.receive_text(MARIA, "Two")
    write(bot, vocatech)
    wait_for(lambda: sent(vocatech))
    wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    open_again(slack)
    wait_for(lambda: says(slack, "Two") and says(slack, "Delivered") and is_quiet(bot))
    assert len(lines_of(slack)) == 3


def test_every_kind_of_sender_has_a_thread(bot, slack, vocatech):
    given = {
        "72345": "Your code is 1234.",
        "": "From a hidden number.",
        MARIA: "\U0001f600" * 1_600,
    }
    for number, words in given.items():
        vocatech.receive_text(number, words)
    vocatech.receive_text(MARIA, "To the other number", to=vocatech.company.numbers[1])
    for number in given:
        wait_for(lambda number=number: thread_of(slack, number)[1])
    wait_for(lambda: len(lines_of(slack)) == 2)
    assert says(slack, "Unknown number", "From a hidden number.", number="")
    buttons = {number: "Reply via SMS" in str(thread_of(slack, number)[0]) for number in given}
    assert not any(buttons[number] for number in ("72345", ""))


def test_thread_goes_on_only_with_texts_of_its_company_number(start_bot, slack, vocatech):
    slack.add_channel(SALES, "sales")
    ours, private = vocatech.company.numbers[:2]
    bot = start_bot(slack_routes=f"{ours}={SALES}")
    vocatech.receive_text(MARIA, "Is it in stock?", to=ours)
    wait_for(lambda: "in stock" in str(slack.messages(SALES)))
    vocatech.receive_text(MARIA, "About my salary", to=private)
    wait_for(lambda: "salary" in str(slack.messages(CHANNEL)))
    vocatech.receive_text(MARIA, "Hello?", to=ours)
    wait_for(lambda: "Hello?" in str(thread_of(slack, channel=SALES)))
    vocatech.receive_text(MARIA, "My salary again", to=private)
    wait_for(lambda: "salary again" in str(thread_of(slack)))
    # Both heads are drawn again.
    bot.store.opt_outs.record(MARIA, ADMIN, is_out=True, now=time.time())
    bot.bot.workers.wake()
    for channel in (SALES, CHANNEL):
        wait_for(lambda channel=channel: "Opted out" in str(thread_of(slack, channel=channel)[0]))
    assert "salary" not in str(thread_of(slack, channel=SALES))
    assert "salary" in str(thread_of(slack)[0])
    assert not any(words in str(thread_of(slack)) for words in ("in stock", "Hello?"))


@pytest.fixture
def two_lines(start_bot, slack, vocatech):
    """Return an app with a channel for each of two numbers; MARIA texts one, then the other."""
    slack.add_channel(SALES, "sales")
    ours, other = vocatech.company.numbers[:2]
    bot = start_bot(slack_routes=f"{ours}={SALES}")
    long_ago = time.time() - 7_200
    text = TextReport("old", True, None, None, None, MARIA, ours, long_ago, "Is it in stock?")
    bot.store.calls.save(Event("old", "message.received", "{}", text=text), now=long_ago)
    bot.bot.workers.wake()
    wait_for(lambda: thread_of(slack, channel=SALES)[1])
    vocatech.receive_text(MARIA, "About my salary", to=other)
    wait_for(lambda: thread_of(slack)[1] and is_quiet(bot))
    return bot


def test_text_after_silence_in_its_channel_is_sent_to_the_channel(two_lines, slack, vocatech):
    vocatech.receive_text(MARIA, "Hello?", to=vocatech.company.numbers[0])
    wait_for(lambda: "Hello?" in str(thread_of(slack, channel=SALES)[1]) and is_quiet(two_lines))
    line = thread_of(slack, channel=SALES)[1][-1]
    assert line.get("subtype") == "thread_broadcast"


@pytest.mark.parametrize(("channel", "place"), [(SALES, 0), (CHANNEL, 1)])
def test_reply_in_a_thread_is_sent_from_its_number(two_lines, slack, vocatech, channel, place):
    vocatech.receive_text(MARIA, "Hello?", to=vocatech.company.numbers[1 - place])
    wait_for(lambda: "Hello?" in str(slack.state.channels) and is_quiet(two_lines))
    head = thread_of(slack, channel=channel)[0]
    slack.click(ANA, channel, head["ts"], REPLY_TO_TEXT, MARIA)
    form = wait_for(lambda: slack.open_view(ANA))
    [menu] = [block for block in form["blocks"] if block["block_id"] == FROM_NUMBER]
    assert menu["element"]["initial_option"]["value"] == vocatech.company.numbers[place]


def test_wish_for_no_more_texts_shows_in_each_channel_with_a_thread(two_lines, slack, vocatech):
    del two_lines
    vocatech.receive_text(MARIA, "Please stop texting me", to=vocatech.company.numbers[1])
    for channel in (CHANNEL, SALES):
        wait_for(lambda channel=channel: "may have asked" in str(thread_of(slack, channel=channel)))
    assert "stop texting" not in str(thread_of(slack, channel=SALES))


def test_thread_in_a_shared_channel_ends_when_its_number_is_routed_elsewhere(
    two_lines, start_bot, slack, vocatech
):
    two_lines.bot.stop()
    slack.state.channels[SALES].is_shared = True
    bot = start_bot()
    bot.store.channels.set_shared(SALES, is_shared=True, now=time.time())
    vocatech.receive_text(MARIA, "Hello?", to=vocatech.company.numbers[0])
    wait_for(lambda: "Hello?" in str(thread_of(slack)) and is_quiet(bot))
    assert "Hello?" not in str([slack.thread(SALES, one["ts"]) for one in slack.messages(SALES)])


def test_thread_whose_texts_were_all_deleted_is_replaced(two_lines, slack, vocatech):
    two_lines.store.retention.apply({"texts": time.time() - 3_600})
    two_lines.store.opt_outs.record(MARIA, ADMIN, is_out=True, now=time.time())
    two_lines.bot.workers.wake()
    wait_for(lambda: "Opted out" in str(thread_of(slack)[0]) and is_quiet(two_lines))
    vocatech.receive_text(MARIA, "Hello?", to=vocatech.company.numbers[0])
    [_, head] = wait_for(lambda: len(slack.messages(SALES)) == 2 and slack.messages(SALES))
    assert all(words in str(head) for words in ("Hello?", "Opted out"))
    assert "salary" in str(thread_of(slack)[0])


@pytest.mark.parametrize("what", ["archived", "waiting"])
def test_waiting_texts_use_no_cpu(start_bot, slack, vocatech, what):
    slack.add_channel(SALES, "sales")
    bot = start_bot(slack_routes=f"{vocatech.company.numbers[1]}={SALES}")
    ours = vocatech.company.numbers[0]
    if what == "archived":
        slack.archive(SALES)
        vocatech.receive_text(MARIA, "Held", to=vocatech.company.numbers[1])
        # A direct channel that doesn't exist: the head of the thread is skipped.
        draft = Draft("aside", OTHER, ours, "Hi", ANA, channel="D0NOBODY01")
        bot.store.send_queue.add(draft, now=time.time())
        wait_for(lambda: sent(vocatech, OTHER))
    else:
        vocatech.faults.add(Fault(path="/messages", method="POST", times=1, drop="before"))
        for number in range(7):
            write(bot, vocatech, f"Text {number}", f"t{number}")
        wait_for(lambda: len(sent(vocatech)) == 4)
        wait_for(lambda: says(slack, "Unconfirmed"))
        wait_for(lambda: len(says(slack, "limit: 5 every 10 minutes")) == 2)
    time.sleep(1)
    began = time.process_time()
    time.sleep(2)
    assert time.process_time() - began < 0.5


# Catch-up


def past(vocatech, body, ago, number=MARIA):
    """Add a text that only the list reports."""
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    text = vocatech.receive_text(number, body)
    at = datetime.now(UTC) - timedelta(seconds=ago)
    vocatech.messages.add({**text, "sent_time": at.isoformat()})


def test_texts_from_before_the_installation_are_stored_but_not_posted(start_bot, slack, vocatech):
    past(vocatech, "Yesterday", ago=20 * 3600)
    past(vocatech, "A moment ago", ago=60)
    bot = start_bot()
    wait_for(lambda: says(slack, "A moment ago") and is_quiet(bot))
    assert len(lines_of(slack)) == 1
    assert len(bot.store.texts.latest_with([MARIA], limit=5)) == 2


def test_texts_missed_while_stopped_appear_once_and_in_order(start_bot, slack, vocatech):
    bot = start_bot()
    wait_for(lambda: bot.metric("polls_total"))
    bot.bot.stop()
    past(vocatech, "Three", ago=1)
    past(vocatech, "One", ago=3)
    past(vocatech, "Two", ago=2)
    bot = start_bot(poll_seconds=1)
    wait_for(lambda: len(lines_of(slack)) == 3 and is_quiet(bot))
    time.sleep(1.2)
    shown = [line["text"].rsplit(" ", 1)[-1] for line in lines_of(slack)]
    assert shown == ["One", "Two", "Three"]


def test_texts_are_polled_although_the_list_of_calls_is_broken(start_bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/calls", status=403))
    past(vocatech, "Is anyone there?", ago=60)
    start_bot()
    wait_for(lambda: says(slack, "Is anyone there?"))


def test_unconfirmed_line_of_a_deleted_thread_appears_in_the_new_one(bot, slack, vocatech):
    begun = []

    def drop_the_line(method, params):
        if method == "chat.postMessage" and not params.get("thread_ts") and not begun:
            begun.append(params)
            slack.faults.add(Fault(path="chat.postMessage", drop="before", times=1))

    slack.after_method = drop_the_line
    vocatech.receive_text(MARIA, "One")
    head = wait_for(lambda: thread_of(slack)[0])
    delete(slack, head)
    wait_for(lambda: says(slack, "One") and is_quiet(bot))
    assert thread_of(slack)[0]["ts"] != head["ts"]
    assert len(slack.messages(CHANNEL)) == 1


def test_unconfirmed_text_is_looked_up_soon_after_any_wake_up(start_bot, slack, vocatech):
    bot = start_bot(timing=replace(QUICK, text_request=30.0))
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, delay=0.5, drop="after"))
    write(bot, vocatech)
    wait_for(bot.store.send_queue.unconfirmed)
    bot.bot.workers.wake()
    wait_for(lambda: says(slack, "We call you back.", "Delivered"))


def test_thread_shows_the_name_of_a_contact_that_is_saved_for_its_number(bot, slack, vocatech):
    wait_for(bot.store.contacts.fields)
    vocatech.receive_text(OTHER, "One")
    head, _ = wait_for(lambda: is_quiet(bot) and (t := thread_of(slack, OTHER))[0] and t)
    slack.click(ANA, CHANNEL, head["ts"], "open_contact_of_number", OTHER)
    form = wait_for(lambda: slack.open_view(ANA))
    assert form["callback_id"] == "save_contact"
    slack.submit_view(ANA, form["id"], {"field:Last Name": {"value": "Bergmann"}})
    wait_for(lambda: "Bergmann" in str(thread_of(slack, OTHER)[0]["blocks"]))
