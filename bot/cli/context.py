"""What a command works with: settings, store and client, opened once.

Commands import this file when they run, so that `--help` answers immediately.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.errors import StoreUnusable
from bot.store import Store
from bot.vocatech.client import VocatechClient, make_vocatech


@dataclass(frozen=True)
class CliContext:
    """What a command works with; requests are counted together with those of a running bot.

    Whoever sets `stopping` ends the waits of background work, which then raises Unavailable.
    """

    settings: Settings
    store: Store
    vocatech: VocatechClient
    clock: Clock
    stopping: threading.Event


@contextlib.contextmanager
def open_context(env_file: Path | None) -> Iterator[CliContext]:
    """Open the parts and close them again; raises SettingsWrong, StoreUnusable or StoreTooNew."""
    settings = load_settings(env_file=env_file)
    clock = Clock()
    store = Store.open(settings.database_path)
    stopping = threading.Event()
    vocatech = make_vocatech(settings, ledger=store.ledger, clock=clock, wait=stopping.wait)
    try:
        yield CliContext(settings, store, vocatech, clock, stopping)
    except sqlite3.Error as error:
        raise StoreUnusable(settings.database_path, str(error)) from error
    finally:
        vocatech.close()
        store.close()
