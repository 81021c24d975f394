"""People of Slack and Vocatech, and their preferences."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlite_utils import Database as SqliteDatabase

from bot.models.people import Company, Mentions, Person, Preference, SlackPerson
from bot.store.database.connection import Database
from bot.store.key_value import KeyValueStore

COMPANY = "company"

# Whoever was on none of so many calls is hardly still there; it also bounds the work.
CALLS_READ = 20_000

_COLUMNS = "user_id, name, extension, email"

# One row for each extension, with the name that it had in the newest call that has one: of the
# bare columns beside `max` SQLite takes those of the row that has the maximum.
_NAMED_BY_CALLS = """
with recent as (
    select facts, coalesce(started_at, 0) as at from calls order by started_at desc limit ?
),
sides (extension, name, at) as (
    select json_extract(facts, '$.our_side[1][0]'), json_extract(facts, '$.our_side[1][1]'), at
    from recent
    union all
    select json_extract(leg.value, '$.extension'), json_extract(leg.value, '$.name'), at
    from recent, json_each(recent.facts, '$.legs[1]') as leg
)
select extension, name, max(iif(name is null, -1, at)) from sides
where extension is not null group by extension
"""


class People:
    """Our people, as the provider lists them; who is known from calls alone has no e-mail."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database
        self._notes = KeyValueStore(database)

    def replace(self, people: Iterable[Person]) -> None:
        """Keep these people, and nobody else."""
        rows = [tuple(asdict(person).values()) for person in people]

        def work(db: SqliteDatabase) -> None:
            db.execute("delete from people")
            db.conn.executemany(
                f"insert or replace into people ({_COLUMNS}) values (?, ?, ?, ?)", rows
            )

        self._database.write(work)

    def add_from_calls(self) -> int:
        """Add a person for each extension in recent calls that nobody listed has; give how many.

        Whom the provider listed earlier stays; the newest name that a call gave is taken.
        """
        found = self._database.rows(_NAMED_BY_CALLS, [CALLS_READ])

        def work(db: SqliteDatabase) -> int:
            db.execute("delete from people where from_calls")
            listed = {row[0] for row in db.execute("select extension from people")}
            rows = [
                (f"extension {row['extension']}", row["name"], row["extension"])
                for row in found
                if row["extension"] not in listed
            ]
            db.conn.executemany(
                "insert or ignore into people (user_id, name, extension, from_calls)"
                " values (?, ?, ?, 1)",
                rows,
            )
            return len(rows)

        return self._database.write(work)

    def all(self) -> list[Person]:
        """Who are they all, by name?"""
        return self._people("order by name is null, name collate nocase, user_id")

    def find(self, user_id: str) -> Person | None:
        """Who has this id?"""
        return next(iter(self._people("where user_id = ?", user_id)), None)

    def by_extension(self, extension: str) -> Person | None:
        """Who has this extension?"""
        found = self._people("where extension = ? order by from_calls, user_id", extension)
        return next(iter(found), None)

    def company(self) -> Company | None:
        """What does the company say of itself? None before it said anything."""
        noted = self._notes.text(COMPANY)
        if noted is None:
            return None
        known = json.loads(noted)
        return Company(**{**known, "numbers": tuple(known["numbers"])})

    def set_company(self, company: Company) -> None:
        """Keep what the company says of itself."""
        self._notes.set_text(COMPANY, json.dumps(asdict(company)))

    def _people(self, sql: str, *values: str) -> list[Person]:
        rows = self._database.rows(f"select {_COLUMNS} from people {sql}", values)
        return [_person(row) for row in rows]


def _person(row: sqlite3.Row) -> Person:
    return Person(row["user_id"], row["name"], row["extension"], row["email"])


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
        return _slack_person(row) if row else None

    def all(self) -> list[SlackPerson]:
        """Give everybody, by name."""
        rows = self._database.rows("select * from slack_people order by name, slack_user")
        return [_slack_person(row) for row in rows]


def _slack_person(row: sqlite3.Row) -> SlackPerson:
    return SlackPerson(
        row["slack_user"], row["name"], row["email"], row["zone"], is_admin=bool(row["is_admin"])
    )
