"""Key-value store for state that outlives the process, such as how far polling got."""

import hashlib
import hmac
import secrets

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

OPAQUE_KEY = "key of opaque ids"
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class KeyValueStore:
    """Values, by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def moment(self, name: str) -> float | None:
        """Return the time stored under a key (unix seconds), or None."""
        row = self._database.row("select value from notes where name = ?", [name])
        return float(row["value"]) if row else None

    def moments(self, prefix: str) -> dict[str, float]:
        """Return the times (unix seconds) under all keys that begin so, by the rest of the key."""
        rows = self._database.rows(
            "select name, value from notes where substr(name, 1, ?) = ?", [len(prefix), prefix]
        )
        return {row["name"].removeprefix(prefix): float(row["value"]) for row in rows}

    def begin_moment(self, name: str, moment: float) -> None:
        """Store a time in unix seconds, unless the key has one."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or ignore into notes values (?, ?)", [name, repr(moment)])

        self._database.write(work)

    def set_moment(self, name: str, moment: float) -> None:
        """Store a time in unix seconds."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into notes values (?, ?)", [name, repr(moment)])

        self._database.write(work)

    def text(self, name: str) -> str | None:
        """Return the text stored under a key, or None."""
        row = self._database.row("select value from notes where name = ?", [name])
        return str(row["value"]) if row else None

    def set_text(self, name: str, text: str) -> None:
        """Store a text."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into notes values (?, ?)", [name, text])

        self._database.write(work)

    def opaque_id(self, text: str) -> str:
        """Return an ID for a text, such as a phone number, that no one else can turn back.

        It is the same for as long as the database and its backups exist. It has letters only, so
        it can't look like a number.
        """
        key = self.opaque_key()
        digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
        return digest[:32].translate(_LETTERS)

    def opaque_key(self) -> str:
        """Return the key of opaque IDs; create it the first time, so that every backup has it."""

        def work(db: SqliteDatabase) -> str:
            db.execute(
                "insert or ignore into notes values (?, ?)", [OPAQUE_KEY, secrets.token_urlsafe(32)]
            )
            row = db.execute("select value from notes where name = ?", [OPAQUE_KEY]).fetchone()
            return str(row[0])

        return self.text(OPAQUE_KEY) or self._database.write(work)

    def forget(self, name: str) -> bool:
        """Delete a key; return whether it existed."""

        def work(db: SqliteDatabase) -> bool:
            return db.execute("delete from notes where name = ?", [name]).rowcount > 0

        return self._database.write(work)
