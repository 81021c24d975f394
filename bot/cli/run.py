"""Command `run`: the app itself."""

import argparse
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from bot.cli.options import DONE, FAILED, Command, add_env_file

SECONDS_BETWEEN_CHECKS = 2.0
# A larger database is checked while the app runs.
SECONDS_TO_CHECK_DATABASE = 10.0
# Soft limits are often 1,024: connections with temporary files, and the database, may need more.
OPEN_FILES = 4_096


def run_bot(arguments: argparse.Namespace) -> int:
    """Run the app until it is stopped by SIGTERM or Ctrl-C.

    If a thread ends that it can't work without, it exits with 1, to be started again.
    """
    # Imported here, so that --help and mistyped commands answer immediately.
    with without_terminal_tools():
        from bot.app import build  # noqa: PLC0415
    from bot.config import load_settings  # noqa: PLC0415
    from bot.server.logs import set_up_logs  # noqa: PLC0415
    from bot.store.database.damage import require_undamaged  # noqa: PLC0415
    from bot.store.database.instance_lock import running_instance  # noqa: PLC0415

    settings = load_settings(env_file=arguments.env_file)
    set_up_logs(settings.log_format, settings.log_level)
    _raise_open_files_limit()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # Two apps on one database would each post and send what the other does.
    with running_instance(settings.database_path):
        require_undamaged(settings.database_path, seconds=SECONDS_TO_CHECK_DATABASE)
        bot = build(settings)
        bot.start()
        _spare_garbage_collector()
        code = wait_until(stop, bot.dead_threads)
        bot.stop()
    # A request without an answer must not keep the process: the store is closed, and unfinished
    # work is found again at the next start.
    sys.stderr.flush()
    os._exit(code)


@contextlib.contextmanager
def without_terminal_tools() -> Iterator[None]:
    """Keep libraries from importing Rich and Pygments, which the app never needs.

    httpx and structlog import them for terminals if they are installed. Without them, the app
    starts with 65 instead of 70 MB, and imports in a tenth less time.
    """
    hidden = [name for name in ("rich", "pygments") if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _spare_garbage_collector() -> None:
    """Leave what exists after the start out of each garbage collection.

    A full collection looked at all of it. Under load that took 70 to 110 ms every few seconds, in
    which no request was answered; without it, 7 ms.
    """
    gc.collect()
    gc.freeze()


def wait_until(stop: threading.Event, dead_threads: Callable[[], list[str]]) -> int:
    """Wait for the end; return the exit code: 1 if a thread died that the app needs."""
    import structlog  # noqa: PLC0415

    while not stop.wait(SECONDS_BETWEEN_CHECKS):
        if dead := dead_threads():
            structlog.get_logger().critical("thread_died", threads=dead)
            return FAILED
    return DONE


def _raise_open_files_limit() -> None:
    import resource  # noqa: PLC0415

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


COMMAND = Command("run", "Run the app", run_bot, "vocatech-slack run", add_env_file)
