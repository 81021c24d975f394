"""Trouble with one post or edit does not hold up its channel's others."""

import time
from dataclasses import replace

from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ADMIN
from tests.conftest import CHANNEL, QUICK, wait_for
from tests.support.webhooks import ended, event, send


def shown(slack):
    return slack.posted_call_ids(CHANNEL)


def test_failing_post_does_not_block_the_channel(bot, slack):
    broken = {"ok": False, "error": "fatal_error"}
    slack.faults.add(Fault(path="chat.postMessage", status=200, body=broken, times=5))
    send(bot.url, ended("poison"))
    time.sleep(0.2)
    send(bot.url, ended("good"))
    wait_for(lambda: "good" in shown(slack), seconds=25)
    wait_for(lambda: sorted(shown(slack)) == ["good", "poison"], seconds=25)


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
    wait_for(lambda: slack.messages(slack.direct_channel(ADMIN)), seconds=10)


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
    wait_for(lambda: bot.metric('unconfirmed_posts_resolved_total{method="found"}'), seconds=10)
    time.sleep(0.5)
    assert len(slack.messages(slack.direct_channel(ADMIN))) == 1
    assert slack.counts["chat.update"] == 0
