"""What each person's App Home showed last."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database


class Homes:
    """Content hashes of App Home views, by Slack user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def view_hash(self, slack_user: str) -> str | None:
        """Return the hash of a person's last published view, or None."""
        row = self._database.row("select look from homes where slack_user = ?", [slack_user])
        return str(row["look"]) if row else None

    def set_view_hash(self, slack_user: str, view_hash: str) -> None:
        """Store the hash of the published view."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into homes values (?, ?)", [slack_user, view_hash])

        self._database.write(work)
