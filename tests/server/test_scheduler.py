"""Intervals of jobs do not depend on the wall clock."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from apscheduler.schedulers import base

from bot.server import scheduler
from bot.server.scheduler import Job, Scheduler
from tests.conftest import wait_for

HOUR, DAY = 3_600.0, 86_400.0


class WallClock:
    """A wall clock that can be set, for the scheduler and for APScheduler."""

    def __init__(self, monkeypatch):
        self.ahead = ahead = [0.0]

        class Shifted(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(seconds=ahead[0])

        class Time:
            monotonic = staticmethod(time.monotonic)

            @staticmethod
            def time():
                return time.time() + ahead[0]

        monkeypatch.setattr(base, "datetime", Shifted)
        monkeypatch.setattr(scheduler, "time", Time)

    def set(self, ahead):
        self.ahead[0] = ahead


@pytest.fixture
def wall_clock(monkeypatch):
    return WallClock(monkeypatch)


@pytest.mark.parametrize("jump", [-DAY, -HOUR, -30.0, HOUR, DAY])
def test_jobs_keep_running_when_the_clock_is_set(wall_clock, jump):
    runs = []
    scheduler = Scheduler(time.monotonic)
    scheduler.add(Job("job", 0.2, lambda: runs.append(1) or 0.0))
    scheduler.start()
    try:
        wait_for(lambda: len(runs) >= 2)
        wall_clock.set(jump)
        before = len(runs)
        wait_for(lambda: len(runs) >= before + 3)
    finally:
        scheduler.stop()


def test_jobs_run_when_the_clock_is_set_back_before_the_first_look(wall_clock, monkeypatch):
    runs, is_set = [], threading.Event()
    monkeypatch.setattr(
        scheduler._SteadyScheduler,
        "_follow_wall_clock",
        wait_first(is_set, scheduler._SteadyScheduler._follow_wall_clock),
    )
    running = Scheduler(time.monotonic)
    running.add(Job("job", 0.2, lambda: runs.append(1) or 0.0))
    running.start()
    try:
        wall_clock.set(-HOUR)
        is_set.set()
        wait_for(lambda: len(runs) >= 3)
    finally:
        is_set.set()
        running.stop()


def wait_first(event, function):
    """Return a function that waits for an event and then calls another."""

    def call(*arguments):
        event.wait()
        return function(*arguments)

    return call


def test_jobs_keep_running_when_the_clock_is_set_back_twice_and_forward(wall_clock):
    runs = []
    scheduler = Scheduler(time.monotonic)
    scheduler.add(Job("job", 0.2, lambda: runs.append(1) or 0.0))
    scheduler.start()
    try:
        for ahead in (-HOUR, -DAY, 0.0, -HOUR):
            wall_clock.set(ahead)
            before = len(runs)
            wait_for(lambda before=before: len(runs) >= before + 2)
    finally:
        scheduler.stop()
