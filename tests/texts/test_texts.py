"""Texts end to end: one thread per number, from webhooks and from the list."""

import csv
import io
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import build
from bot.cli.main import main
from bot.clock import Clock
from bot.models.calls import Outcome, Report, Source, Stage
from bot.models.events import Event
from bot.models.opt_outs import OptOutKeyword
from bot.models.people import Company
from bot.models.templates import Template
from bot.models.texts import Platform, TextForm, TextReport
from bot.phone_numbers import format_number
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.sandbox.vocatech.webhooks import MESSAGE_EVENTS, WebhookFaults
from bot.server.workers import TEXTS_QUEUE
from bot.store import Store
from bot.store.database.connection import Database
from bot.store.database.restore_marks import RESTORED_AT
from bot.store.send_queue import Draft, SendQueue
from bot.store.sync import TEXTS_COVERED
from tests.conftest import CHANNEL, settings_for, wait_for
from tests.support.hands import jobs_of
from tests.support.webhooks import event
from tests.support.webhooks import send as post_webhook

# Not about rate limits.
pytestmark = pytest.mark.any_rate

MARIA = "+12125550142"
ALWAYS = "Mon-Sun 0:00-24:00"


def thread_of(slack, number=MARIA, channel=CHANNEL):
    """Return the head of the conversation with a number, and its lines."""
    heads = [
        message
        for message in slack.messages(channel)
        if message.get("metadata", {}).get("event_type") == "vocatech_conversation"
        and (format_number(number, "US") or "Unknown number") in str(message["blocks"])
    ]
    assert len(heads) <= 1, "a conversation has two heads"
    if not heads:
        return None, []
    # Lines that are also sent to the channel repeat the head.
    lines = [{**line, "root": None} for line in slack.thread(channel, heads[0]["ts"])[1:]]
    told = [line["metadata"] for line in lines if "metadata" in line]  # files have none
    about = [metadata["event_payload"].get("text_id") for metadata in told]
    known = [text_id for text_id in about if text_id]
    assert len(known) == len(set(known)), "a text was posted twice"
    return heads[0], lines


def lines_of(slack, number=MARIA):
    return thread_of(slack, number)[1]


def says(slack, *words, number=MARIA):
    """Return the lines that contain all these words."""
    return [line for line in lines_of(slack, number) if all(word in str(line) for word in words)]


def write(bot, vocatech, body="We call you back.", text_id="ours", number=MARIA, user=ANA):
    """Queue a text, as the modal does."""
    draft = Draft(text_id, number, vocatech.company.numbers[0], body, user, channel=CHANNEL)
    added = bot.store.send_queue.add(draft, now=time.time())
    bot.bot.workers.run_now(TEXTS_QUEUE)
    return added


def sent(vocatech, number=MARIA):
    """Return the bodies that a customer received, in order."""
    texts = [vocatech.messages.get(one) for one in vocatech.messages.ids()]
    return [
        text["body"]
        for text in texts
        if text["direction"] == "outgoing" and text["remote_number"] == number
    ]


# Incoming


def test_incoming_text_opens_a_thread_and_later_ones_follow_in_it(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "Is my order ready?")
    wait_for(lambda: says(slack, "Is my order ready?"))
    vocatech.receive_text(MARIA, "Hello?")
    wait_for(lambda: says(slack, "Hello?"))
    head, lines = thread_of(slack)
    assert [line["metadata"]["event_type"] for line in lines] == ["vocatech_message"] * 2
    wait_for(lambda: "Hello?" in str(thread_of(slack)[0]))
    assert "Reply via SMS" in str(head)
    assert "Messages typed in this thread stay in Slack." in str(head)
    assert str(head["blocks"]).count("(212) 555-0142") == 1, "the contact is named twice"
    assert not any(line.get("subtype") == "thread_broadcast" for line in lines)


@pytest.mark.parametrize("seed", range(3))
def test_thread_is_the_same_from_webhooks_and_from_the_list(start_bot, slack, vocatech, seed):
    bot = start_bot(poll_seconds=1)
    chance = random.Random(seed)
    vocatech.messages.delay = 0.0
    kinds = chance.sample(MESSAGE_EVENTS, chance.randrange(len(MESSAGE_EVENTS) + 1))
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(kinds), copies=2, shuffle_seconds=0.5)
    write(bot, vocatech)
    for words in ("One", "Two", "Three"):
        vocatech.receive_text(MARIA, words)
    wait_for(lambda: len(says(slack, "Delivered")) == 1 and len(lines_of(slack)) == 4)
    wait_for(lambda: "Delivered" in str(lines_of(slack)) and bot.metric("posts_pending") == 0)
    for words in ("One", "Two", "Three", "We call you back."):
        assert len(says(slack, words)) == 1


def test_first_text_after_a_pause_is_also_sent_to_the_channel(bot, slack, vocatech):
    long_ago = TextReport(
        "m", True, "delivered", None, None, MARIA, None, time.time() - 7200, "Old"
    )
    bot.store.calls.save(Event("e", "message.received", "{}", text=long_ago), now=time.time())
    bot.bot.workers.wake()
    wait_for(lambda: says(slack, "Old"))
    for words in ("One", "Two"):
        vocatech.receive_text(MARIA, words)
    wait_for(lambda: len(lines_of(slack)) == 3)
    aloud = [line for line in lines_of(slack) if line.get("subtype") == "thread_broadcast"]
    assert len(aloud) == 1


def test_answer_mentions_the_last_writer(bot, slack, vocatech):
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Delivered"))
    vocatech.receive_text(MARIA, "Thank you!")
    wait_for(lambda: says(slack, "Thank you!", ANA))
    assert not says(slack, "We call you back.", ANA)


@pytest.mark.parametrize("length", [2_901, 4_096, 39_015])
def test_long_text_is_readable_in_full(bot, slack, vocatech, length):
    words = "".join(random.Random(length).choices("abc \n", k=length - 2))
    words = f"<{words}>"
    vocatech.receive_text(MARIA, words)
    [line] = wait_for(lambda: says(slack, "Show all"))
    view = open_modal(slack, line, "show_whole_text")
    pieces = [
        piece["text"]
        for block in view["blocks"]
        for part in block["elements"]
        for piece in part["elements"]
    ]
    assert "".join(pieces) == words


def test_text_of_2900_characters_has_no_button(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "x" * 2_899 + "!")
    [line] = wait_for(lambda: lines_of(slack))
    assert "x!" in str(line["blocks"])
    assert "Show all" not in str(line)


