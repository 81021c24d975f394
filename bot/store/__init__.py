"""The store: one file a noun, methods named by the question they answer."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.store.backfills import Backfills
from bot.store.calls import Calls
from bot.store.contacts import Contacts
from bot.store.database import Database
from bot.store.ledger import Ledger
from bot.store.notes import Notes
from bot.store.notices import Notices
from bot.store.people import People
from bot.store.posts import Posts
from bot.store.subscriptions import Subscriptions


@dataclass(frozen=True)
class Store:
    """Everything that is kept, over one database."""

    database: Database
    calls: Calls
    posts: Posts
    notices: Notices
    notes: Notes
    ledger: Ledger
    backfills: Backfills
    subscriptions: Subscriptions
    contacts: Contacts
    people: People

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database at `path`, made or upgraded as needed; `StoreTooNew` is raised."""
        database = Database(path)
        return cls(
            database,
            Calls(database),
            Posts(database),
            Notices(database),
            Notes(database),
            Ledger(database),
            Backfills(database),
            Subscriptions(database),
            Contacts(database),
            People(database),
        )

    def is_writable(self) -> bool:
        """Say whether the database takes a write."""
        try:
            self.notes.set_moment("checked", 0.0)
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        """Close the database; nothing is open afterwards."""
        self.database.close()
