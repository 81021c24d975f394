"""Key-value store for state that outlives the process, such as how far polling got."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database


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

    def forget(self, name: str) -> bool:
        """Delete a key; return whether it existed."""

        def work(db: SqliteDatabase) -> bool:
            return db.execute("delete from notes where name = ?", [name]).rowcount > 0

        return self._database.write(work)