# Outgoing


def test_text_is_sent_once_and_its_line_shows_the_status(bot, slack, vocatech):
    vocatech.messages.delay = 600.0
    write(bot, vocatech)
    wait_for(lambda: says(slack, "We call you back.", "Sent"))
    vocatech.messages.delayed.run_all_now()
    [line] = wait_for(lambda: says(slack, "We call you back.", "Delivered"))
    assert line["metadata"]["event_payload"]["message_id"].startswith("msg_")
    assert len(lines_of(slack)) == 1
    assert sent(vocatech) == ["We call you back."]


def test_text_queued_twice_is_sent_once(bot, slack, vocatech):
    assert write(bot, vocatech)
    assert not write(bot, vocatech)
    wait_for(lambda: says(slack, "Delivered"))
    assert sent(vocatech) == ["We call you back."]


def test_failure_is_shown_with_its_reason_and_mentions_the_writer(bot, slack, vocatech):
    vocatech.messages.unreachable.add(MARIA)
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Failed", "Send again"))
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    time.sleep(0.1)
    assert len(says(slack, "wasn't delivered")) == 1


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"status": 500, "takes_effect": True}])
def test_text_with_a_lost_response_is_looked_up_and_never_sent_twice(bot, slack, vocatech, fault):
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, **fault))
    write(bot, vocatech)
    wait_for(lambda: bot.store.texts.find("ours").message_id)
    wait_for(lambda: not says(slack, "checking") and bot.metric("posts_pending") == 0)
    assert sent(vocatech) == ["We call you back."]


def test_writer_of_an_unconfirmed_text_is_asked(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, drop="before"))
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Unconfirmed", "Send again", "Mark as sent"))
    wait_for(lambda: says(slack, ANA, "is unconfirmed"))
    assert sent(vocatech) == []


def test_question_that_was_answered_is_masked_when_its_channel_becomes_shared(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, drop="before"))
    write(bot, vocatech)
    wait_for(lambda: says(slack, ANA, "message to (212) 555-0142 is unconfirmed"))
    [line] = wait_for(lambda: says(slack, "Unconfirmed", "Mark as sent"))
    slack.click(BEN, CHANNEL, line["ts"], "believe_text")
    wait_for(lambda: not bot.store.texts.find("ours").needs_confirmation)
    slack.share(CHANNEL)
    thread = lambda: str(slack.thread(CHANNEL, line["thread_ts"]))  # noqa: E731
    wait_for(lambda: "555-0142" not in thread())
    assert "0142 is unconfirmed" in thread()


def test_send_again_on_a_sent_text_explains_that_it_was_sent(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, drop="before"))
    write(bot, vocatech)
    [line] = wait_for(lambda: says(slack, "Unconfirmed", "Send again"))
    slack.faults.add(Fault("/chat.update", status=500))  # so that its button stays
    bot.store.send_queue.confirm_sent("ours")
    slack.click(ANA, CHANNEL, line["ts"], "send_again")
    view = wait_for(lambda: slack.open_view(ANA))
    assert "was sent or is being sent" in str(view)


def test_text_that_was_sent_after_all_is_not_sent_again_by_an_open_form(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, drop="before"))
    write(bot, vocatech)
    [line] = wait_for(lambda: says(slack, "Unconfirmed", "Send again"))
    view = open_modal(slack, line, "send_again")
    slack.click(BEN, CHANNEL, line["ts"], "believe_text")
    wait_for(lambda: not bot.store.texts.find("ours").may_be_sent_again)
    answer = send(slack, view)
    assert "The first message was sent after all" in str(answer)
    assert sent(vocatech) == []


def test_failed_text_is_sent_again_only_once(bot, slack, vocatech, thread):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, status=422))
    write(bot, vocatech, "Code 17")
    line = wait_for(lambda: says(slack, "Failed", "Send again"))[0]
    first = open_modal(slack, line, "send_again")
    second = open_modal(slack, line, "send_again", BEN)
    fill_in(slack, first, "Your code is 17")
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, status=422))
    send(slack, first)
    wait_for(lambda: says(slack, "Your code is 17", "Failed"))
    assert send(slack, second, BEN).ok  # the first try failed, too
    wait_for(lambda: sent(vocatech) == ["Code 17"])
    slack.click(ANA, CHANNEL, line["ts"], "send_again")
    wait_for(lambda: "was sent or is being sent" in str(slack.open_view(ANA)))
    assert sent(vocatech) == ["Code 17"]


def test_text_is_sent_again_from_its_own_number(bot, slack, vocatech, thread):
    bot.store.templates.save(Template(None, ANA, "Call", "Call {line}."))
    [template] = [one for one in bot.store.templates.seen_by(ANA) if one.name == "Call"]
    view = open_modal(slack, thread, "reply_to_text")
    slack.click_in_view(ANA, view["id"], "fill_in_template", str(template.template_id))
    view = wait_for(lambda: "Call (" in str(slack.open_view(ANA)) and slack.open_view(ANA))
    [menu] = [one["element"] for one in view["blocks"] if one["block_id"] == "line"]
    chosen = {"type": "static_select", "selected_option": menu["options"][1]}
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, status=422))
    assert slack.submit_view(ANA, view["id"], {"line": {"choose_line": chosen}}).ok
    [line] = wait_for(lambda: says(slack, "Call (", "Failed", "Send again"))
    # The customer writes to another of the company's numbers.
    time.sleep(1.1)  # Vocatech's times are whole seconds
    vocatech.receive_text(MARIA, "Hello?", menu["options"][2]["value"])
    wait_for(lambda: says(slack, "Hello?"))
    view = open_modal(slack, line, "send_again")
    [menu] = [one["element"] for one in view["blocks"] if one["block_id"] == "line"]
    assert menu["initial_option"] == menu["options"][1]
    chosen = {"type": "static_select", "selected_option": menu["options"][2]}
    assert slack.submit_view(ANA, view["id"], {"line": {"choose_line": chosen}}).ok
    wait_for(lambda: sent(vocatech) == [f"Call {menu['options'][2]['text']['text']}."])


def test_open_form_does_not_repeat_what_a_colleague_sent_again(bot, slack, vocatech, thread):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, status=422))
    write(bot, vocatech, "Code 17")
    line = wait_for(lambda: says(slack, "Failed", "Send again"))[0]
    first = open_modal(slack, line, "send_again")
    second = open_modal(slack, line, "send_again", BEN)
    assert send(slack, first).ok
    wait_for(lambda: sent(vocatech) == ["Code 17"])
    answer = send(slack, second, BEN)
    assert "This message was sent again in the meantime" in str(answer)
    assert sent(vocatech) == ["Code 17"]


