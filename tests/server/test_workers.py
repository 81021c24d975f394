"""Lanes work on what they were hurried for, also when that came while they were at work."""

import threading
import time

from bot.server.workers import Queues, WorkerPool
from tests.conftest import wait_for


def test_a_lane_that_is_hurried_while_it_works_works_again_at_once():
    rounds, go_on = [], threading.Event()

    def work(_):
        rounds.append(1)
        go_on.wait(5)
        return 60.0

    lanes = WorkerPool(time.monotonic)
    lanes.take_on(Queues({}, lambda: ["lane"], work))
    lanes.start()
    wait_for(lambda: rounds)
    lanes.hurry("lane")
    go_on.set()
    wait_for(lambda: len(rounds) == 2, seconds=3)
    time.sleep(0.1)
    assert len(rounds) == 2
    lanes.stop()


def test_a_lane_that_is_hurried_while_its_pause_is_reckoned_works_again_at_once():
    rounds = []

    def work(_):
        rounds.append(1)
        return 60.0

    def monotonic():
        if len(rounds) == 1 and threading.current_thread().name.startswith("lane_"):
            lanes.hurry("lane")
        return time.monotonic()

    lanes = WorkerPool(monotonic)
    lanes.take_on(Queues({}, lambda: ["lane"], work))
    lanes.start()
    wait_for(lambda: len(rounds) == 2, seconds=3)
    lanes.stop()
