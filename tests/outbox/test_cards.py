"""The main job at the wire: a Vocatech call becomes one card in Slack."""

import random
import re
import time

import pytest

from bot.clock import Clock, Timing
from bot.models.channels import Mute
from bot.models.rules import Conditions, Rule
from bot.sandbox.demo.call_scenarios import SCENARIOS
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA
from bot.slack.manifest import SCOPES
from bot.vocatech import rate_limiter
from tests.conftest import CHANNEL, QUICK, wait_for
from tests.support.webhooks import ended, event, posts_waiting, send

pytestmark = pytest.mark.calendar


def cards(slack, channel=CHANNEL):
    return slack.messages(channel)


def card_of(slack, call_id, channel=CHANNEL):
    found = [
        message
        for message in cards(slack, channel)
        if message["metadata"]["event_payload"].get("call_id") == call_id
    ]
    assert len(found) <= 1, "a call was posted twice"
    return found[0] if found else None


def shows(slack, call_id, *words):
    card = card_of(slack, call_id)
    return card if card and all(word in str(card) for word in words) else None


def settled(bot):
    """Wait until nothing is to be done; a change that just came is routed within the pause."""
    time.sleep(0.1)
    return wait_for(lambda: bot.metric("posts_pending") == 0)


# One card through the life of a call


@pytest.mark.parametrize("form", ["documented", "documented-base64", "observed"])
def test_a_webhook_becomes_a_card_and_the_card_follows_the_call(bot, slack, vocatech, form):
    vocatech.connect(f"{bot.url}/vocatech/webhooks", form=form)
    call = vocatech.ring(ago=200).answer(after=8)
    wait_for(lambda: shows(slack, call.id, "On a call"))
    call.hang_up(after=120)
    wait_for(lambda: shows(slack, call.id, "Answered call", "2 min"))
    call.summarize()
    card = wait_for(lambda: shows(slack, call.id, "Summary (AI-generated)", "Transcript"))
    assert len(cards(slack)) == 1
    assert card["metadata"] == {
        "event_type": "vocatech_call",
        "event_payload": {"call_id": call.id},
    }


def test_ringing_calls_are_hidden_by_default(bot, slack, vocatech):
    vocatech.ring()
    vocatech.webhooks.wait_until_delivered()
    settled(bot)
    assert cards(slack) == []


def test_ringing_calls_are_shown_if_enabled(start_bot, slack, vocatech):
    start_bot(post_ringing=True)
    before = vocatech.ring(from_="+12125550142", ago=90).answer().hang_up()
    wait_for(lambda: shows(slack, before.id, "Answered call"))
    call = vocatech.ring(from_="+12125550142")
    card = wait_for(lambda: shows(slack, call.id, "Incoming call"))
    assert re.search("[Ll]ast (call|with)", str(card["blocks"]))
    call.hang_up()
    wait_for(lambda: shows(slack, call.id, "Missed call"))


@pytest.mark.parametrize("seed", range(4))
def test_events_in_any_order_and_number_give_the_same_card(bot, slack, vocatech, seed):
    call = vocatech.ring(ago=300, quiet=True).answer(after=5).hang_up(after=60).summarize()
    chance = random.Random(seed)
    deliveries = call.events * 3
    chance.shuffle(deliveries)
    for one in deliveries:
        vocatech.webhooks.deliver(one)
    card = wait_for(
        lambda: shows(slack, call.id, "Answered call", "Summary (AI-generated)", "1 min")
    )
    settled(bot)
    assert card_of(slack, call.id)["text"] == card["text"]
    assert len(cards(slack)) == 1


def test_each_line_can_have_a_channel_of_its_own(start_bot, slack):
    slack.add_channel("C0SALES001", "sales")
    slack.add_channel("C0SHOP0001", "shop")
    bot = start_bot(slack_routes="101=C0SALES001, (212) 555-0100=C0SHOP0001")
    send(bot.url, ended("to-sales", extension="101"))
    send(bot.url, ended("to-shop", group_number="+1 212 555 0100"))
    send(bot.url, ended("to-all", extension="102"))
    wait_for(lambda: card_of(slack, "to-sales", "C0SALES001") and card_of(slack, "to-all"))
    wait_for(lambda: card_of(slack, "to-shop", "C0SHOP0001"))
    assert len(cards(slack)) == len(cards(slack, "C0SALES001")) == 1