def test_text_that_was_definitely_not_sent_is_retried_later(bot, slack, vocatech):
    too_many = Fault("/messages", "POST", times=1, status=429, headers={"Retry-After": "1"})
    vocatech.faults.add(too_many)
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Delivered"))


def test_refused_text_is_failed_and_not_sent(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/messages", method="POST", times=1, status=422))
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Failed"))
    wait_for(lambda: says(slack, ANA, "wasn't delivered"))
    assert sent(vocatech) == []


# Opt-out


def test_stop_blocks_messages_until_start(bot, slack, vocatech):
    vocatech.receive_text(MARIA, " Stop. ")
    wait_for(lambda: says(slack, "Opted out"))
    wait_for(lambda: "Opted out" in str(thread_of(slack)[0]))
    write(bot, vocatech)
    wait_for(lambda: says(slack, "Failed", "the contact opted out"))
    time.sleep(1.1)  # within the same second STOP counts
    vocatech.receive_text(MARIA, "START")
    wait_for(lambda: says(slack, "Opted back in"))
    write(bot, vocatech, "Welcome back", "second")
    wait_for(lambda: says(slack, "Welcome back", "Delivered"))
    assert sent(vocatech) == ["Welcome back"]


def test_polite_stop_is_recorded_by_hand_and_lifted(bot, slack, vocatech):
    write(bot, vocatech, "Ready", "first")  # now Ana owns the conversation
    wait_for(lambda: sent(vocatech) == ["Ready"])
    vocatech.receive_text(MARIA, "Stop. Thank you")
    head = wait_for(lambda: "Record opt-out" in str(thread_of(slack)[0]) and thread_of(slack)[0])
    slack.click(BEN, CHANNEL, head["ts"], "record_opt_out")
    wait_for(lambda: [one.what for one in bot.store.audit.latest() if "not allowed" in one.what])
    assert bot.store.opt_outs.of(MARIA) is None
    slack.click(ANA, CHANNEL, head["ts"], "record_opt_out")
    head = wait_for(lambda: "Lift opt-out" in str(thread_of(slack)[0]) and thread_of(slack)[0])
    assert "Reply via SMS" not in str(head["blocks"])
    write(bot, vocatech, "Second", "second")
    wait_for(lambda: says(slack, "Failed", "the contact opted out"))
    slack.click(ANA, CHANNEL, head["ts"], "lift_opt_out")
    head = wait_for(lambda: "Lift opt-out" not in str(thread_of(slack)[0]) and thread_of(slack)[0])
    assert "Record opt-out" not in str(head)
    done = [one.what for one in bot.store.audit.latest() if one.slack_user == ANA]
    assert done == ["opt-out lifted", "opt-out recorded"]
    assert sent(vocatech) == ["Ready"]


def test_canceled_appointment_offers_no_opt_out(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "cancel my appointment")
    wait_for(lambda: says(slack, "cancel my appointment"))
    assert "opt" not in str(thread_of(slack)[0]["blocks"]).replace("option", "")


def test_opt_out_is_recorded_by_hand_for_any_number(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    wait_for(lambda: bot.store.slack_people.find(ADMIN))
    # Longer than a modal's metadata may be if each letter is escaped.
    body = " ".join(["Ваш стол готов."] * 40)
    slack.type_command(ADMIN, CHANNEL, "/sms", f"(212) 555-0142 {body}")
    view = wait_for(lambda: slack.open_view(ADMIN))
    slack.click_in_view(ADMIN, view["id"], "record_opt_out")
    wait_for(lambda: "Lift opt-out" in str(slack.open_view(ADMIN)))
    assert bot.store.opt_outs.of(MARIA)
    view = slack.open_view(ADMIN)
    assert not view["submit"]
    slack.click_in_view(ADMIN, view["id"], "lift_opt_out")
    view = wait_for(lambda: slack.open_view(ADMIN)["submit"] and slack.open_view(ADMIN))
    assert bot.store.opt_outs.of(MARIA) is None
    assert body in str(view["blocks"])  # what was typed is kept
    send(slack, view, user=ADMIN)
    wait_for(lambda: sent(vocatech) == [body])
    done = [one.what for one in bot.store.audit.latest() if one.slack_user == ADMIN]
    assert done == ["opt-out lifted", "opt-out recorded"]


def test_only_the_owner_or_an_admin_records_an_opt_out_in_the_form(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text", user=BEN)
    slack.click_in_view(BEN, view["id"], "record_opt_out")
    wait_for(lambda: [one.what for one in bot.store.audit.latest() if "not allowed" in one.what])
    assert bot.store.opt_outs.of(MARIA) is None


def test_recorded_opt_out_survives_a_new_computation(store):
    def stop(message_id, word, at):
        report = TextReport(message_id, True, None, None, None, MARIA, US, at, "x", opt_out=word)
        store.calls.save(Event(message_id, "message.received", "{}", text=report), now=at)

    stop("m1", OptOutKeyword.START, 1_000.0)
    store.opt_outs.record(MARIA, ANA, is_out=True, now=2_000.0)
    stop("m2", OptOutKeyword.START, 1_500.0)  # reported late
    assert store.opt_outs.of(MARIA).at == 2_000.0
    stop("m3", OptOutKeyword.START, 3_000.0)
    assert store.opt_outs.of(MARIA) is None
    stop("m4", OptOutKeyword.STOP, 4_000.0)
    store.opt_outs.record(MARIA, ANA, is_out=False, now=5_000.0)
    assert store.opt_outs.of(MARIA) is None


def test_stop_while_the_app_was_off_comes_before_a_queued_text(start_bot, slack, vocatech):
    bot = start_bot()
    wait_for(lambda: bot.metric("polls_total"))
    bot.bot.stop()
    vocatech.receive_text(MARIA, "STOP")
    vocatech.faults.add(Fault(path="/messages", method="GET", status=503))
    database = Database(bot.bot.services.settings.database_path)
    draft = Draft("ours", MARIA, vocatech.company.numbers[0], "Ready", ANA, channel=CHANNEL)
    SendQueue(database).add(draft, now=time.time())
    database.close()
    bot = start_bot(poll_seconds=1)
    wait_for(lambda: bot.metric("api_errors_total"))
    assert bot.store.send_queue.queued() == ["ours"]
    assert sent(vocatech) == []
    vocatech.faults.clear()
    wait_for(lambda: says(slack, "Failed", "the contact opted out"))
    assert sent(vocatech) == []


def test_admins_see_the_opt_outs(bot, slack, vocatech):
    vocatech.receive_text(MARIA, "Arrêt")
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    wait_for(lambda: bot.store.slack_people.find(ADMIN))  # only then is Robin known as an admin
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "tab": "home", "channel": "D1"})
    home = wait_for(
        lambda: "1 number gets no SMS" in str(slack.home_view(ADMIN)) and slack.home_view(ADMIN)
    )
    slack.click_in_view(ADMIN, home["id"], "show_opt_outs")
    wait_for(lambda: "(212) 555-0142  ·  " in str(slack.open_view(ADMIN)))


# The modal


def a_missed_call(vocatech):
    call = vocatech.ring(from_=MARIA, ago=60).hang_up(after=10)
    return call.id


def card(slack, call_id, *words):
    for message in slack.messages(CHANNEL):
        if message["metadata"]["event_payload"].get("call_id") == call_id:
            return message if all(word in str(message) for word in words) else None
    return None


def open_modal(slack, message, action_id, user=ANA):
    slack.click(user, CHANNEL, message["ts"], action_id)
    return wait_for(lambda: slack.open_view(user))


def test_reply_to_a_missed_call_claims_it(bot, slack, vocatech):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = open_modal(slack, message, "reply_to_call")
    assert "sorry that we missed your call" in str(view)
    assert "5 of 5 messages left (limit: 5 every 10 minutes)" in str(view)
    slack.submit_view(ANA, view["id"], {})
    assert slack.open_view(ANA) is None
    wait_for(lambda: card(slack, call_id, "Claimed by Ana", "Delivered"))
    wait_for(lambda: says(slack, "sorry that we missed your call", "Delivered"))
    assert len(sent(vocatech)) == 1


def write_automatically(bot, vocatech, body, call_id):
    """Queue a text to a missed caller, as the job does, and wait until it is sent."""
    ours = vocatech.company.numbers[0]
    draft = Draft("automatic", MARIA, ours, body, None, call_id=call_id)
    assert bot.store.send_queue.add(draft, now=time.time())
    bot.bot.workers.run_now(TEXTS_QUEUE)
    wait_for(lambda: sent(vocatech) == [body])


def test_form_of_a_missed_call_does_not_repeat_the_automatic_text(start_bot, slack, vocatech):
    bot = start_bot(business_hours=ALWAYS)
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = open_modal(slack, message, "reply_to_call")
    body = next(one["element"]["initial_value"] for one in view["blocks"] if "words:" in str(one))
    write_automatically(bot, vocatech, body, call_id)
    send(slack, view)
    warning = "An automatic message was sent to this number less than a minute ago. Select Send"
    view = wait_for(lambda: warning in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert sent(vocatech) == [body]
    slack.close_view(ANA, view["id"])
    view = open_modal(slack, message, "reply_to_call")
    assert "initial_value" not in str(view["blocks"])
    view = fill_in(slack, view, "How can we help?")
    send(slack, view)
    send(slack, wait_for(lambda: warning in str(slack.open_view(ANA)) and slack.open_view(ANA)))
    wait_for(lambda: sent(vocatech) == [body, "How can we help?"])


def test_warning_in_a_form_is_not_replaced_by_a_late_count(start_bot, slack, vocatech):
    bot = start_bot(business_hours=ALWAYS)
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = open_modal(slack, message, "reply_to_call")
    write_automatically(bot, vocatech, "Sorry!", call_id)
    slack.faults.add(Fault(path="views.update", delay=60.0, times=1))
    slack.type_in_view(ANA, view["id"], "type_reply", "How can we help?")
    wait_for(lambda: not slack.faults.are_active)
    send(slack, view)
    warning = "An automatic message was sent to this number less than a minute ago. Select Send"
    assert warning in str(slack.open_view(ANA))
    slack.faults.end_delays()
    wait_for(lambda: slack.counts["views.update hash_conflict"])
    assert warning in str(slack.open_view(ANA))
    send(slack, view)
    wait_for(lambda: sent(vocatech) == ["Sorry!", "How can we help?"])


def test_second_of_two_who_send_at_the_same_moment_is_warned(bot, slack, vocatech, monkeypatch):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    views = {user: open_modal(slack, message, "reply_to_call", user) for user in (ANA, BEN)}
    add, at_once = SendQueue.add, threading.Barrier(2)

    def add_late(*given, **more):
        time.sleep(0.3)
        return add(*given, **more)

    def submit(user):
        at_once.wait()
        send(slack, views[user], user)

    monkeypatch.setattr(SendQueue, "add", add_late)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(submit, views))
    [warned] = [view for user in views if (view := slack.open_view(user))]
    assert re.search("(Ana Torres|Ben Whitaker) texted this number", str(warned))
    wait_for(lambda: len(sent(vocatech)) == 1)
    assert len(bot.store.texts.latest_with([MARIA], limit=2)) == 1


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (lambda claims, call_id, now: claims.take(call_id, BEN, now=now), "claimed this call"),
        (
            lambda claims, call_id, now: claims.call_back(call_id, BEN, now=now),
            "called this caller back",
        ),
    ],
)
def test_open_form_says_that_a_colleague_dealt_with_the_call(bot, slack, vocatech, handle, said):
    wait_for(lambda: bot.store.slack_people.find(BEN))
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = open_modal(slack, message, "reply_to_call")
    assert handle(bot.store.claims, call_id, time.time())
    send(slack, view)
    warning = f"{said} after you opened this form. Select Send once more to send yours too."
    view = wait_for(lambda: warning in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert "Ben" in str(view)
    assert sent(vocatech) == []
    send(slack, view)
    wait_for(lambda: len(sent(vocatech)) == 1)


def test_open_form_says_that_a_callback_was_answered_that_rang_before(bot, slack, vocatech):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    vocatech.outbound_silent = False
    callback = vocatech.ring(to=MARIA, direction="outgoing", ago=20)
    wait_for(lambda: bot.store.calls.find(callback.id))
    view = open_modal(slack, message, "reply_to_call")
    assert "sorry that we missed your call" in str(view)
    callback.answer()
    wait_for(lambda: bot.store.calls.find(callback.id).outcome is Outcome.IN_PROGRESS)
    send(slack, view)
    warning = "Someone talked to this caller in the meantime. Select Send once more to send yours"
    view = wait_for(lambda: warning in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert sent(vocatech) == []
    # A form that is opened only now needs no warning.
    slack.close_view(ANA, view["id"])
    view = fill_in(slack, open_modal(slack, message, "reply_to_call"), "As promised: $50")
    send(slack, view)
    wait_for(lambda: sent(vocatech) == ["As promised: $50"])


def test_open_form_says_that_a_late_report_has_the_call_as_answered(bot, slack, vocatech):
    call_id = a_missed_call(vocatech)
    message = wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    view = open_modal(slack, message, "reply_to_call")
    late = event("call.answered", call_id, remote_number=MARIA)
    assert post_webhook(bot.url, late).status_code == 200
    wait_for(lambda: bot.store.calls.find(call_id).outcome is Outcome.ANSWERED)
    send(slack, view)
    warning = "Someone talked to this caller in the meantime. Select Send once more to send yours"
    wait_for(lambda: warning in str(slack.open_view(ANA)))
    assert sent(vocatech) == []


def test_open_form_warns_of_a_message_from_another_app(bot, slack, vocatech, thread):
    view = fill_in(slack, open_modal(slack, thread, "reply_to_text"), "Not before Friday")
    told = {"message_id": "elsewhere", "from": vocatech.company.numbers[0], "to": MARIA}
    told |= {"body": "It is ready", "sent_at": time.time() + 1}
    said = {"id": "evt_elsewhere", "event_type": "message.sent", "data": told}
    assert post_webhook(bot.url, said).status_code == 200
    wait_for(lambda: says(slack, "It is ready"))
    for number in range(4):  # and the contact replies
        told = {"message_id": f"reply {number}", "from": MARIA, "to": vocatech.company.numbers[0]}
        told |= {"body": f"Reply {number}", "sent_at": time.time() + 2 + number}
        said = {"id": f"evt_{number}", "event_type": "message.received", "data": told}
        assert post_webhook(bot.url, said).status_code == 200
    wait_for(lambda: says(slack, "Reply 3"))
    send(slack, view)
    warning = (
        "A message was sent to this number from another app after you opened this form. Select"
    )
    view = wait_for(lambda: warning in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert "It is ready" in str(view)
    assert sent(vocatech) == []
    send(slack, view)
    wait_for(lambda: sent(vocatech) == ["Not before Friday"])


def test_form_has_no_words_about_a_call_that_was_called_back(bot, slack, vocatech):
    call_id = a_missed_call(vocatech)
    wait_for(lambda: card(slack, call_id, "Reply via SMS"))
    assert bot.store.claims.call_back(call_id, BEN, now=time.time())
    bot.bot.workers.wake()
    message = wait_for(lambda: card(slack, call_id, "alled back"))
    assert "initial_value" not in str(open_modal(slack, message, "reply_to_call")["blocks"])


@pytest.fixture
def thread(bot, slack, vocatech):
    """Return the head of a conversation with Maria, who just asked something."""
    vocatech.receive_text(MARIA, "Is my order ready?")
    wait_for(lambda: says(slack, "Is my order ready?"))
    return thread_of(slack)[0]


def fill_in(slack, view, words, user=ANA, action_id="type_reply"):
    """Type into the modal, and return its new view."""
    slack.type_in_view(user, view["id"], action_id, words)
    return wait_for(lambda: slack.open_view(user))


def send(slack, view, user=ANA):
    return slack.submit_view(user, view["id"])


def test_typing_is_not_interrupted_while_slack_is_busy(bot, slack, thread):
    view = open_modal(slack, thread, "reply_to_text")
    refused = {"ok": False, "error": "ratelimited"}
    slack.faults.add(Fault(path="views.update", status=429, body=refused, times=2))
    for words in ("Ye", "Yes"):
        slack.type_in_view(ANA, view["id"], "type_reply", words)
    wait_for(lambda: not slack.faults.are_active)
    slack.type_in_view(ANA, view["id"], "type_reply", "Yes, it is")
    wait_for(lambda: "10 / " in str(slack.open_view(ANA)))
    assert "views.push" not in [one.method for one in slack.calls]
    assert slack.submit_view(ANA, slack.open_view(ANA)["id"]).ok
    wait_for(lambda: says(slack, "Yes, it is"))


def test_reply_is_counted_while_typing_and_appears_in_the_thread(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    assert "Is my order ready?" in str(view)
    fill_in(slack, view, "Yes, it is! 🎉" + "x" * 60)
    view = wait_for(
        lambda: "2 segments (contains non-GSM characters: 🎉)" in str(slack.open_view(ANA)) and view
    )
    send(slack, view)
    wait_for(lambda: says(slack, "Ana", "Yes, it is! 🎉", "Delivered"))
    assert len(sent(vocatech)) == 1
    assert len(lines_of(slack)) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("   ", "Please enter a message"),
        ("\u200b \u2060", "Please enter a message"),
        ("x" * 1601, "1 character over the limit"),
    ],
)
def test_invalid_message_gets_an_error_at_the_field(bot, slack, vocatech, thread, words, said):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, words)
    assert said in str(send(slack, view).body)
    assert sent(vocatech) == []


def test_invisible_characters_are_neither_sent_nor_shown(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Ye\0s, it\ud83d is\u202e!")
    send(slack, view)
    wait_for(lambda: says(slack, "Yes, it is!", "Delivered"))
    assert sent(vocatech) == ["Yes, it is!"]


def test_opt_out_while_the_modal_is_open_blocks_the_message(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hello")
    vocatech.receive_text(MARIA, "STOP")
    wait_for(lambda: bot.store.opt_outs.of(MARIA))
    assert "opted out" in str(send(slack, view).body)
    assert sent(vocatech) == []
    wait_for(lambda: "Reply via SMS" not in str(thread_of(slack)[0]))


def test_company_number_that_is_gone_gets_an_error_at_its_field(bot, slack, vocatech, thread):
    wait_for(bot.store.people.company)
    bot.store.people.set_company(Company("Acme", "UTC", (US, "+12125550116")))
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hello")
    bot.store.people.set_company(Company("Acme", "UTC", ("+12125550116", "+12125550117")))
    assert "no longer has this number" in str(send(slack, view).body)
    assert bot.store.send_queue.queued() == []
    assert sent(vocatech) == []


def test_second_writer_is_warned_and_the_first_is_notified(bot, slack, vocatech, thread):
    wait_for(lambda: bot.store.slack_people.find(ANA))
    first = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, first, "It is ready.")
    second = open_modal(slack, thread, "reply_to_text", BEN)
    fill_in(slack, second, "We are on it.", BEN)
    send(slack, first)
    send(slack, second, BEN)
    wait_for(lambda: "Ana" in str(slack.open_view(BEN)["blocks"][2:4]))
    assert len(sent(vocatech)) <= 1
    send(slack, slack.open_view(BEN), BEN)
    wait_for(lambda: says(slack, "We are on it.", "Delivered"))
    wait_for(lambda: "right after you" in str(slack.messages(slack.direct_channel(ANA))))
    assert sorted(sent(vocatech)) == ["It is ready.", "We are on it."]


def test_deleted_template_leaves_the_menu_and_keeps_the_message(bot, slack, thread):
    view = open_modal(slack, thread, "reply_to_text")
    template = bot.store.templates.seen_by(ANA)[0]
    assert template.name in offered_templates(slack, view)
    fill_in(slack, view, "Hello")
    bot.store.templates.delete(template.template_id)
    slack.click_in_view(ANA, view["id"], "fill_in_template", str(template.template_id))
    view = wait_for(lambda: "words:1" in str(slack.open_view(ANA)) and slack.open_view(ANA))
    assert template.name not in offered_templates(slack, view)
    assert "'initial_value': 'Hello'" in str(view)


def offered_templates(slack, view, typed="", user=ANA):
    """Return the names in the template menu for what was typed there."""
    answer = slack.load_options(user, "fill_in_template", typed, view_id=view["id"])
    return [one["text"]["text"] for one in answer["options"]]


def test_templates_are_found_by_typing_a_part_of_their_name_or_text(bot, slack, thread):
    save = bot.store.templates.save
    save(Template(None, ANA, "Invoice reminder", "Your bill is due."))
    save(Template(None, ANA, "Directions", "Please bring the invoice. {line}"))
    save(Template(None, BEN, "Ben's invoice", "Only for Ben."))
    view = open_modal(slack, thread, "reply_to_text")
    assert offered_templates(slack, view, "INVOICE") == ["Invoice reminder", "Directions"]
    assert offered_templates(slack, view, "invoice bring") == ["Directions"]
    assert offered_templates(slack, view, "nothing like it") == []
    assert len(offered_templates(slack, view)) == 4


def test_modal_submitted_twice_sends_one_text(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Once")
    kept = slack.open_view(ANA)
    slack.submit_view(ANA, kept["id"])
    wait_for(lambda: sent(vocatech) == ["Once"])
    writing = TextForm.from_metadata(kept["private_metadata"])
    assert not bot.store.send_queue.add(
        Draft(f"text_{writing.token}", MARIA, "+12125550100", "Once", ANA), now=time.time()
    )


def test_text_over_the_limit_is_queued_and_can_be_canceled(bot, slack, vocatech, thread):
    for number in range(5):
        write(bot, vocatech, f"Text {number}", f"ours {number}")
    wait_for(lambda: len(sent(vocatech)) == 5)
    view = open_modal(slack, thread, "reply_to_text")
    assert "Limit reached" in str(view)
    fill_in(slack, view, "Too many")
    send(slack, view)
    assert "will be sent" in str(slack.open_view(ANA))
    [line] = wait_for(lambda: says(slack, "Too many", "Queued", "Cancel"))
    slack.click(BEN, CHANNEL, line["ts"], "take_back")
    wait_for(lambda: says(slack, "Too many", "canceled by Ben"))
    assert len(sent(vocatech)) == 5


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("911", "Emergency numbers"),
        ("+4930901820", "International texting"),
        ("+12125550115", "own numbers"),
        ("+19115550100", "Invalid phone number"),
    ],
)
def test_invalid_recipients_are_refused_before_typing(bot, slack, vocatech, number, said):
    wait_for(bot.store.people.company)
    answer = slack.type_command(ANA, CHANNEL, "/sms", number)
    wait_for(lambda: said in str(answer.body) + str(slack.open_view(ANA)))
    assert sent(vocatech) == []


def test_sms_opens_the_modal_with_the_message(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    slack.type_command(ANA, CHANNEL, "/sms", "(212) 555-0142 Your order is ready")
    view = wait_for(lambda: slack.open_view(ANA))
    assert "Your order is ready" in str(view)
    send(slack, view)
    wait_for(lambda: sent(vocatech) == ["Your order is ready"])
    assert "Message queued" in str(slack.open_view(ANA))


def test_sms_with_several_recipients_keeps_a_long_message(bot, slack):
    wait_for(bot.store.people.company)
    wait_for(lambda: len(bot.store.contacts.search_names("ito", limit=9)) > 1)
    slack.type_command(ANA, CHANNEL, "/sms", "ito " + "x" * 3_500)
    view = wait_for(lambda: slack.open_view(ANA))
    assert "More than one number matches" in str(view)
    assert len(view["private_metadata"]) == 3_000


def test_sms_keeps_the_message_as_typed(bot, slack):
    wait_for(bot.store.people.company)
    words = f'See "it":\n<https://x.example/a?b&amp;c|x.example>, <@{ANA}|ana>  ' + "x" * 600
    slack.type_command(ANA, CHANNEL, "/sms", f"(212) 555-0142 {words}")
    view = wait_for(lambda: slack.open_view(ANA))
    [field] = [one["element"] for one in view["blocks"] if one["block_id"] == "words:0"]
    whole = 'See "it":\nhttps://x.example/a?b&c, @ana  ' + "x" * 600
    assert field["initial_value"] == whole


# Automatic texts


MONDAY_NOON = 1_795_435_200.0  # 2026-11-23 12:00 UTC
US = "+12125550115"


def ended(call_id, at, *, number=MARIA, answered=False, direction="incoming", seconds=20):
    facts = {
        "direction": direction,
        "status": "answered" if answered else "missed",
        "remote_number": number,
        "company_number": US,
        "stage": Stage.ENDED,
        "started_at": at,
        "ended_at": at + seconds,
    }
    return Event(f"e{call_id}", "call.ended", "{}", Report(call_id, Source.ENDED, facts))


@pytest.fixture
def text_back(request, slack, vocatech, tmp_path):
    """Return the job on a fake clock, and its store."""
    changes = {"text_back": True, "whatsapp_sending": True, **getattr(request, "param", {})}
    settings = settings_for(slack, vocatech, tmp_path, **changes)
    time_now = [MONDAY_NOON]
    clock = Clock(lambda: time_now[0], lambda: time_now[0])
    bot = build(settings, clock=clock)
    services = bot.services
    services.store.people.set_company(Company("Acme", "UTC", (US,)))
    services.catch_up.finish()  # nothing happened before the start
    job = jobs_of(bot)["text back"]

    def at(moment):
        time_now[0] = moment
        job()
        return [text.body for text in services.store.texts.written_between(0, moment + 1)]

    yield at, services.store
    bot.server.start()  # only what runs can be stopped
    bot.server.stop(timeout=2.0)
    services.close_connections()
    services.store.close()


def test_missed_caller_is_texted_once_a_day(text_back):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 30) == []  # they may call again at once
    [body] = at(MONDAY_NOON + 90)
    assert "sorry that we missed your call" in body
    assert "Acme" in body
    store.calls.save(ended("c2", MONDAY_NOON + 600), now=MONDAY_NOON)
    assert len(at(MONDAY_NOON + 700)) == 1
    [queued] = store.send_queue.queued()
    assert store.texts.find(queued).reply.slack_user is None


def without_status(event):
    """Return a report that a call ended, as webhooks make it: they don't say how."""
    facts = {name: one for name, one in event.report.facts.items() if name != "status"}
    return replace(event, report=replace(event.report, facts=facts))


def test_automatic_text_waits_for_a_late_report_that_the_call_was_answered(text_back):
    at, store = text_back
    store.calls.save(without_status(ended("c1", MONDAY_NOON)), now=MONDAY_NOON)
    assert store.calls.find("c1").needs_a_call_back
    assert at(MONDAY_NOON + 90) == []
    late = Report("c1", Source.ANSWERED, {"stage": Stage.ANSWERED, "answered": True})
    store.calls.save(Event("late", "call.answered", "{}", late), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 200) == []


def test_automatic_text_waits_after_a_long_call_whose_answered_report_is_lost(text_back):
    at, store = text_back
    long_call = without_status(ended("c1", MONDAY_NOON, seconds=600))
    store.calls.save(long_call, now=MONDAY_NOON + 600)
    assert store.calls.find("c1").needs_a_call_back
    assert at(MONDAY_NOON + 610) == []  # the length of the talk is no wait
    listed = Report("c1", Source.LISTED, {"listed": True, "status": "answered"})
    store.calls.save(Event("l", "call.listed", "{}", listed), now=MONDAY_NOON + 650)
    assert at(MONDAY_NOON + 800) == []


def test_automatic_text_does_not_wait_for_a_list_that_does_not_come(text_back):
    at, store = text_back
    store.calls.save(without_status(ended("c1", MONDAY_NOON)), now=MONDAY_NOON)
    store.calls.save(without_status(ended("c2", MONDAY_NOON, number="+12125550143")), now=1.0)
    listed = Report("c2", Source.LISTED, {"listed": True, "stage": Stage.ENDED})
    store.calls.save(Event("l", "call.listed", "{}", listed), now=MONDAY_NOON)
    assert len(at(MONDAY_NOON + 90)) == 1  # the one in the list
    assert len(at(MONDAY_NOON + 190)) == 2


def test_caller_who_waited_long_on_the_line_is_texted(text_back):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON, seconds=1_800), now=MONDAY_NOON)
    late = ended("c2", MONDAY_NOON, seconds=600, number="+12125550143")
    store.calls.save(late, now=MONDAY_NOON)
    assert len(at(MONDAY_NOON + 1_890)) == 1  # not the one that ended 20 minutes ago


