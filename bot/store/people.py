"""People of Slack and Vocatech, and their preferences."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.people import Company, Mentions, Person, Preference, SlackPerson
from bot.store.database.connection import Database
from bot.store.key_value import KeyValueStore

COMPANY = "company"
# When a single person was last saved or removed, in unix seconds.
CHANGED = "person changed"
# A change much later than the list was read was dated by a clock that was wrong.
LONGEST_READING_SECONDS = 3_600.0
# The IDs of people who are known only from calls begin so.
FROM_CALLS = "extension "

# A person on none of the last 20,000 calls has probably left; it also bounds the work.
CALLS_READ = 20_000

_COLUMNS = "user_id, name, extension, email"
_INSERT_SLACK_PERSON = "insert or replace into slack_people values (?, ?, ?, ?, ?)"
_INSERT = f"insert or replace into people ({_COLUMNS}) values (?, ?, ?, ?)"

# One row for each extension, with its name in the newest call that has one: of the bare columns
# beside `max` SQLite takes those of the row that has the maximum.
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
    """The company's people as Vocatech lists them; those known only from calls have no email."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = KeyValueStore(database)

    def replace(self, people: Iterable[Person], *, read_at: float | None = None) -> bool:
        """Replace all people; return False, and change nothing, if the list is outdated.

        It is outdated if a person was saved or removed after its reading began at `read_at`.
        """
        rows = [tuple(asdict(person).values()) for person in people]

        def work(db: SqliteDatabase) -> bool:
            row = db.execute("select value from notes where name = ?", [CHANGED]).fetchone()
            since = float(row[0]) - read_at if row and read_at is not None else -1.0
            if 0 <= since < LONGEST_READING_SECONDS:
                return False
            db.execute("delete from people")
            db.conn.executemany(_INSERT, rows)
            return True

        return self._database.write(work)

    def save(self, person: Person, *, now: float) -> None:
        """Add or update a person that Vocatech just returned."""

        def work(db: SqliteDatabase) -> None:
            db.execute("delete from people where from_calls and extension = ?", [person.extension])
            db.execute(_INSERT, list(asdict(person).values()))
            db.execute("insert or replace into notes values (?, ?)", [CHANGED, repr(now)])

        self._database.write(work)

    def remove(self, user_id: str, *, now: float) -> None:
        """Remove a person that Vocatech no longer has."""

        def work(db: SqliteDatabase) -> None:
            db.execute("delete from people where user_id = ?", [user_id])
            db.execute("insert or replace into notes values (?, ?)", [CHANGED, repr(now)])

        self._database.write(work)

    def add_from_calls(self) -> int:
        """Add a person for each unlisted extension in recent calls; return how many.

        Listed people stay; the newest name in a call is used.
        """
        found = self._database.rows(_NAMED_BY_CALLS, [CALLS_READ])

        def work(db: SqliteDatabase) -> int:
            db.execute("delete from people where from_calls")
            listed = {row[0] for row in db.execute("select extension from people")}
            rows = [
                (f"{FROM_CALLS}{row['extension']}", row["name"], row["extension"])
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
        """Return all people, by name."""
        return self._people("order by name is null, name collate nocase, user_id")

    def count(self) -> int:
        """Return how many people there are."""
        row = self._database.row("select count(*) as n from people")
        return int(row["n"]) if row else 0

    def find(self, user_id: str) -> Person | None:
        """Return the person with an ID."""
        return next(iter(self._people("where user_id = ?", user_id)), None)

    def by_extension(self, extension: str) -> Person | None:
        """Return the person with an extension."""
        found = self._people("where extension = ? order by from_calls, user_id", extension)
        return next(iter(found), None)

    def company(self) -> Company | None:
        """Return the company's profile, or None before the first sync."""
        noted = self._notes.text(COMPANY)
        if noted is None:
            return None
        known = json.loads(noted)
        return Company(**{**known, "numbers": tuple(known["numbers"])})

    def set_company(self, company: Company) -> None:
        """Store the company's profile."""
        self._notes.set_text(COMPANY, json.dumps(asdict(company)))

    def _people(self, sql: str, *values: str) -> list[Person]:
        rows = self._database.rows(f"select {_COLUMNS} from people {sql}", values)
        return [_person(row) for row in rows]


def _person(row: sqlite3.Row) -> Person:
    return Person(row["user_id"], row["name"], row["extension"], row["email"])


class Preferences:
    """Preferences, by Slack user; people without any have the defaults."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, slack_user: str) -> Preference:
        """Return a person's preferences."""
        row = self._database.row(
            "select mentions, direct, channel from preferences where slack_user = ?", [slack_user]
        )
        if row is None:
            return Preference()
        return Preference(Mentions(row["mentions"]), row["direct"], row["channel"])

    def set(self, slack_user: str, preference: Preference) -> None:
        """Store a person's preferences."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "insert or replace into preferences (slack_user, mentions, direct, channel)"
                " values (?, ?, ?, ?)",
                [slack_user, preference.mentions, preference.direct, preference.channel],
            )

        self._database.write(work)


class SlackPeople:
    """People in Slack, by their user ID."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(
        self, people: Iterable[SlackPerson], *, before: Mapping[str, SlackPerson] | None = None
    ) -> set[str]:
        """Replace all people, and return the IDs of those who stay as they are.

        Those are the people who changed since `before`, everyone when the reading of the new list
        began, by ID: what the list says of them may be older.
        """

        def work(db: SqliteDatabase) -> set[str]:
            now = {row[0]: _read(row) for row in db.execute("select * from slack_people")}
            changed = set()
            if before is not None:
                known = before.keys() | now.keys()
                changed = {one for one in known if before.get(one) != now.get(one)}
            found = [one for one in people if one.slack_user not in changed]
            found += [now[one] for one in changed & now.keys()]
            db.execute("delete from slack_people")
            db.conn.executemany(_INSERT_SLACK_PERSON, map(astuple, found))
            return changed

        return self._database.write(work)

    def keep(self, person: SlackPerson) -> None:
        """Add or update a person."""
        self._database.write(lambda db: db.execute(_INSERT_SLACK_PERSON, astuple(person)))

    def remove(self, slack_user: str) -> None:
        """Remove a person who left or became a guest."""
        if self.find(slack_user):
            self._database.write(
                lambda db: db.execute("delete from slack_people where slack_user = ?", [slack_user])
            )

    def find(self, slack_user: str) -> SlackPerson | None:
        """Return a person, or None if the last sync didn't find them."""
        row = self._database.row("select * from slack_people where slack_user = ?", [slack_user])
        return _read(row) if row else None

    def all(self) -> list[SlackPerson]:
        """Return all people, by name."""
        rows = self._database.rows("select * from slack_people order by name, slack_user")
        return [_read(row) for row in rows]


def _read(row: Sequence[Any]) -> SlackPerson:
    slack_user, name, email, zone, is_admin = row
    return SlackPerson(slack_user, name, email, zone, is_admin=bool(is_admin))
