"""Settings, store, and API client of a command.

Commands import this file only when they run, so that `--help` is fast.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock, CompanyZone
from bot.config import Settings, load_settings
from bot.services.build import company_zone
from bot.store import Store
from bot.store.database.connection import BUSY_SECONDS_OF_COMMANDS
from bot.store.database.damage import explain_failure
from bot.vocatech.client import VocatechClient, make_vocatech


@dataclass(frozen=True)
class CliContext:
    """The parts that a command uses; it shares the rate limits with a running app.

    Setting `stopping` interrupts all waits, which then raise Unavailable.
    """

    settings: Settings
    zone: CompanyZone
    store: Store
    vocatech: VocatechClient
    clock: Clock
    stopping: threading.Event


@contextlib.contextmanager
def open_context(env_file: Path | None) -> Iterator[CliContext]:
    """Open the parts and close them again.

    Raises SettingsWrong, StoreUnusable, or StoreTooNew.
    """
    settings = load_settings(env_file=env_file)
    clock = Clock()
    store = Store.open(
        settings.database_path,
        encryption_key=settings.encryption_key_text,
        patience=BUSY_SECONDS_OF_COMMANDS,
    )
    stopping = threading.Event()
    vocatech = make_vocatech(settings, ledger=store.request_log, clock=clock, wait=stopping.wait)
    try:
        yield CliContext(settings, company_zone(settings, store), store, vocatech, clock, stopping)
    except sqlite3.Error as error:
        raise explain_failure(settings.database_path, error) from error
    finally:
        vocatech.close()
        store.close()
