"""Owns what the demo's buttons do to the bot itself: kill it, leave it down, start it again."""

import threading
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.demo.bot_process import BotProcess
from bot.sandbox.demo.call_scenarios import DemoAction

GROUP = "The bot itself"
SECONDS_DOWN = 3.0


class BotControl:
    """Ends the bot's process with SIGKILL, as a power cut would; `tell` notes what was done."""

    def __init__(self, bot: BotProcess, tell: Callable[[str], object]) -> None:
        self._bot = bot
        self._tell = tell
        self._busy = threading.Lock()

    def buttons(self) -> dict[str, DemoAction]:
        """Give the buttons by name."""
        return {
            "fault_kill": DemoAction(
                "Kill",
                "SIGKILL, in the middle of whatever it does; started again after 3 s.",
                self.kill_and_start,
                GROUP,
            ),
            "kill": DemoAction(
                "Only kill", "SIGKILL, and nobody starts it again.", self.kill, GROUP
            ),
            "start": DemoAction("Start", "Start it again after a kill.", self.start, GROUP),
        }

    def kill_and_start(self, _: object, *, speed: float = 1.0) -> list[str]:
        """Kill the bot and start it again; not twice at once."""
        if self._busy.acquire(blocking=False):
            try:
                self._kill()
                time.sleep(SECONDS_DOWN / speed)
                self._start()
            finally:
                self._busy.release()
        return []

    def kill(self, _: object, **_more: Any) -> list[str]:
        """Kill the bot, and leave it down."""
        with self._busy:
            self._kill()
        return []

    def start(self, _: object, **_more: Any) -> list[str]:
        """Start the bot, where it is down."""
        with self._busy:
            self._start()
        return []

    def _kill(self) -> None:
        if self._bot.is_running:
            self._tell(f"Process {self._bot.pid} killed")
            self._bot.kill()

    def _start(self) -> None:
        if not self._bot.is_running:
            began = time.monotonic()
            self._bot.start()
            took = time.monotonic() - began
            self._tell(f"Process {self._bot.pid} answers after {took:.1f} s")
