"""The `run` command: the app itself."""

import argparse
import os
import signal
import sys
import threading

from bot.cli.options import DONE, Command, add_env_file


def run_bot(arguments: argparse.Namespace) -> int:
    """Run the app until SIGTERM or Ctrl-C."""
    # Imported here to keep --help and usage errors fast.
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
    # A request without a response must not keep the process alive: the store is closed, and the
    # next start resumes unfinished work.
    sys.stderr.flush()
    os._exit(DONE)


COMMAND = Command("run", "Run the app", run_bot, "vocatech-slack run", add_env_file)
