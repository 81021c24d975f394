"""Trouble with one post or edit does not hold up its channel's others."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clock import Clock, Timing
from bot.sandbox.http import Fault
from bot.sandbox.slack.state import MethodError
from bot.sandbox.slack.workspace import ADMIN
from bot.slack.errors import RATE_LIMITED, UNCONFIRMED_ERRORS, Rejected, classify
from tests.conftest import CHANNEL, QUICK, wait_for
from tests.support.webhooks import ended, event, posts_waiting, send


def shown(slack):
    return slack.posted_call_ids(CHANNEL)


def test_failing_post_does_not_block_the_channel(bot, slack):
    broken = {"ok": False, "error": "fatal_error"}
    slack.faults.add(Fault(path="chat.postMessage", status=200, body=broken, times=5))
    send(bot.url, ended("poison"))
    time.sleep(0.2)
    send(bot.url, ended("good"))
    wait_for(lambda: "good" in shown(slack))
    wait_for(lambda: sorted(shown(slack)) == ["good", "poison"])


def test_waiting_edit_does_not_delay_a_new_missed_call(bot, slack):
    send(bot.url, event("call.answered", "old"))
    wait_for(lambda: shown(slack) == ["old"])
    slack.faults.add(Fault(path="chat.update", status=429, headers={"Retry-After": "30"}, times=1))
    send(bot.url, ended("old"))
    wait_for(lambda: bot.metric('web_api_errors_total{reason="ratelimited"}'))
    send(bot.url, ended("new"))
    wait_for(lambda: shown(slack) == ["old", "new"])


def test_unconfirmed_post_in_a_closed_channel_is_reported(start_bot, slack):
    slack.add_channel("C0SALES001", "sales", private=True)
    bot = start_bot(slack_routes="101=C0SALES001")
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    send(bot.url, ended("c", extension="101"))
    wait_for(lambda: slack.posted_call_ids("C0SALES001"))
    slack.remove_bot("C0SALES001")
    wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))


def test_unconfirmed_notice_is_posted_once_and_not_edited(start_bot, slack):
    # The held channel is not tried again before the notice of it is posted.
    timing = replace(QUICK, held_retry=60.0)
    bot = start_bot(slack_routes="101=C0SALES001", timing=timing)
    slack.add_channel("C0SALES001", "sales", private=True, member=False)
    first = Fault(path="chat.postMessage", status=200, times=1)
    first.body = {"ok": False, "error": "channel_not_found"}
    slack.faults.add(first)
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    send(bot.url, ended("c", extension="101"))
    wait_for(lambda: bot.metric('unconfirmed_posts_resolved_total{method="found"}'))
    time.sleep(0.5)
    assert len(slack.messages(slack.direct_channel(ADMIN))) == 1
    assert slack.counts["chat.update"] == 0


# Answers that don't say whether the card was posted


def calls_of(slack, method):
    return [call for call in list(slack.calls) if call.method == method]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("takes_effect", [False, True])
def test_server_error_is_settled_by_looks_at_the_history(start_bot, slack, status, takes_effect):
    bot = start_bot(timing=Timing())
    fault = Fault(path="chat.postMessage", status=status, takes_effect=takes_effect, times=1)
    slack.faults.add(fault)
    send(bot.url, ended("c"))
    wait_for(lambda: bot.metric("messages_posted_total") == 1)
    assert shown(slack) == ["c"]
    looks = [call.at for call in calls_of(slack, "conversations.history")]
    assert len(looks) == (1 if takes_effect else 2)
    assert looks[-1] - looks[0] > 2 or takes_effect


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="chat.postMessage", drop="before", times=1),
        Fault(path="chat.postMessage", status=500, times=1),
    ],
    ids=["lost", "answered"],
)
def test_unconfirmed_card_does_not_delay_others(start_bot, slack, fault):
    bot = start_bot(timing=replace(QUICK, grace=60.0, second_look=60.0))
    slack.faults.add(fault)
    send(bot.url, ended("unconfirmed"))
    wait_for(lambda: bot.store.posts.unconfirmed(CHANNEL))
    send(bot.url, ended("other"))
    wait_for(lambda: shown(slack) == ["other"])


def test_long_outage_leaves_few_unconfirmed_posts(start_bot, slack):
    bot = start_bot(timing=replace(QUICK, second_look=60.0))
    slack.faults.add(Fault(path="chat.postMessage", status=500))
    for number in range(8):
        send(bot.url, ended(f"c{number}"))
    wait_for(lambda: len(bot.store.posts.unconfirmed(CHANNEL)) >= 3)
    assert len(bot.store.posts.unconfirmed(CHANNEL)) == 3


@pytest.mark.any_rate
def test_one_reading_settles_all_unconfirmed_posts(start_bot, slack):
    bot = start_bot()
    calls = [f"c{number}" for number in range(30)]
    for call in calls:
        send(bot.url, ended(call))
    wait_for(lambda: bot.metric("posts_pending") == 0 and len(shown(slack)) == 30)
    edits = slack.counts["chat.update"]
    bot.store.database.write(
        lambda db: db.execute(
            "update posts set ts = null, sending_since = created_at, announced = 0"
            " where subject_kind = 'call'"
        )
    )
    bot.bot.stop()
    before = slack.counts["conversations.history"]
    bot = start_bot(timing=replace(QUICK, slack_timeout=1.0))
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert slack.counts["conversations.history"] == before + 1
    assert sorted(shown(slack)) == sorted(calls)
    assert bot.metric('unconfirmed_posts_resolved_total{method="found"}') == 30
    assert slack.counts["chat.update"] >= edits


@pytest.mark.parametrize("reason", ["team_access_not_granted", "never_seen_before"])
def test_refused_search_ends_with_a_marked_repeat(bot, slack, reason):
    refused = {"ok": False, "error": reason}
    slack.faults.add(Fault(path="chat.postMessage", drop="before", times=1))
    slack.faults.add(Fault(path="conversations.history", status=200, body=refused))
    send(bot.url, ended("c"))
    wait_for(lambda: shown(slack) == ["c"])
    assert slack.counts["conversations.history"] == 0
    assert "may be a duplicate" in str(slack.messages(CHANNEL))


@pytest.mark.parametrize("ahead", [660.0, 7 * 86_400.0, -660.0])
def test_wrong_clock_makes_no_duplicate(start_bot, slack, ahead):
    clock = Clock(now=lambda: time.time() + ahead)
    bot = start_bot(clock=clock)
    wait_for(lambda: bot.bot.services.slack.api_health.ahead is not None)
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    send(bot.url, ended("c"), stamp=int(clock.now()))
    wait_for(lambda: bot.metric('unconfirmed_posts_resolved_total{method="found"}') == 1)
    assert shown(slack) == ["c"]


# Refusals


REFUSALS = (
    "ekm_access_denied",
    "is_inactive",
    "message_limit_exceeded",
    "never_seen_before",
    "no_permission",
    "not_in_channel",  # although joining it succeeds
    "restricted_action_read_only_channel",
    "team_access_not_granted",
)


def refuse(slack, channel, reason, *, is_refused=lambda _: True):
    """Have the fake Slack refuse posts in a channel."""

    def check(method, params):
        if method == "chat.postMessage" and params["channel"] == channel and is_refused(params):
            raise MethodError(reason)

    slack.before_method = check


def tries_in(slack, channel):
    return sum(call.params["channel"] == channel for call in calls_of(slack, "chat.postMessage"))


@pytest.mark.parametrize("calls", [1, 4])
@pytest.mark.parametrize("reason", REFUSALS)
def test_channel_that_refuses_every_post_is_held(start_bot, slack, reason, calls):
    bot = start_bot(timing=replace(QUICK, held_retry=60.0))
    refuse(slack, CHANNEL, reason)
    for number in range(calls):
        send(bot.url, ended(f"c{number}"))
    [told] = wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)))
    assert f"can't post calls in <#{CHANNEL}>" in told["text"]
    assert [one.channel for one in bot.store.incidents.broken_channels(0.0)] == [CHANNEL]
    assert bot.metric('incidents_open{kind="channel_held"}') == 1
    assert tries_in(slack, CHANNEL) <= 4


def test_held_channel_is_tried_slowly_and_recovers(start_bot, slack):
    bot = start_bot(timing=replace(QUICK, held_retry=0.5))
    refuse(slack, CHANNEL, "never_seen_before")
    for number in range(4):
        send(bot.url, ended(f"c{number}"))
    wait_for(lambda: tries_in(slack, CHANNEL) >= 5)
    assert len(slack.messages(slack.direct_channel(ADMIN))) == 1
    slack.before_method = None
    wait_for(lambda: len(shown(slack)) == 4)
    wait_for(lambda: not bot.store.incidents.open())


@pytest.mark.any_rate
def test_one_refused_message_does_not_hold_its_channel(start_bot, slack):
    # Late enough that another message is posted before the refused one is tried again.
    bot = start_bot(timing=replace(QUICK, aside=3.0))
    refuse(slack, CHANNEL, "never_seen_before", is_refused=lambda sent: "poison" in str(sent))
    with posts_waiting(slack):
        for number in range(6):
            send(bot.url, ended("poison" if number == 2 else f"good-{number}"))
        # Alone in its channel, it would be refused often enough to hold the channel.
        wait_for(lambda: bot.metric("posts_pending") == 6)
    wait_for(lambda: len(shown(slack)) == 5)
    tries = tries_in(slack, CHANNEL)
    wait_for(lambda: tries_in(slack, CHANNEL) >= tries + 2)
    assert not bot.store.incidents.open()
    assert slack.messages(slack.direct_channel(ADMIN)) == []


def test_good_message_passes_a_refused_one_immediately(start_bot, slack):
    bot = start_bot(timing=replace(QUICK, held_retry=60.0))
    refuse(slack, CHANNEL, "never_seen_before", is_refused=lambda sent: "poison" in str(sent))
    send(bot.url, ended("poison"))
    wait_for(bot.store.incidents.open)
    send(bot.url, ended("good"))
    wait_for(lambda: shown(slack) == ["good"])
    wait_for(lambda: not bot.store.incidents.open())


@given(reason=st.from_regex(r"[a-z][a-z_]{2,40}", fullmatch=True))
def test_unknown_error_name_is_a_refusal(reason):
    answer = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": reason},
        headers={},
        status_code=200,
    )
    outcome = classify(SlackApiError("", answer))
    known = {*UNCONFIRMED_ERRORS, RATE_LIMITED}
    assert reason in known or isinstance(outcome, Rejected)


def test_first_posts_of_many_new_channels_wait_for_no_look_up(start_bot, slack):
    channels = {f"{1000 + number}": f"C0MANY{number:04}" for number in range(60)}
    for number, channel in enumerate(channels.values()):
        slack.add_channel(channel, channel.lower(), shared=number % 2 == 1)
    bot = start_bot(slack_routes=",".join(f"{line}={one}" for line, one in channels.items()))
    for line in channels:
        send(bot.url, ended(line, extension=line))
    wait_for(lambda: all(slack.posted_call_ids(one) for one in channels.values()))
    assert slack.counts["users.conversations"] == 1
    for number, channel in enumerate(channels.values()):
        assert bot.store.channels.is_shared(channel) is (number % 2 == 1)
