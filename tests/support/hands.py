"""Does the bot's jobs by hand, in a time that is moved by hand."""

import time

from bot.clock import Clock
from handlers.jobs import make_jobs


def jobs_of(bot):
    """Return the work of each job of a bot by its name."""
    connect = bot.socket_mode.connect if bot.socket_mode else None
    return {job.name: job.work for job in make_jobs(bot.services, connect=connect)}


class Hands:
    """The hands; `ahead` are the seconds by which both of the bot's clocks are, and Slack's too."""

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
