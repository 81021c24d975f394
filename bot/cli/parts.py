"""Owns the parts that a command takes besides `run`: settings, store and client, opened once."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings, load_settings
from bot.errors import StoreUnusable
from bot.slack import app as slack_app
from bot.store import Store
from bot.vocatech.client import VocatechClient


@dataclass(frozen=True)
class Parts:
    """What a command works with; requests are counted together with those of a running bot.

    Whoever sets `stopping` ends the waits of background work, which then raises Unavailable.
    """

    settings: Settings
    store: Store
    vocatech: VocatechClient
    clock: Clock
    stopping: threading.Event


@contextlib.contextmanager
def open_parts(env_file: Path | None) -> Iterator[Parts]:
    """Open the parts and close them again; raises SettingsWrong, StoreUnusable or StoreTooNew."""
    settings = load_settings(env_file=env_file)
    clock = Clock()
    store = Store.open(settings.database_path)
    stopping = threading.Event()
    vocatech = slack_app.make_vocatech(
        settings, ledger=store.ledger, clock=clock, wait=stopping.wait
    )
    try:
        yield Parts(settings, store, vocatech, clock, stopping)
    except sqlite3.Error as error:
        raise StoreUnusable(settings.database_path, str(error)) from error
    finally:
        vocatech.close()
        store.close()
