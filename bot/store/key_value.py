"""Owns the small facts that outlive the process, such as how far the catch-up has come."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database


class KeyValueStore:
    """Facts by name."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def moment(self, name: str) -> float | None:
        """Give a noted moment in unix seconds, or None when there is none."""
        row = self._database.row("select value from notes where name = ?", [name])
        return float(row["value"]) if row else None

    def set_moment(self, name: str, moment: float) -> None:
        """Note a moment."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into notes values (?, ?)", [name, repr(moment)])

        self._database.write(work)

    def text(self, name: str) -> str | None:
        """Give a noted text, or None when there is none."""
        row = self._database.row("select value from notes where name = ?", [name])
        return str(row["value"]) if row else None

    def set_text(self, name: str, text: str) -> None:
        """Note a text."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into notes values (?, ?)", [name, text])

        self._database.write(work)

    def forget(self, name: str) -> bool:
        """Forget a note; say whether there was one."""

        def work(db: SqliteDatabase) -> bool:
            return db.execute("delete from notes where name = ?", [name]).rowcount > 0

        return self._database.write(work)
