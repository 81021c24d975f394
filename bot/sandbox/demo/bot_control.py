"""Demo buttons that kill and start the app."""

import threading
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.demo.bot_process import BotProcess
from bot.sandbox.demo.call_scenarios import DemoAction

GROUP = "The app"
SECONDS_DOWN = 3.0


class BotControl:
    """Kills the app with SIGKILL, as a power cut would; `log` records each action."""

    def __init__(self, bot: BotProcess, log: Callable[[str], object]) -> None:
        self._bot = bot
        self._log = log
        self._busy = threading.Lock()

    def buttons(self) -> dict[str, DemoAction]:
        """Return the buttons by name."""
        return {
            "fault_kill": DemoAction(
                "Kill and restart",
                "Kills the app (SIGKILL) at any moment. It restarts after 3 s.",
                self.kill_and_start,
                GROUP,
            ),
            "kill": DemoAction(
                "Kill the app", "Kills the app (SIGKILL). Restart it yourself.", self.kill, GROUP
            ),
            "start": DemoAction(
                "Start the app", "Starts the app again after a kill.", self.start, GROUP
            ),
        }

    def kill_and_start(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Kill the app and start it again, unless that is happening already."""
        if self._busy.acquire(blocking=False):
            try:
                self._kill()
                time.sleep(SECONDS_DOWN / speed)
                self._start()
            finally:
                self._busy.release()
        return []

    def kill(self, _: object, **_more: Any) -> list[str]:
        """Kill the app and leave it down."""
        with self._busy:
            self._kill()
        return []

    def start(self, _: object, **_more: Any) -> list[str]:
        """Start the app if it is down."""
        with self._busy:
            self._start()
        return []

    def _kill(self) -> None:
        if self._bot.is_running:
            self._log(f"App killed (process {self._bot.pid})")
            self._bot.kill()

    def _start(self) -> None:
        if not self._bot.is_running:
            began = time.monotonic()
            self._bot.start()
            took = time.monotonic() - began
            self._log(f"App started in {took:.1f} s (process {self._bot.pid})")
