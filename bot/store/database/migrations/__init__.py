"""Numbered SQL migrations, and the runner that applies each of them once.

The stored schema keeps the text of each statement, spaces and line breaks included. Never change a
statement in a released file, not even its layout: add a file with the next number.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from sqlite3 import complete_statement

from sqlite_utils import Database, Migrations

from bot.errors import StoreTooNew

FOLDER = Path(__file__).parent


def migrate(db: Database) -> None:
    """Bring the database up to date; raise StoreTooNew if it is ahead of this program."""
    migrations = load_migrations()
    applied = {migration.name for migration in migrations.applied(db)}
    unknown = sorted(applied - {*known_migrations()})
    if unknown:
        raise StoreTooNew(
            f"This database was written by a newer vocatech-slack (it knows {', '.join(unknown)})."
            " Nothing was changed. Start the newer version again, or restore the backup made"
            " before the upgrade."
        )
    if len(applied) < len(known_migrations()):
        migrations.apply(db)


def is_upgrade(db: Database) -> bool:
    """Return whether the database was written by an older version."""
    applied = {migration.name for migration in load_migrations().applied(db)}
    return bool(applied) and bool({*known_migrations()} - applied)


def known_migrations() -> list[str]:
    """Return the names of all migrations, in order."""
    return [_name_of(path) for path in _sql_files(FOLDER)]


def load_migrations() -> Migrations:
    """Return all migrations, in the order of their numbers."""
    return _load(FOLDER)


@cache
def _load(folder: Path) -> Migrations:
    migrations = Migrations("vocatech-slack")
    for path in _sql_files(folder):
        migrations(name=_name_of(path))(_step(path))
    return migrations


@cache
def _sql_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.sql"))


def _name_of(path: Path) -> str:
    """Return the name under which databases record the migration in a file."""
    return f"m{path.stem}"


def _step(path: Path) -> Callable[[Database], None]:
    def run(db: Database) -> None:
        # Each migration runs in a transaction or savepoint of its own; this doesn't commit it.
        for statement in _statements(path.read_text(encoding="utf-8")):
            db.execute(statement)

    return run


def _statements(sql: str) -> Iterator[str]:
    """Yield the statements of a script; each ends at the end of a line.

    `executescript` of sqlite_utils looks for an end after each character: 70 ms for a new database.
    """
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        yield statement.strip()
