"""Killed at any time, the app sends no text twice, and loses none without asking its writer."""

import random
import threading
import time
from collections import Counter

import pytest

from bot.models.texts import SendState
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ANA
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.webhooks import MESSAGE_EVENTS, WebhookFaults
from bot.store import Store
from bot.store.send_queue import Draft
from tests.conftest import CHANNEL, wait_for
from tests.outbox.test_kills import Stage
from tests.support.webhooks import event, send_until_taken
from tests.texts.test_texts import MARIA, says, sent, thread_of

# In one group with the other kill tests, so that all apps are forked off one process.
pytestmark = pytest.mark.xdist_group("kills")
SCHEDULED_FAILPOINTS = ("scheduled texts to be released", "scheduled texts released")
FAILPOINTS = ("text to be claimed", "text claimed", "text answered", "text marked")


class TextStage(Stage):
    """An app that can be killed, between the fakes; texts are stored as the modal does."""

    def __init__(self, folder):
        self.vocatech = FakeVocatech(backoff=(0.1, 0.2, 0.4, 0.8, 1.6))
        self.vocatech.start()
        super().__init__(
            folder, VOCATECH_API_KEY=self.vocatech.key, VOCATECH_API_URL=self.vocatech.api_url
        )
        self.vocatech.connect(f"{self.bot.url}/vocatech/webhooks")
        self.store = Store.open(folder / "bot.db")
        self.written = []

    def close(self):
        super().close()
        self.vocatech.stop()
        self.store.close()

    def write(self, **more):
        text_id = f"t{len(self.written)}"
        ours = self.vocatech.company.numbers[0]
        draft = Draft(text_id, MARIA, ours, f"Text {text_id}.", ANA, channel=CHANNEL, **more)
        self.store.send_queue.add(draft, now=time.time())
        self.written.append(draft)
        # Any webhook wakes the workers, as the modal would.
        send_until_taken(self.bot.url, event("call.started", f"wake-{text_id}"))

    def lost(self):
        """Return the bodies of the unconfirmed texts, once all texts are settled.

        Checks that the lines in the thread agree.
        """
        wait_for(self._all_are_settled)
        texts = [self.store.texts.find(draft.text_id) for draft in self.written]
        asked = [text for text in texts if text.reply.state is SendState.NEEDS_CONFIRMATION]
        for text in texts:
            words = ("may or may not",) if text in asked else ("Sent", "Delivered")
            wait_for(
                lambda text=text, words=words: any(
                    says(self.slack, text.body, word) for word in words
                ),
                seconds=30,
            )
        time.sleep(0.3)
        _, lines = thread_of(self.slack)
        about = Counter(line["metadata"]["event_payload"].get("text_id") for line in lines)
        assert all(about[draft.text_id] == 1 for draft in self.written)
        return [text.body for text in asked]

    def _all_are_settled(self):
        texts = [self.store.texts.find(draft.text_id) for draft in self.written]
        return all(
            text.reply.state in (SendState.SENT, SendState.NEEDS_CONFIRMATION) for text in texts
        )


@pytest.fixture
def stage(tmp_path):
    made = TextStage(tmp_path)
    yield made
    made.close()


def kill_once_at(stage, failpoint, nth):
    """Kill the app at a failpoint while it sends texts, restart it, and compare."""
    stage.bot.start(failpoint, nth)
    restarter = threading.Thread(target=lambda: stage.bot.wait(60) and stage.bot.start())
    restarter.start()
    for _ in range(3):
        stage.write()
    restarter.join()
    lost, got = stage.lost(), sent(stage.vocatech)
    assert sorted(got + lost) == [draft.body for draft in stage.written]
    # Only the text with a request about to start is unconfirmed.
    assert len(lost) == (failpoint == "text claimed")


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_kill_at_a_failpoint_sends_no_text_twice(stage, failpoint):
    kill_once_at(stage, failpoint, nth=2)


@pytest.mark.parametrize("failpoint", [*SCHEDULED_FAILPOINTS, *FAILPOINTS])
def test_kill_at_a_failpoint_sends_no_scheduled_text_twice(stage, failpoint):
    send_at = time.time() + 1.5
    # The job also runs at the start, when nothing is due.
    stage.bot.start(failpoint, 1 if failpoint == "scheduled texts released" else 2)
    for _ in range(3):
        stage.write(send_at=send_at, zone="UTC")
    wait_for(lambda: stage.bot.wait(0.1))
    stage.bot.start()
    lost, got = stage.lost(), sent(stage.vocatech)
    assert sorted(got + lost) == [draft.body for draft in stage.written]
    assert len(lost) == (failpoint == "text claimed")


def test_kill_during_the_request_finds_the_text_in_the_list(stage):
    stage.vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    stage.vocatech.faults.add(Fault(path="/messages", method="POST", stall=1.0, times=1))
    stage.bot.start()
    stage.write()
    wait_for(lambda: sent(stage.vocatech))
    stage.bot.kill()
    stage.bot.start()
    assert stage.lost() == []
    assert sent(stage.vocatech) == ["Text t0."]


def kill_at_random(stage, *, kills, seed):
    """Kill and restart the app at random times while it sends texts, and compare."""
    chance = random.Random(seed)
    stage.vocatech.webhooks.faults = WebhookFaults(
        lost=frozenset(chance.sample(MESSAGE_EVENTS, chance.randrange(3))),
        copies=2,
        shuffle_seconds=0.3,
    )
    stage.vocatech.faults.add(
        Fault(path="/messages", method="POST", **{chance.choice(["delay", "stall"]): 0.1})
    )
    stage.bot.start()
    for number in range(max(kills, 5)):
        if number < 5:  # the limit for ten minutes
            stage.write()
        time.sleep(chance.uniform(0.0, 0.25))
        if number < kills:
            stage.bot.kill()
            stage.bot.start()
    lost, got = stage.lost(), sent(stage.vocatech)
    assert sorted(got + lost) == sorted(draft.body for draft in stage.written)


def test_kills_at_random_times_send_no_text_twice(stage):
    kill_at_random(stage, kills=3, seed=2)


@pytest.mark.chaos
@pytest.mark.parametrize("nth", range(1, 4))
@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_chaos_at_every_failpoint(stage, failpoint, nth):
    kill_once_at(stage, failpoint, nth)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", range(12))
def test_chaos_at_random_times(stage, seed):
    kill_at_random(stage, kills=8, seed=seed)
