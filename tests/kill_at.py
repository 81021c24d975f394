"""Runs the bot, and ends it hard when it passes a named boundary for the n-th time."""

import itertools
import os
import signal
import sys
import threading

from bot.app import build
from bot.config import load_settings
from bot.logs import set_up_logs
from bot.outbox import Timing

TIMING = Timing(slack_timeout=1.0, grace=0.2, second_look=0.2, held_retry=0.5)


def main():
    name, nth = sys.argv[1], int(sys.argv[2])
    passes = itertools.count(1)

    def end_here(passed):
        if passed == name and next(passes) == nth:
            os._exit(9)

    settings = load_settings(env_file=None)
    set_up_logs("json")
    bot = build(settings, timing=TIMING, boundary=end_here)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    bot.start()
    stop.wait()
    bot.stop()


if __name__ == "__main__":
    main()
