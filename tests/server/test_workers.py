"""Queues handle requested work, even if the request arrives while they run."""

import threading
import time

from bot.server.workers import Queues, WorkerPool
from tests.conftest import wait_for


def test_queue_requested_while_it_runs_runs_again_immediately():
    rounds, proceed = [], threading.Event()

    def work(_):
        rounds.append(1)
        proceed.wait(5)
        return 60.0

    workers = WorkerPool(time.monotonic)
    workers.set_queues(Queues({}, lambda: ["queue"], work))
    workers.start()
    wait_for(lambda: rounds)
    workers.run_now("queue")
    proceed.set()
    wait_for(lambda: len(rounds) == 2)
    time.sleep(0.1)
    assert len(rounds) == 2
    workers.stop()


def test_queue_requested_while_its_pause_is_computed_runs_again_immediately():
    rounds = []

    def work(_):
        rounds.append(1)
        return 60.0

    def monotonic():
        if len(rounds) == 1 and threading.current_thread().name.startswith("worker_"):
            workers.run_now("queue")
        return time.monotonic()

    workers = WorkerPool(monotonic)
    workers.set_queues(Queues({}, lambda: ["queue"], work))
    workers.start()
    wait_for(lambda: len(rounds) == 2)
    workers.stop()