# Slack's limits and moods


def test_burst_is_posted_at_slacks_rate_missed_calls_first(bot, slack):
    with posts_waiting(slack):
        for number in range(6):
            send(bot.url, event("call.answered", f"talk-{number}"))
            send(bot.url, ended(f"talk-{number}"))
        send(bot.url, ended("missed"))
    wait_for(lambda: len(cards(slack)) == 7)
    assert "missed" in slack.posted_call_ids(CHANNEL)[:3]
    assert slack.counts["429"] + slack.rate_limited == 0


def test_only_the_newest_state_of_a_call_is_sent(bot, slack):
    slack.faults.add(
        Fault(path="chat.postMessage", status=429, headers={"Retry-After": "1"}, times=1)
    )
    send(bot.url, event("call.answered", "c"))
    send(bot.url, ended("c"))
    send(bot.url, event("call.transcription", "c", summary="All is well."))
    wait_for(lambda: shows(slack, "c", "Answered call", "All is well."))
    assert slack.counts["chat.postMessage"] == 1
    assert slack.counts["chat.update"] == 0


def test_waiting_channel_does_not_delay_another(start_bot, slack):
    slack.add_channel("C0SALES001", "sales")
    bot = start_bot(slack_routes="101=C0SALES001")
    slack.faults.add(
        Fault(path="chat.postMessage", status=429, headers={"Retry-After": "600"}, times=1)
    )
    send(bot.url, ended("first", extension="101"))
    wait_for(lambda: slack.faults._faults == [])
    send(bot.url, ended("second"))
    wait_for(lambda: card_of(slack, "second"))
    assert not card_of(slack, "first", "C0SALES001")


def test_refused_blocks_are_replaced_by_plain_ones(bot, slack):
    slack.refused_block_types.add("rich_text")
    send(bot.url, event("call.transcription", "c", summary="All is well.", transcription="A: hi"))
    card = wait_for(lambda: shows(slack, "c", "Summary (AI-generated): All is well."))
    assert {block["type"] for block in card["blocks"]} == {"section", "actions"}


# Exactly once


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="chat.postMessage", drop="after", times=1),
        Fault(path="chat.postMessage", drop="before", times=1),
        Fault(path="chat.postMessage", status=500, body={"ok": False}, times=1),
        Fault(
            path="chat.postMessage",
            status=200,
            body={"ok": False, "error": "internal_error"},
            times=1,
        ),
        Fault(path="chat.postMessage", status=502, body="<html>Bad gateway</html>", times=1),
        Fault(path="chat.postMessage", status=200, body="<html>Hello</html>", times=1),
        Fault(path="chat.postMessage", status=200, body=[1, 2], times=1),
        Fault(path="chat.postMessage", delay=1.5, times=1),
        Fault(
            path="chat.postMessage", status=200, body={"ok": False, "error": "surprise"}, times=1
        ),
    ],
    ids=lambda fault: str(fault.drop or fault.body or "slow")[:30],
)
def test_any_answer_of_slack_gives_one_card(start_bot, slack, fault):
    patient = Timing(slack_timeout=1.0, grace=0.6, second_look=0.3)
    bot = start_bot(timing=patient if fault.delay else QUICK)
    slack.faults.add(fault)
    send(bot.url, event("call.answered", "c"))
    send(bot.url, ended("c"))
    wait_for(lambda: shows(slack, "c", "Answered call"))
    settled(bot)
    time.sleep(0.3)
    assert slack.posted_call_ids(CHANNEL) == ["c"]


def test_repeat_without_readable_history_says_so(bot, slack):
    slack.scopes = set(SCOPES) - {"channels:history"}
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    send(bot.url, ended("c"))
    wait_for(lambda: len(cards(slack)) == 2)
    assert "may be a duplicate" in str(cards(slack)[1])
    assert bot.metric('unconfirmed_posts_resolved_total{method="unreadable"}') == 1


def test_long_slack_outage_loses_nothing(bot, slack):
    slack.faults.add(Fault(path="/api/", status=503), for_seconds=1.5)
    for number in range(3):
        assert send(bot.url, ended(f"c{number}")).status_code == 200
    wait_for(lambda: len(cards(slack)) == 3)
    settled(bot)
    assert sorted(slack.posted_call_ids(CHANNEL)) == ["c0", "c1", "c2"]