OTHER_LINE = "+12125550177"


def on_other_line(event):
    facts = {**event.report.facts, "company_number": OTHER_LINE}
    return replace(event, report=replace(event.report, facts=facts))


@pytest.mark.parametrize("text_back", [{"text_back_lines": [US]}], indirect=True)
def test_call_to_a_line_without_automatic_texts_prevents_none_for_another(text_back):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    second = on_other_line(ended("c2", MONDAY_NOON + 40))
    store.calls.save(without_status(second), now=MONDAY_NOON + 60)
    assert at(MONDAY_NOON + 90) == []  # the second one may have been answered
    assert len(at(MONDAY_NOON + 220)) == 1
    assert store.send_queue.next_queued().draft.call_id == "c1"


@pytest.mark.parametrize("text_back", [{"text_back_lines": [US]}], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.calls.save(ended("c2", MONDAY_NOON + 30, answered=True), now=MONDAY_NOON),
        lambda s: s.calls.save(ended("c2", MONDAY_NOON + 30, direction="outgoing"), now=1.0),
        lambda s: s.send_queue.add(Draft("t", MARIA, US, "Hi", ANA), now=MONDAY_NOON + 30),
        lambda s: s.claims.take("c3", ANA, now=MONDAY_NOON),
    ],
)
def test_call_to_a_line_without_automatic_texts_hides_nothing_before_it(text_back, change):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    third = on_other_line(ended("c3", MONDAY_NOON + 60))
    store.calls.save(third, now=MONDAY_NOON + 80)
    change(store)
    assert not [body for body in at(MONDAY_NOON + 140) if "sorry" in body]


