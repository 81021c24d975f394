"""What each person's App Home showed last."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.connection import Database

STALE = "stale "  # before the hash of a view that must be compared again


class Homes:
    """Content hashes of App Home views, by Slack user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def view_hash(self, slack_user: str) -> str | None:
        """Return the hash of a person's last published view, or None."""
        row = self._database.row("select look from homes where slack_user = ?", [slack_user])
        return str(row["look"]).removeprefix(STALE) if row else None

    def stale(self, *, limit: int) -> list[str]:
        """Return people whose view may show what was erased since it was published."""
        rows = self._database.rows(
            "select slack_user from homes where substr(look, 1, ?) = ? limit ?",
            [len(STALE), STALE, limit],
        )
        return [row["slack_user"] for row in rows]

    def mark_fresh(self, slack_user: str) -> None:
        """Note that a person's view was compared again."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update homes set look = substr(look, ?) where slack_user = ?"
                " and substr(look, 1, ?) = ?",
                [len(STALE) + 1, slack_user, len(STALE), STALE],
            )

        self._database.write(work)

    def set_view_hash(self, slack_user: str, view_hash: str) -> None:
        """Store the hash of the published view."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert or replace into homes values (?, ?)", [slack_user, view_hash])

        self._database.write(work)


def mark_homes_stale(db: SqliteDatabase) -> None:
    """Mark everyone's view to be compared again. Call it inside a write."""
    db.execute(
        "update homes set look = ? || look where substr(look, 1, ?) != ?",
        [STALE, len(STALE), STALE],
    )
