"""Links between people in Slack and the same people at Vocatech."""

import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.people import Person, SlackPerson, match_by_email
from bot.store.database.connection import Database

BY_EMAIL, BY_HAND = "email", "hand"
_COLUMNS = "people.user_id, people.name, people.extension, people.email"
_ADDRESSES_IN_SLACK = "select slack_user, name, email from slack_people"
_ADDRESSES_AT_VOCATECH = f"select {_COLUMNS} from people"

# Before Vocatech listed any people, they were known from calls, by their extension only.
_FOLLOW_TO_THE_LIST = """
update links set user_id = (
    select people.user_id from people
    where 'extension ' || people.extension = links.user_id order by people.user_id limit 1
)
where user_id not in (select user_id from people)
and exists (select 1 from people where 'extension ' || people.extension = links.user_id)
"""


class Links:
    """Links between Slack and Vocatech users; an email match never changes a manual link.

    A Vocatech user is linked to at most one person in Slack.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, slack_user: str, user_id: str | None, *, how: str, now: float) -> None:
        """Link a person; a manual link to None means no link, even if an email address matches.

        A manual link takes the Vocatech user from anyone else.
        """

        def work(db: SqliteDatabase) -> None:
            if how == BY_HAND:
                _take(db, slack_user, user_id)
            _put(db, slack_user, user_id, how, now)

        self._database.write(work)

    def claim(self, slack_user: str, user_id: str, *, now: float) -> str | None:
        """Link a person manually, or return the other person in Slack who has the link."""

        def work(db: SqliteDatabase) -> str | None:
            # People who left Slack don't block a link.
            row = db.execute(
                "select slack_user from links where user_id = ? and slack_user <> ? and"
                " (slack_user in (select slack_user from slack_people)"
                " or not exists (select 1 from slack_people))",
                [user_id, slack_user],
            ).fetchone()
            if row:
                return str(row[0])
            _take(db, slack_user, user_id)
            _put(db, slack_user, user_id, BY_HAND, now)
            return None

        return self._database.write(work)

    def remove(self, slack_user: str) -> None:
        """Remove a person's link; if they come back, they may be matched again."""
        if self._database.row("select 1 from links where slack_user = ?", [slack_user]):
            self._database.write(
                lambda db: db.execute("delete from links where slack_user = ?", [slack_user])
            )

    def match_by_email(self, *, now: float) -> None:
        """Link the people who have the same email address on both sides, and no one else.

        Manual links stay, and so do email links that haven't changed.
        """

        def work(db: SqliteDatabase) -> None:
            # Read inside the write: the last of two concurrent syncs then sees both sides.
            matches = match_by_email(
                (SlackPerson(*row) for row in db.execute(_ADDRESSES_IN_SLACK)),
                (Person(*row) for row in db.execute(_ADDRESSES_AT_VOCATECH)),
            )
            db.execute(_FOLLOW_TO_THE_LIST)
            by_mail = db.execute("select slack_user, user_id from links where how = 'email'")
            for slack_user, user_id in by_mail.fetchall():
                if matches.get(slack_user) != user_id:
                    db.execute("delete from links where slack_user = ?", [slack_user])
            taken = {row[0] for row in db.execute("select user_id from links")}
            for slack_user, user_id in matches.items():
                if user_id not in taken:
                    _put(db, slack_user, user_id, BY_EMAIL, now)

        self._database.write(work)

    def person_of(self, slack_user: str) -> Person | None:
        """Return the Vocatech user linked to a Slack user."""
        row = self._database.row(
            f"select {_COLUMNS} from links"
            " join people on people.user_id = links.user_id where links.slack_user = ?",
            [slack_user],
        )
        return _person(row) if row else None

    def slack_user_of(self, extension: str) -> str | None:
        """Return the Slack user linked to an extension."""
        row = self._database.row(
            "select links.slack_user from links join people on people.user_id = links.user_id"
            " where people.extension = ? order by links.linked_at limit 1",
            [extension],
        )
        return str(row["slack_user"]) if row else None

    def linked_people(self) -> dict[str, str]:
        """Return linked Slack users, by Vocatech user ID."""
        rows = self._database.rows(
            "select user_id, slack_user from links where user_id is not null"
        )
        return {row["user_id"]: row["slack_user"] for row in rows}

    def unmatched_in_slack(self) -> list[SlackPerson]:
        """Return people in Slack without a Vocatech user, except those who opted out of links."""
        rows = self._database.rows(
            "select slack_people.* from slack_people left join links using (slack_user)"
            " left join people on people.user_id = links.user_id"
            " where people.user_id is null"
            " and (links.slack_user is null or links.user_id is not null)"
            " order by slack_people.name, slack_people.slack_user"
        )
        return [
            SlackPerson(
                row["slack_user"], row["name"], row["email"], row["zone"], bool(row["is_admin"])
            )
            for row in rows
        ]

    def unmatched_at_vocatech(self) -> list[Person]:
        """Return Vocatech users with an extension and without a Slack user."""
        rows = self._database.rows(
            f"select {_COLUMNS} from people where extension is not null"
            " and user_id not in (select user_id from links where user_id is not null)"
            " order by name is null, name collate nocase, user_id"
        )
        return [_person(row) for row in rows]


def _take(db: SqliteDatabase, slack_user: str, user_id: str | None) -> None:
    """Remove other people's links to a Vocatech user."""
    db.execute("delete from links where user_id = ? and slack_user <> ?", [user_id, slack_user])


def _put(db: SqliteDatabase, slack_user: str, user_id: str | None, how: str, now: float) -> None:
    db.execute(
        "insert into links values (?, ?, ?, ?) on conflict (slack_user) do update set"
        " user_id = excluded.user_id, how = excluded.how, linked_at = excluded.linked_at"
        " where links.how = 'email' or excluded.how = 'hand'",
        [slack_user, user_id, how, now],
    )


def _person(row: sqlite3.Row) -> Person:
    return Person(row["user_id"], row["name"], row["extension"], row["email"])