def test_start_without_slack_stores_calls_and_is_not_ready(start_bot, slack):
    slack.faults.add(Fault(path="/api/", status=503))
    bot = start_bot()
    assert bot.http.get("/healthz").status_code == 200
    assert bot.http.get("/readyz").json() == {"status": "not ready", "obstacles": ["slack"]}
    assert send(bot.url, ended("c")).status_code == 200
    slack.faults.clear()
    wait_for(lambda: card_of(slack, "c"))


def test_deleted_card_stays_deleted(bot, slack):
    send(bot.url, event("call.answered", "c"))
    card = wait_for(lambda: card_of(slack, "c"))
    slack.faults.add(
        Fault(
            path="chat.update",
            status=200,
            body={"ok": False, "error": "message_not_found"},
            times=1,
        )
    )
    send(bot.url, ended("c"))
    wait_for(lambda: bot.metric('dead_letter_posts_total{reason="message_not_found"}') == 1)
    assert [message["ts"] for message in cards(slack)] == [card["ts"]]


# Channels that cannot be posted in


@pytest.mark.parametrize("trouble", ["archive", "remove_bot", "delete_channel"])
def test_broken_channel_is_held_and_reported_once(start_bot, slack, trouble):
    slack.add_channel("C0SALES001", "sales", private=True)
    bot = start_bot(slack_routes="101=C0SALES001")
    getattr(slack, trouble)("C0SALES001")
    send(bot.url, ended("held", extension="101"))
    send(bot.url, ended("free"))
    wait_for(lambda: card_of(slack, "free"))
    told = wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    time.sleep(0.8)  # some more tries in the channel
    assert len(slack.messages(slack.direct_channel(ADMIN))) == 1
    assert "can't post calls in <#C0SALES001>" in told[0]["text"]
    assert slack.messages(slack.direct_channel(ANA)) == []


def test_broken_channel_has_a_reason_immediately(start_bot, slack):
    bot = start_bot()
    wait_for(bot.store.slack_people.all)
    slack.faults.add(Fault(path="users.list", delay=0.2, times=1))  # while admins are looked for
    slack.archive(CHANNEL)
    send(bot.url, ended("c"))
    [broken] = wait_for(lambda: bot.store.incidents.broken_channels(0.0))
    assert broken.reason == "is_archived"


def test_a_channel_that_opens_again_gets_what_was_held(start_bot, slack):
    slack.add_channel("C0SALES001", "sales")
    ahead = [0.0]
    clock = Clock(now=lambda: time.time() + ahead[0])
    bot = start_bot(slack_routes="101=C0SALES001", clock=clock)
    slack.archive("C0SALES001")
    send(bot.url, ended("held", extension="101"))
    wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    slack.add_channel("C0SALES001", "sales")
    wait_for(lambda: card_of(slack, "held", "C0SALES001"))
    wait_for(lambda: not bot.store.incidents.open())  # a little after the card is visible
    ahead[0] = 5.0  # an incident again within the same second would not be reported
    slack.archive("C0SALES001")
    send(bot.url, ended("held-again", extension="101"))
    wait_for(lambda: len(slack.messages(slack.direct_channel(ADMIN))) == 2)


def test_app_joins_public_channels_automatically(bot, slack):
    slack.remove_bot(CHANNEL)
    send(bot.url, ended("c"))
    wait_for(lambda: card_of(slack, "c"))


def test_a_revoked_token_loses_nothing(bot, slack, monkeypatch):
    monkeypatch.setattr("bot.outbox.delivery.TOKEN_RETRY_SECONDS", 0.2)
    slack.token_error = "token_revoked"
    send(bot.url, ended("c"))
    wait_for(lambda: bot.metric("web_api_errors_total"))
    slack.token_error = None
    wait_for(lambda: card_of(slack, "c"))


# Polling


def test_without_any_webhook_the_poll_finds_every_call(start_bot, slack, vocatech):
    start_bot(vocatech_webhook_secrets="", poll_seconds=1)
    vocatech.webhooks.disconnect()
    call = vocatech.ring(ago=90).answer(after=5).hang_up(after=60)
    wait_for(lambda: shows(slack, call.id, "Answered call"))
    call.summarize()
    wait_for(lambda: shows(slack, call.id, "Summary (AI-generated)"))
    assert len(cards(slack)) == 1


