"""Owns the webhook subscriptions that the bot made, and their secrets; they leave only as keys."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.store.connection import Database

# Forged webhooks may come by the thousand; each of them must not cost a look at the disk.
SECONDS_BETWEEN_LOOKS = 2.0


@dataclass(frozen=True)
class KnownSubscription:
    """A subscription whose secret is known; `made_at` is in unix seconds."""

    subscription_id: str
    url: str
    made_at: float


class Subscriptions:
    """Subscriptions, by Vocatech's id of them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database
        self._secrets: tuple[str, ...] | None = None
        self._lock = threading.Lock()
        self._looked_at = float("-inf")

    def remember(self, subscription_id: str, *, url: str, secret: str, now: float) -> None:
        """Keep a secret, which is told only once; it is good from now on."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "insert or replace into subscriptions (subscription_id, url, secret, made_at)"
                " values (?, ?, ?, ?)",
                [subscription_id, url, secret, now],
            )

        self._database.write(work)
        self.look()

    def forget(self, subscription_ids: Iterable[str]) -> None:
        """Forget the secrets of these; what they sign is not believed any more."""
        rows = [[subscription_id] for subscription_id in subscription_ids]
        if rows:
            statement = "delete from subscriptions where subscription_id = ?"
            self._database.write(lambda db: db.conn.executemany(statement, rows))
            self.look()

    def all(self) -> list[KnownSubscription]:
        """Which subscriptions have a secret that is known? The newest first."""
        rows = self._database.rows(
            "select subscription_id, url, made_at from subscriptions order by made_at desc"
        )
        return [KnownSubscription(*row) for row in rows]

    def secrets(self) -> tuple[str, ...]:
        """Give the secrets in the clear, for the check of signatures only; from memory."""
        if self._secrets is None:
            self.look()
        return self._secrets or ()

    def look(self) -> None:
        """Read the secrets again, which another process may have changed."""
        with self._lock:  # so that whoever reads last also has the last word
            rows = self._database.rows("select secret from subscriptions order by made_at desc")
            self._secrets = tuple(row["secret"] for row in rows)

    def look_again(self, *, monotonic: float) -> None:
        """Look, unless that was done just now."""
        with self._lock:
            if monotonic - self._looked_at < SECONDS_BETWEEN_LOOKS:
                return
            self._looked_at = monotonic
        self.look()
