"""Turns of workers: how many run at the same time, and what gives a turn up."""

import threading

import pytest

from bot.server import turns as turns_module
from bot.server.turns import Turns
from tests.conftest import wait_for


@pytest.fixture
def no_impatience(monkeypatch):
    monkeypatch.setattr(turns_module, "LONGEST_WAIT", 60.0)


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.usefixtures("no_impatience")
def test_only_some_threads_have_a_turn_and_one_that_waits_gives_it_up():
    turns, running = Turns(2), []
    may_end, has_answer = threading.Event(), threading.Event()

    def run(name):
        with turns.taken():
            running.append(name)
            may_end.wait(60)
            with turns.given_up():
                has_answer.wait(60)

    threads = [in_thread(lambda name=name: run(name)) for name in range(5)]
    wait_for(lambda: len(running) == 2)
    may_end.set()
    wait_for(lambda: len(running) == 5)  # while those before wait for their answers
    has_answer.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_work_continues_if_all_turns_are_held():
    turns, may_end = Turns(1), threading.Event()

    def hold():
        with turns.taken():
            may_end.wait(60)

    holder = in_thread(hold)
    with turns.taken(), turns.given_up():
        pass
    may_end.set()
    holder.join(60)
    assert turns._free.acquire(timeout=60), "a turn was lost"
    assert not turns._free.acquire(blocking=False), "there is a turn too many"


def test_a_thread_without_turns_gives_none_up():
    turns = Turns(1)
    with turns.given_up():
        pass
    assert turns._free.acquire(blocking=False)
    assert not turns._free.acquire(blocking=False)
