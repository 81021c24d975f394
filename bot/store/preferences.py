"""Owns what each person wants to be told of: mentions on cards, and direct messages."""

from sqlite_utils import Database as SqliteDatabase

from bot.models.people import Mentions, Preference
from bot.store.connection import Database


class Preferences:
    """Preferences, by Slack user; whoever set none has the usual ones."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def of(self, slack_user: str) -> Preference:
        """What does somebody want?"""
        row = self._database.row(
            "select mentions, direct, channel from preferences where slack_user = ?", [slack_user]
        )
        if row is None:
            return Preference()
        return Preference(Mentions(row["mentions"]), row["direct"], row["channel"])

    def set(self, slack_user: str, preference: Preference) -> None:
        """Keep what somebody wants."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "insert or replace into preferences (slack_user, mentions, direct, channel)"
                " values (?, ?, ?, ?)",
                [slack_user, preference.mentions, preference.direct, preference.channel],
            )

        self._database.write(work)