def test_missed_caller_who_once_wrote_on_whatsapp_is_texted(text_back):
    at, store = text_back
    long_ago = Event("e", "message.received", "{}", text=whatsapp(MONDAY_NOON - 25 * 3600))
    store.calls.save(long_ago, now=MONDAY_NOON)
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert any("sorry that we missed your call" in body for body in at(MONDAY_NOON + 90))
    assert store.send_queue.next_queued().draft.platform is Platform.SMS


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.calls.save(ended("c2", MONDAY_NOON + 40, answered=True), now=MONDAY_NOON),
        lambda s: s.calls.save(ended("c2", MONDAY_NOON + 40, direction="outgoing"), now=1.0),
        lambda s: s.claims.take("c1", ANA, now=MONDAY_NOON),
        lambda s: s.claims.call_back("c1", ANA, now=MONDAY_NOON),
        lambda s: s.send_queue.add(Draft("t", MARIA, US, "Hi", ANA), now=MONDAY_NOON + 40),
        lambda s: s.calls.save(
            Event("s", "message.received", "{}", text=replace(STOP, opt_out=OptOutKeyword.STOP)),
            now=1.0,
        ),
    ],
)
def test_no_automatic_text_after_the_call_was_handled(text_back, change):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    change(store)
    assert not [body for body in at(MONDAY_NOON + 90) if "sorry" in body]


