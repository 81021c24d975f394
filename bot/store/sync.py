"""Sync progress: watermarks, unfinished backfills, and webhook subscriptions."""

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database as SqliteDatabase

from bot.intervals import Interval, join
from bot.store.database.connection import Database
from bot.store.database.secret_box import SecretBox
from bot.store.key_value import KeyValueStore

COVERED = "calls covered until"
TEXTS_COVERED = "texts covered until"
INSTALLED = "installed at"
HELD = "calls held"
# Before the ID of a call whose channel isn't known yet: since when it has waited.
WAITING_CALL = "call waits for its line "
# The same before the ID of a text, which waits for its company number.
WAITING_TEXT = "text waits for its line "
# A fresh install shows the last minutes, so that a test call just made is seen.
FIRST_LOOK_BACK = 15 * 60.0
# The time zone of a day on Vocatech's side is unknown, so one more day is requested on each side.
DAY = 86_400.0


def synced_until(name: str, notes: KeyValueStore, *, now: float) -> float | None:
    """Return the moment recorded under a name, in unix seconds, but never a moment after `now`.

    A later one was recorded while the clock was wrong, and would hide all calls until then.
    """
    moment = notes.moment(name)
    return None if moment is None else min(moment, now)


def reported_from(notes: KeyValueStore, *, now: float) -> float:
    """Return the moment, in unix seconds, after which ended calls are posted to channels.

    The store already has the calls of before that it has seen; the others are still to come.
    """
    installed = synced_until(INSTALLED, notes, now=now) or now
    covered = synced_until(COVERED, notes, now=now) or installed
    return max(installed - FIRST_LOOK_BACK, covered - DAY)


@dataclass(frozen=True)
class Begun:
    """A backfill in progress: when it began (unix seconds), and the spans it has stored.

    `known` calls of its time range were in the store before it began.
    """

    began: float
    known: int
    done: tuple[Interval, ...] = ()


class Backfills:
    """Backfills by name; each is a JSON value, deleted when the backfill is finished."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, name: str, *, now: float, known: int) -> Begun:
        """Begin a backfill, or return the unfinished one."""
        return self._database.write(
            lambda db: _find(db, name) or _keep(db, name, Begun(now, known))
        )

    def find(self, name: str) -> Begun | None:
        """Return a backfill in progress."""
        row = self._database.row("select value from notes where name = ?", [name])
        return _begun(row["value"]) if row else None

    def add(self, name: str, span: Interval) -> None:
        """Record that a span was stored."""

        def work(db: SqliteDatabase) -> None:
            if known := _find(db, name):
                _keep(db, name, replace(known, done=tuple(join([*known.done, span]))))

        self._database.write(work)

    def finish(self, name: str) -> None:
        """Delete a backfill, so that the next one starts over; keep its spans as complete."""

        def work(db: SqliteDatabase) -> None:
            if known := _find(db, name):
                _add_held(db, known.done)
            db.execute("delete from notes where name = ?", [name])

        self._database.write(work)

    def held(self) -> list[Interval]:
        """Return the times before the installation for which the store is known to be complete."""
        row = self._database.row("select value from notes where name = ?", [HELD])
        return _spans(row["value"]) if row else []

    def note_held(self, spans: Iterable[Interval]) -> None:
        """Record that the store has all calls of these times."""
        self._database.write(lambda db: _add_held(db, spans))


def _find(db: SqliteDatabase, name: str) -> Begun | None:
    row = db.execute("select value from notes where name = ?", [name]).fetchone()
    return _begun(row[0]) if row else None


def _begun(value: str) -> Begun:
    told = json.loads(value)
    done = tuple(Interval(**span) for span in told["done"])
    return Begun(told["began"], told["known"], done)


def _add_held(db: SqliteDatabase, spans: Iterable[Interval]) -> None:
    row = db.execute("select value from notes where name = ?", [HELD]).fetchone()
    joined = join([*(_spans(row[0]) if row else []), *spans])
    value = json.dumps([asdict(span) for span in joined])
    db.execute("insert or replace into notes values (?, ?)", [HELD, value])


def _spans(value: str) -> list[Interval]:
    return [Interval(**span) for span in json.loads(value)]


def _keep(db: SqliteDatabase, name: str, begun: Begun) -> Begun:
    value = json.dumps(asdict(begun))
    db.execute("insert or replace into notes values (?, ?)", [name, value])
    return begun


# Forged webhooks may arrive by the thousand; each of them must not cost a disk read.
SECONDS_BETWEEN_READS = 2.0


@dataclass(frozen=True)
class KnownSubscription:
    """A subscription with a known secret; `made_at` is in unix seconds."""

    subscription_id: str
    url: str
    made_at: float


class Subscriptions:
    """Subscriptions, by their Vocatech ID."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box
        self._secrets: tuple[str, ...] | None = None
        self._lock = threading.Lock()
        self._refreshed_at = float("-inf")

    def remember(self, subscription_id: str, *, url: str, secret: str, now: float) -> None:
        """Store a secret, which Vocatech shows only once. It is valid from now on."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "insert or replace into subscriptions (subscription_id, url, secret, made_at)"
                " values (?, ?, ?, ?)",
                [subscription_id, url, self._box.seal(secret), now],
            )

        self._database.write(work)
        self.refresh()

    def forget(self, subscription_ids: Iterable[str]) -> None:
        """Delete the secrets of these subscriptions; their signatures are rejected from now on."""
        rows = [[subscription_id] for subscription_id in subscription_ids]
        if rows:
            statement = "delete from subscriptions where subscription_id = ?"
            self._database.write(lambda db: db.conn.executemany(statement, rows))
            self.refresh()

    def all(self) -> list[KnownSubscription]:
        """Return the subscriptions with a known secret, newest first."""
        return [
            KnownSubscription(row["subscription_id"], row["url"], row["made_at"])
            for row in self._rows()
            if self._box.unseal(row["secret"]) is not None
        ]

    def count_unreadable(self) -> int:
        """Return how many secrets were encrypted with another key."""
        return sum(self._box.unseal(row["secret"]) is None for row in self._rows())

    def seal_all(self) -> int:
        """Encrypt the secrets that are stored in clear, if there is a key; return how many."""
        plain = [row for row in self._rows() if self._box.seal(row["secret"]) != row["secret"]]
        sealed = [[self._box.seal(row["secret"]), row["subscription_id"]] for row in plain]
        if sealed:
            statement = "update subscriptions set secret = ? where subscription_id = ?"
            self._database.write(lambda db: db.conn.executemany(statement, sealed))
        return len(sealed)

    def secrets(self) -> tuple[str, ...]:
        """Return the secrets in clear text, from memory. Use them only to check signatures."""
        if self._secrets is None:
            self.refresh()
        return self._secrets or ()

    def refresh(self) -> None:
        """Read the secrets again; another process may have changed them."""
        with self._lock:  # the last thread to read must also be the last to store
            opened = (self._box.unseal(row["secret"]) for row in self._rows())
            self._secrets = tuple(secret for secret in opened if secret is not None)

    def _rows(self) -> list[sqlite3.Row]:
        return self._database.rows(
            "select subscription_id, url, secret, made_at from subscriptions order by made_at desc"
        )

    def refresh_if_stale(self, *, monotonic: float) -> None:
        """Refresh, unless that was done within the last seconds."""
        with self._lock:
            if monotonic - self._refreshed_at < SECONDS_BETWEEN_READS:
                return
            self._refreshed_at = monotonic
        self.refresh()
