"""Owns who is in Slack, as of the last look: their names, zones and ranks."""

import sqlite3
from collections.abc import Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.models.people import SlackPerson
from bot.store.connection import Database


class SlackPeople:
    """People in Slack, by their user id."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def replace(self, people: Sequence[SlackPerson]) -> None:
        """Keep these people, and forget all others."""

        def work(db: SqliteDatabase) -> None:
            db.execute("delete from slack_people")
            db.conn.executemany(
                "insert into slack_people values (?, ?, ?, ?, ?)",
                [(one.slack_user, one.name, one.email, one.zone, one.is_admin) for one in people],
            )

        self._database.write(work)

    def keep(self, person: SlackPerson) -> None:
        """Keep one more, or what is new about somebody."""
        values = (person.slack_user, person.name, person.email, person.zone, person.is_admin)
        self._database.write(
            lambda db: db.execute(
                "insert or replace into slack_people values (?, ?, ?, ?, ?)", values
            )
        )

    def find(self, slack_user: str) -> SlackPerson | None:
        """Give somebody, or None for whoever was not there at the last look."""
        row = self._database.row("select * from slack_people where slack_user = ?", [slack_user])
        return _person(row) if row else None

    def all(self) -> list[SlackPerson]:
        """Give everybody, by name."""
        rows = self._database.rows("select * from slack_people order by name, slack_user")
        return [_person(row) for row in rows]


def _person(row: sqlite3.Row) -> SlackPerson:
    return SlackPerson(
        row["slack_user"], row["name"], row["email"], row["zone"], is_admin=bool(row["is_admin"])
    )
