"""Killed at any stage of a follow-up, the app reminds of it exactly once."""

import threading
import time
from collections import Counter

import pytest

from bot.models.customers.follow_ups import FollowUp, Topic
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import ANA
from bot.store import Store
from tests.conftest import wait_for
from tests.outbox.test_kills import Stage

# In one group with the other kill tests, so that all apps are forked off one process.
pytestmark = pytest.mark.xdist_group("kills")
FAILPOINTS = ("before reminder", "reminder queued", "claimed", "answered", "marked")
COUNT = 3


class FollowUpStage(Stage):
    """An app that can be killed; follow-ups are stored as the form does."""

    def __init__(self, folder):
        super().__init__(folder)
        self.store = Store.open(folder / "bot.db")

    def close(self):
        super().close()
        self.store.close()

    def set_up(self):
        """Store some follow-ups that are due now."""
        now = time.time()
        for number in range(COUNT):
            topic = Topic(number="+12125550142")
            new = FollowUp(0, ANA, ANA, now - 1.0, now, topic, f"Reminder {number}")
            assert self.store.follow_ups.add(new, token=f"t{number}", now=now)

    def reminders(self):
        """Count the reminders in Ana's direct messages, by their note."""
        found = self.slack.messages(self.slack.direct_channel(ANA))
        return Counter(one["text"].rpartition(". ")[2] for one in found)

    def expect_each_once(self):
        """Wait for all of them, then a little longer for what might be posted again."""
        expected = {f"Reminder {number}": 1 for number in range(COUNT)}
        wait_for(lambda: len(self.reminders()) == COUNT)
        time.sleep(0.5)
        assert self.reminders() == expected


@pytest.fixture
def stage(tmp_path):
    made = FollowUpStage(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_kill_at_a_failpoint_reminds_once(stage, failpoint):
    stage.set_up()
    stage.bot.start(failpoint)
    assert stage.bot.wait(60)
    stage.bot.start()
    stage.expect_each_once()


@pytest.mark.parametrize("moment", ["before_method", "after_method"])
def test_kill_during_the_request_reminds_once(stage, moment):
    killed = threading.Event()

    def kill(method, _params):
        if method == "chat.postMessage" and not killed.is_set():
            killed.set()
            stage.bot.kill()

    stage.set_up()
    setattr(stage.slack, moment, kill)
    stage.bot.start()
    assert killed.wait(60)
    stage.bot.start()
    stage.expect_each_once()


def test_reminder_without_an_answer_from_slack_comes_once(stage):
    stage.slack.faults.add(Fault(path="chat.postMessage", drop="after", times=2))
    stage.set_up()
    stage.bot.start()
    stage.expect_each_once()
