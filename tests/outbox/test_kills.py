"""Killed at any moment, the bot loses no call and posts none twice."""

import random
import threading
import time
from collections import Counter

import pytest

from bot.sandbox.slack.workspace import FakeSlack
from tests.conftest import wait_for
from tests.support.crash_points import MortalBot
from tests.support.webhooks import ended, event, send_until_taken

FAILPOINTS = ("before insert", "after commit", "claimed", "answered", "marked")
# Together, so that all bots are forked off one process.
pytestmark = pytest.mark.xdist_group("kills")
CHANNELS = {str(100 + n): f"C0CALLS10{n}" for n in range(4)}


class Stage:
    """A bot that can be killed, between a stand-in Slack and a provider that does not give up."""

    def __init__(self, folder, **changes):
        self.slack = FakeSlack()
        for channel in CHANNELS.values():
            self.slack.add_channel(channel, channel.lower())
        self.slack.start()
        environment = {
            "SLACK_BOT_TOKEN": self.slack.token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_DEFAULT_CHANNEL": "C0CALLS001",
            "SLACK_ROUTES": ",".join(f"{line}={channel}" for line, channel in CHANNELS.items()),
            "VOCATECH_API_KEY": "nobody-answers",
            "VOCATECH_API_URL": "http://127.0.0.1:9/v1",
            "VOCATECH_WEBHOOK_SECRETS": "demo-webhook-secret",
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
            "POLL_SECONDS": "3600",
            **changes,
        }
        self.bot = MortalBot(environment, folder / "bot.log")
        self.sent = {}

    def close(self):
        self.bot.close()
        self.slack.stop()

    def deliver(self, call_id, line):
        """Send the events of a call, in the provider's way."""
        self.sent[call_id] = CHANNELS[line]
        send_until_taken(self.bot.url, event("call.answered", call_id, extension=line))
        send_until_taken(self.bot.url, ended(call_id, extension=line))

    def shown(self):
        """Count each call in each channel."""
        return Counter(
            (channel, call_id)
            for channel in CHANNELS.values()
            for call_id in self.slack.posted_call_ids(channel)
        )

    def wait_until_quiet(self, seconds=30):
        """Wait until every call stands as ended, then a little longer for what might double."""
        wait_for(self._all_ended, seconds=seconds)
        time.sleep(0.3)

    def _all_ended(self):
        texts = {
            message["metadata"]["event_payload"]["call_id"]: message["text"]
            for channel in CHANNELS.values()
            for message in self.slack.messages(channel)
        }
        return all("Answered call" in texts.get(call_id, "") for call_id in self.sent)

    def expected(self):
        return Counter({(channel, call_id): 1 for call_id, channel in self.sent.items()})


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path)
    yield made
    made.close()


def kill_once_at(stage, failpoint, nth):
    """Kill the app at a failpoint during calls, start it again, and compare."""
    stage.bot.start(failpoint, nth)
    restarter = threading.Thread(target=lambda: stage.bot.wait(60) and stage.bot.start())
    restarter.start()
    for number in range(3):
        stage.deliver(f"call-{number}", str(100 + number % 2))
    restarter.join()
    stage.wait_until_quiet()
    assert stage.shown() == stage.expected()


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_kill_at_a_failpoint_keeps_each_call_once(stage, failpoint):
    kill_once_at(stage, failpoint, nth=2)


def test_kill_after_the_answer_keeps_each_call_once(stage):
    stage.bot.start()
    for number in range(3):
        stage.deliver(f"call-{number}", str(100 + number % 2))
        stage.bot.kill()
        stage.bot.start()
    stage.wait_until_quiet()
    assert stage.shown() == stage.expected()


@pytest.mark.parametrize("moment", ["before_method", "after_method"])
def test_kill_during_a_request_keeps_each_call_once(stage, moment):
    killed = threading.Event()

    def kill(method, _params):
        if method == "chat.postMessage" and not killed.is_set():
            killed.set()
            stage.bot.kill()

    setattr(stage.slack, moment, kill)
    kill_once_at(stage, "none", nth=1)
    assert killed.is_set()


def kill_at_random(stage, *, calls, kills, seed):
    """Kill and restart the bot at random moments while calls come in, and compare."""
    chance = random.Random(seed)
    stage.bot.start()
    senders = [
        threading.Thread(
            target=lambda line=line: [stage.deliver(f"{line}-{n}", line) for n in range(calls)]
        )
        for line in CHANNELS
    ]
    for sender in senders:
        sender.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.8))
        stage.bot.kill()
        stage.bot.start()
    for sender in senders:
        sender.join()
    stage.wait_until_quiet(60)
    assert stage.shown() == stage.expected()


def test_random_kills_under_load_keep_each_call_once(stage):
    kill_at_random(stage, calls=3, kills=4, seed=1)


def kill_in_a_burst(stage, failpoint, nth):
    """Kill the app during a burst, when webhooks are stored unread, and compare."""
    stage.bot.start(failpoint, nth)
    restarter = threading.Thread(target=lambda: stage.bot.wait(60) and stage.bot.start())
    senders = [
        threading.Thread(target=stage.deliver, args=[f"call-{number}", str(100 + number % 4)])
        for number in range(16)
    ]
    for thread in (restarter, *senders):
        thread.start()
    for thread in (*senders, restarter):
        thread.join()
    stage.wait_until_quiet(60)
    assert stage.shown() == stage.expected()


def test_kill_in_a_burst_keeps_each_call_once(stage):
    kill_in_a_burst(stage, "after commit", 12)


@pytest.mark.chaos
@pytest.mark.parametrize("nth", [1, 9, 17, 25])
@pytest.mark.parametrize("failpoint", FAILPOINTS[:2])
def test_chaos_in_a_burst(stage, failpoint, nth):
    kill_in_a_burst(stage, failpoint, nth)


@pytest.mark.chaos
@pytest.mark.parametrize("nth", range(1, 7))
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_chaos_at_every_failpoint(stage, failpoint, nth):
    kill_once_at(stage, failpoint, nth)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(18))
def test_chaos_at_random_moments(stage, seed):
    kill_at_random(stage, calls=6, kills=10, seed=seed)