@pytest.mark.parametrize(
    "change",
    [
        lambda s, one: s.send_queue.add(Draft("t", one, US, "Hi", ANA), now=MONDAY_NOON + 40),
        lambda s, one: s.calls.save(
            ended("c2", MONDAY_NOON + 40, number=one, answered=True), now=MONDAY_NOON
        ),
    ],
)
def test_no_automatic_text_if_the_other_form_of_a_mobile_was_reached(text_back, change):
    at, store = text_back
    as_call, as_text = "+541166773399", "+5491166773399"  # networks add the 9 to texts
    for name, number in (("in", as_call), ("in9", as_text)):
        report = TextReport(name, True, None, None, None, number, US, MONDAY_NOON - 600, "Hello")
        store.calls.save(Event(name, "message.received", "{}", text=report), now=MONDAY_NOON - 600)
    store.calls.save(ended("c1", MONDAY_NOON, number=as_call), now=MONDAY_NOON)
    change(store, as_text)
    assert not [body for body in at(MONDAY_NOON + 90) if "sorry" in body]


def test_no_automatic_text_after_a_restore_until_sent_texts_are_known(text_back):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    store.key_values.set_moment(RESTORED_AT, MONDAY_NOON + 60)
    store.key_values.set_moment(TEXTS_COVERED, MONDAY_NOON)
    assert at(MONDAY_NOON + 90) == []
    store.key_values.set_moment(TEXTS_COVERED, MONDAY_NOON + 100)
    assert len(at(MONDAY_NOON + 110)) == 1


