"""Apps in separate processes that can be killed at a named failpoint."""

import itertools
import multiprocessing
import os
import signal
import threading

import httpx

from bot.app import build
from bot.clock import Timing
from bot.config import load_settings
from bot.sandbox.demo.bot_process import free_port
from bot.server.logs import set_up_logs
from tests.conftest import wait_for

TIMING = Timing(
    slack_timeout=1.0,
    grace=0.2,
    second_look=0.2,
    held_retry=0.5,
    file_look=0.4,
    text_request=0.5,
    text_looks=(0.2, 0.3, 0.5),
)
# Every app is forked from a process that has imported it, which saves most of a second.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


class MortalBot:
    """An app that can be killed and restarted on the same port."""

    def __init__(self, environment, log):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**environment, "PORT": str(port)}
        self._log = log
        self._process = None

    def start(self, failpoint="none", nth=1):
        """Start it and return once it listens; it dies at the nth pass of a failpoint."""
        self._process = FORKS.Process(
            target=run, args=(self._environment, self._log, failpoint, nth), daemon=True
        )
        self._process.start()
        wait_for(lambda: self._answers() or not self._process.is_alive())

    def kill(self):
        self._process.kill()
        self._process.join()

    def wait(self, seconds):
        """Wait for its end; return whether it ended."""
        self._process.join(seconds)
        return not self._process.is_alive()

    def close(self):
        if self._process:
            self.kill()

    def _answers(self):
        try:
            return httpx.get(f"{self.url}/healthz", timeout=1.0).status_code == 200
        except httpx.HTTPError:
            return False


def run(environment, log, failpoint, nth):
    """Run the app until it is killed."""
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C stops only the tests
    os.environ.update(environment)
    passes = itertools.count(1)

    def end_here(passed):
        if passed == failpoint and next(passes) == nth:
            os._exit(9)

    set_up_logs("json")
    build(load_settings(env_file=None), timing=TIMING, failpoint=end_here).start()
    threading.Event().wait()
