"""Does the bot's jobs by hand, in a time that is moved by hand."""

import time

import handlers
from bot import ways_in
from bot.clock import Clock
from bot.collaborators import collaborators


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
        lanes, socket_mode = self.bot.lanes, self.bot.socket_mode
        parts = collaborators(self.bot.services, wake=lanes.wake, hurry=lanes.hurry)
        parts |= {"connect": socket_mode and socket_mode.connect}
        parts |= handlers.own_parts(parts)
        self.jobs = {name: work for name, _, work in ways_in.jobs(handlers.JOBS, parts)}
        return bot

    def do(self, name, *, ahead=None):
        self.ahead = self.ahead if ahead is None else ahead
        pause = self.jobs[name]()
        self.bot.lanes.wake()
        return pause