@pytest.mark.parametrize(
    ("ago", "count"),
    [(3_600, 0), (86_400, 1)],
)
def test_automatic_text_that_a_restored_backup_does_not_know_counts_for_its_day(
    text_back, ago, count
):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    [body] = at(MONDAY_NOON + 90)
    other = "+12125550143"
    listed = TextReport("m", False, None, None, None, other, US, MONDAY_NOON - ago, body)
    store.calls.save(Event("m", "message.listed", "{}", text=listed), now=MONDAY_NOON)
    store.calls.save(ended("c2", MONDAY_NOON + 100, number=other), now=MONDAY_NOON)
    assert len(at(MONDAY_NOON + 200)) == 1 + count


def test_id_of_an_automatic_text_does_not_show_the_number(text_back):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert len(at(MONDAY_NOON + 90)) == 1
    [text_id] = store.send_queue.queued()
    assert MARIA[-7:] not in text_id


def test_automatic_text_of_an_earlier_version_counts_on_the_day_of_the_upgrade(text_back):
    at, store = text_back
    day = f"{datetime.fromtimestamp(MONDAY_NOON, UTC):%Y-%m-%d}"
    store.send_queue.add(Draft(f"back_{MARIA}_{day}", MARIA, US, "Hi", None), now=MONDAY_NOON - 900)
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 90) == ["Hi"]


