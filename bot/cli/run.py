"""Owns the command `run`: the bot itself."""

import argparse
import os
import signal
import sys
import threading

from bot.cli.options import DONE, Command, add_env_file


def run_bot(arguments: argparse.Namespace) -> int:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    # Imported here, so that --help and mistyped commands answer at once.
    from bot.app import build  # noqa: PLC0415
    from bot.config import load_settings  # noqa: PLC0415
    from bot.server.logs import set_up_logs  # noqa: PLC0415
    from bot.store.database.instance_lock import running_instance  # noqa: PLC0415

    settings = load_settings(env_file=arguments.env_file)
    set_up_logs(settings.log_format)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Two apps on one database would each post and send what the other does.
    with running_instance(settings.database_path):
        bot = build(settings)
        bot.start()
        stop.wait()
        bot.stop()
    # A request to somebody who never answers must not keep the process: the store is closed,
    # and whatever was under way is found again at the next start.
    sys.stderr.flush()
    os._exit(DONE)


COMMAND = Command("run", "run the bot", run_bot, add_env_file)
