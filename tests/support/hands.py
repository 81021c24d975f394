"""Runs jobs manually, with a simulated clock."""

import time

from bot.clock import Clock
from handlers.jobs import make_jobs


def jobs_of(bot):
    """Return the app's jobs by name."""
    connect = bot.socket_mode.connect if bot.socket_mode else None
    return {job.name: job.work for job in make_jobs(bot.services, connect=connect)}


class Hands:
    """Runs jobs; `ahead` is how many seconds the app's clocks and Slack's are ahead."""

    def __init__(self, slack):
        self.ahead = 0.0
        self.clock = Clock(
            now=lambda: time.time() + self.ahead, monotonic=lambda: time.monotonic() + self.ahead
        )
        slack.wall_time = self.clock.now

    def take(self, bot):
        self.bot = bot.bot
        self.jobs = jobs_of(self.bot)
        return bot

    def do(self, name, *, ahead=None):
        self.ahead = self.ahead if ahead is None else ahead
        pause = self.jobs[name]()
        self.bot.workers.wake()
        return pause