@pytest.mark.parametrize("moment", [MONDAY_NOON - 12 * 3600, MONDAY_NOON - 86_400])
def test_no_automatic_text_at_night_or_on_a_sunday(text_back, moment):
    at, store = text_back
    store.calls.save(ended("c1", moment), now=moment)
    assert at(moment + 90) == []


@pytest.mark.parametrize(
    "words", ["{name}", "x" * 1500 + "{company}" * 30, "Hi {firstname}, sorry"]
)
def test_no_automatic_text_that_is_empty_too_long_or_has_an_unknown_placeholder(text_back, words):
    at, store = text_back
    template = replace(store.templates.for_missed(), body=words)
    store.templates.save(template)
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 90) == []


STOP = TextReport("m", True, None, Platform.SMS, None, MARIA, US, MONDAY_NOON - 60, "STOP")


def test_export_has_writers_and_no_active_formula(slack, vocatech, tmp_path, capsys, monkeypatch):
    settings = settings_for(slack, vocatech, tmp_path)
    store = Store.open(settings.database_path)
    now = time.time()
    store.send_queue.add(Draft("t1", MARIA, US, "=cmd()\r@x", ANA), now=now - 60)
    store.close()
    names = ("slack_bot_token", "slack_signing_secret", "slack_default_channel")
    for name in (*names, "vocatech_api_key", "vocatech_api_url", "database_url"):
        value = getattr(settings, name)
        secret = getattr(value, "get_secret_value", lambda value=value: value)
        monkeypatch.setenv(name.upper(), str(secret()))
    assert main(["export", "texts", "--since", "1d"]) == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert row["slack_user"] == ANA
    assert row["to"] == MARIA
    assert row["words"] == "'=cmd()\r@x"
    assert row["state"] == "Queued"


# WhatsApp


def whatsapp(at):
    return TextReport("w", True, None, Platform.WHATSAPP, None, MARIA, US, at, "By WhatsApp")


def test_whatsapp_is_answered_on_whatsapp_if_enabled(start_bot, slack, vocatech):
    bot = start_bot(whatsapp_sending=True)
    wait_for(bot.store.people.company)
    vocatech.receive_text(MARIA, "By WhatsApp", channel="whatsapp")
    wait_for(lambda: says(slack, "By WhatsApp"))
    view = open_modal(slack, thread_of(slack)[0], "reply_to_text")
    fill_in(slack, view, "Gladly")
    send(slack, view)
    wait_for(lambda: says(slack, "Gladly", "WhatsApp", "Read"))
    assert [one["channel"] for one in vocatech.sent_texts(MARIA)] == ["whatsapp"]


def test_modal_explains_that_whatsapp_closes_after_a_day(start_bot, slack, vocatech):
    bot = start_bot(whatsapp_sending=True)
    wait_for(bot.store.people.company)
    event = Event("e", "message.received", "{}", text=whatsapp(time.time() - 25 * 3600))
    bot.store.calls.save(event, now=time.time())
    slack.type_command(ANA, CHANNEL, "/sms", "(212) 555-0142")
    view = wait_for(lambda: slack.open_view(ANA))
    assert "within 24 hours" in str(view)
    assert not view.get("submit")


def test_modal_explains_that_a_whatsapp_reply_is_sent_as_sms(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    vocatech.receive_text(MARIA, "By WhatsApp", channel="whatsapp")
    wait_for(lambda: says(slack, "By WhatsApp"))
    view = open_modal(slack, thread_of(slack)[0], "reply_to_text")
    assert "Your reply is sent as an SMS" in str(view)
