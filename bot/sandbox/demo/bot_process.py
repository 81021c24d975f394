"""The app as a separate process that can be killed and restarted."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

# A busy machine imports for long; a failed start is noticed immediately.
SECONDS_TO_START = 60.0
METRICS = "vocatech_slack"
SECONDS_TO_STOP = 12.0
SECONDS_FOR_A_COMMAND = 180.0


def free_port() -> int:
    """Return a free port on loopback below the ephemeral range.

    Systems assign ports from 32768 (Linux) or 49152 up, so a lower one stays free.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class BotProcess:
    """The app, as `vocatech-slack run` starts it, on loopback."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        log: Path | None = None,
        knows_its_address: bool = False,
    ) -> None:
        """Choose a port that stays the same across restarts.

        `knows_its_address` sets PUBLIC_URL, so that the app subscribes to webhooks.
        """
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {**environment, "PORT": str(self.port)}
        if knows_its_address:
            self.settings["PUBLIC_URL"] = self.url
        self._environment = {**_bare_environment(), **self.settings}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Return whether the process is running."""
        return self._process is not None and self._process.poll() is None

    def start(self, *command: str) -> None:
        """Start it and wait until it responds; `command` replaces `-m bot run`."""
        with self._log.open("ab") if self._log else open(os.devnull, "wb") as output:  # noqa: PTH123
            self._process = subprocess.Popen(
                [sys.executable, *(command or ("-m", "bot", "run"))],
                env=self._environment,
                stdout=output,
                stderr=output,
            )
        self.wait_for("/healthz")

    def wait_for(self, path: str, *, seconds: float = SECONDS_TO_START) -> None:
        """Wait until a path returns 200, or raise TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(self.url + path, timeout=1.0).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            if not self.is_running:
                return  # it ended already, as some tests want
            time.sleep(0.02)
        raise TimeoutError(f"the app does not answer {path}")

    def metric(self, name: str) -> float:
        """Return a metric, or 0 if the app does not respond."""
        try:
            lines = httpx.get(f"{self.url}/metrics", timeout=1.0).text.splitlines()
        except httpx.HTTPError:
            return 0.0
        found = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return next((float(value) for one, value in found if one == f"{METRICS}_{name}"), 0.0)

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """Ask it to stop and return its exit code; kill it after a time-out."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it ended in time."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid if self._process else 0


def run_command(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run a `vocatech-slack` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=_bare_environment(),
        capture_output=True,
        timeout=SECONDS_FOR_A_COMMAND,
        check=False,
    )


def _bare_environment() -> dict[str, str]:
    """Return the environment without settings for a real workspace."""
    ours = ("SLACK_", "VOCATECH_", "PUBLIC_URL", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