def test_outgoing_call_without_webhook_is_shown(start_bot, slack, vocatech):
    start_bot(poll_seconds=1)
    [call_id] = SCENARIOS["outbound"].run(vocatech, speed=50)
    wait_for(lambda: shows(slack, call_id, "Outgoing call"))


def test_webhook_and_poll_of_the_same_call_make_one_card(start_bot, slack, vocatech):
    bot = start_bot(poll_seconds=1)
    calls = [vocatech.ring(ago=90).answer(after=5).hang_up(after=60).summarize() for _ in range(2)]
    for call in calls:
        wait_for(lambda call=call: shows(slack, call.id, "Summary (AI-generated)"))
    polls = bot.metric("polls_total")
    wait_for(lambda: bot.metric("polls_total") >= polls + 2)
    settled(bot)
    assert len(cards(slack)) == 2


def test_calls_from_before_the_installation_are_kept_but_not_posted(start_bot, slack, vocatech):
    old = vocatech.ring(ago=7200, quiet=True).answer(after=5).hang_up(after=60)
    bot = start_bot()
    wait_for(lambda: bot.store.calls.find(old.id))
    settled(bot)
    assert cards(slack) == []


def test_clock_that_was_ahead_delays_no_call(start_bot, slack, vocatech):
    bot = start_bot()
    wait_for(lambda: bot.metric("polls_total"))
    for name in ("installed at", "calls covered until"):
        bot.store.key_values.set_moment(name, time.time() + 30 * 86_400)
    bot.bot.stop()
    call = vocatech.ring(ago=120, quiet=True).answer(after=5).hang_up(after=60)
    start_bot()
    wait_for(lambda: shows(slack, call.id, "Answered call"))


def outage(start_bot, vocatech, calls):
    """Install the bot, stop it, let calls happen that are long over when it starts again."""
    first = start_bot()
    wait_for(lambda: first.metric("polls_total"))
    first.store.key_values.set_moment("installed at", time.time() - 86_400)
    first.bot.stop()
    made = [vocatech.ring(ago=3600, quiet=True) for _ in range(calls)]
    for number, call in enumerate(made):
        if number % 3:
            call.answer(after=5)
        call.hang_up(after=60)
    return start_bot(poll_seconds=60), [call.id for call in made]


def test_a_few_calls_of_an_outage_are_posted_one_by_one(start_bot, slack, vocatech):
    _, call_ids = outage(start_bot, vocatech, 3)
    wait_for(lambda: len(cards(slack)) == 3)
    assert sorted(slack.posted_call_ids(CHANNEL)) == sorted(call_ids)


def test_many_calls_of_an_outage_are_summarized_once(start_bot, slack, vocatech):
    bot, call_ids = outage(start_bot, vocatech, 12)
    summary = wait_for(lambda: cards(slack))[0]
    assert summary["text"] == "12 calls while Vocatech was offline, 4 missed."
    assert sorted(summary["metadata"]["event_payload"]["call_ids"]) == sorted(call_ids)
    settled(bot)
    assert len(cards(slack)) == 1
    slack.click(ANA, CHANNEL, summary["ts"], "open_calls")
    assert str(wait_for(lambda: slack.open_view(ANA))).count("Missed call") == 4


def test_outage_summary_waits_while_the_channel_is_muted(start_bot, slack, vocatech):
    first = start_bot()
    first.store.channels.set_mute(Mute(CHANNEL, time.time() + 3_600, ANA))
    first.bot.stop()
    bot, _ = outage(start_bot, vocatech, 12)
    wait_for(lambda: bot.metric("posts_deferred") == 1)
    settled(bot)
    assert cards(slack) == []
    bot.store.mutes.lift(CHANNEL, by=ANA, now=time.time())
    bot.bot.workers.wake()
    assert wait_for(lambda: cards(slack))[0]["text"].startswith("12 calls")


