"""Locks beside the database file: one running app, and one process that creates or upgrades it."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import AlreadyRunning, StoreUnusable, UpgradeRefused


def lock_path(database: Path) -> Path:
    """Return the file that the running app keeps locked. Other programs may read it."""
    return database.with_name(f"{database.name}.lock")


@contextmanager
def running_instance(database: Path) -> Iterator[None]:
    """Hold the lock of the one app that runs on a database; raise AlreadyRunning if it is taken.

    The kernel releases it when the process ends, however it ends.
    """
    try:
        opened = _open(lock_path(database))
    except OSError as error:
        raise StoreUnusable(database, error.strerror or str(error)) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(database, _described(file.read())) from None
        file.seek(0)
        file.truncate()
        json.dump(_this_process(), file)
        file.flush()
        yield
        file.seek(0)
        file.truncate()


def require_stopped(database: Path) -> None:
    """Raise AlreadyRunning if another process runs the app on a database.

    It may be an older version, which would fail on an upgraded database.
    """
    with _open(lock_path(database)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            content = file.read()
            if content != json.dumps(_this_process()):
                raise UpgradeRefused(database, _described(content)) from None


@contextmanager
def upgrade_lock(database: Path) -> Iterator[None]:
    """Wait until no other process creates or upgrades this database, and keep others waiting."""
    with _open(database.with_name(f"{database.name}.upgrade.lock")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _this_process() -> dict[str, int | str]:
    return {"pid": os.getpid(), "host": socket.gethostname()}


def _described(content: str) -> str:
    try:
        holder = json.loads(content)
        return f"process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "r+", encoding="utf-8")
