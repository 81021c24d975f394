"""Owns what each person's App Home showed last."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database


class Homes:
    """Looks of App Homes, by Slack user."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def look(self, slack_user: str) -> str | None:
        """What did somebody's App Home show last? None when it was never published."""
        row = self._database.row("select look from homes where slack_user = ?", [slack_user])
        return str(row["look"]) if row else None

    def set_look(self, slack_user: str, look: str) -> None:
        """Note what is shown now."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into homes values (?, ?)", [slack_user, look])

        self._database.write(work)