def test_rule_mentions_appear_under_an_outage_summary(start_bot, slack, vocatech):
    first = start_bot()
    missed = Conditions(outcomes=("missed", "voicemail"))
    named = [Rule(1, "Missed", CHANNEL, when=missed, goes_on=True, mention=ANA)]
    named.append(Rule(2, "All", CHANNEL))
    store = first.store
    assert store.rules.replace(store.rules.book(), named, by=ADMIN, now=time.time())
    first.bot.stop()
    bot, _ = outage(start_bot, vocatech, 12)
    summary = wait_for(lambda: cards(slack))[0]

    def mentions():
        thread = slack.thread(CHANNEL, summary["ts"])
        return [one for one in thread if one["text"].startswith("Check this call")]

    wait_for(lambda: len(mentions()) >= 4)
    settled(bot)
    assert len(mentions()) == 4


def test_rejected_key_is_reported_once_and_recovers(start_bot, slack, vocatech, monkeypatch):
    monkeypatch.setattr(rate_limiter, "SECONDS_AFTER_A_REJECTED_KEY", 0.0)
    vocatech.key_state = "revoked"
    bot = start_bot(poll_seconds=1)
    told = wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    assert "Vocatech rejected the API key" in told[0]["text"]
    send(bot.url, ended("by-webhook"))
    wait_for(lambda: card_of(slack, "by-webhook"))
    vocatech.key_state = "valid"
    wait_for(lambda: bot.metric("polls_total"))
    assert len(slack.messages(slack.direct_channel(ADMIN))) == 1


def test_vocatech_may_fail_and_the_next_poll_catches_up(start_bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/calls", status=500, times=1))
    start_bot(poll_seconds=1)
    [call_id] = SCENARIOS["outbound"].run(vocatech, speed=50)
    wait_for(lambda: shows(slack, call_id, "Outgoing call"))


# Clicks


def test_the_transcript_opens_in_full_and_its_pages_turn(bot, slack):
    said = "\n".join(f"Ana: this is line {number} of what we said." for number in range(600))
    send(bot.url, event("call.transcription", "c", summary="Long.", transcription=said))
    card = wait_for(lambda: card_of(slack, "c"))
    answer = slack.click(ANA, CHANNEL, card["ts"], "open_transcript")
    assert answer.status == 200
    view = wait_for(lambda: slack.open_view(ANA))
    assert "line 0 " in str(view)
    assert "line 599 " not in str(view)
    pages = 1
    while "line 599 " not in str(view):
        turned = slack.click_in_view(ANA, view["id"], f"turn_transcript_page:{pages}")
        assert turned.status == 200
        view = wait_for(
            lambda seen=view["hash"]: slack.open_view(ANA)["hash"] != seen and slack.open_view(ANA)
        )
        pages += 1
    assert pages > 2


def test_failed_click_is_explained_to_the_person(bot, slack):
    send(bot.url, event("call.transcription", "c", transcription="A: hi"))
    card = wait_for(lambda: card_of(slack, "c"))
    slack.faults.add(
        Fault(path="views.open", status=200, body={"ok": False, "error": "expired_trigger_id"})
    )
    slack.click(ANA, CHANNEL, card["ts"], "open_transcript")
    told = wait_for(lambda: [m for m in cards(slack) if m.get("is_ephemeral")])
    assert "Try again" in told[0]["text"]


# Operation


def test_metrics_count_what_happened(bot, slack):
    send(bot.url, event("call.answered", "c"))
    wait_for(lambda: card_of(slack, "c"))
    send(bot.url, ended("c"))
    send(bot.url, ended("c"))
    wait_for(lambda: bot.metric("messages_edited_total") == 1)
    assert bot.metric("webhooks_received_total") == 3
    assert bot.metric('events_stored_total{result="duplicate",source="webhook"}') == 1
    assert bot.metric("messages_posted_total") == 1
    assert bot.metric("lag_seconds_count") == 1
    assert bot.metric("requests_available") > 0


def test_the_bot_is_ready_once_slack_has_been_reached(bot):
    wait_for(lambda: bot.http.get("/readyz").status_code == 200)
    assert bot.http.get("/readyz").json() == {"status": "ready", "obstacles": []}


def test_the_app_stops_while_slack_does_not_answer(bot, slack):
    slack.faults.add(Fault(path="chat.postMessage", delay=60.0, times=1))
    send(bot.url, ended("c"))
    wait_for(lambda: slack.faults._faults == [])
    began = time.monotonic()
    bot.bot.stop()
    assert time.monotonic() - began < 60.0
