"""Templates of each person and of the whole company."""

import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.templates import MAX_SHOWN, Template
from bot.store.database.connection import Database

_COLUMNS = "template_id, owner, name, body, is_for_missed"


class Templates:
    """Templates, by their ID and by who can see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen_by(self, slack_user: str) -> list[Template]:
        """Return the templates that a person can see: personal, then shared, each by name."""
        rows = self._database.rows(
            f"select {_COLUMNS} from templates where owner = ? or owner is null"
            " order by owner is null, name collate nocase, template_id limit ?",
            [slack_user, MAX_SHOWN],
        )
        return [_template(row) for row in rows]

    def find(self, template_id: int, *, slack_user: str) -> Template | None:
        """Return a template that a person can see, or None."""
        row = self._database.row(
            f"select {_COLUMNS} from templates"
            " where template_id = ? and (owner = ? or owner is null)",
            [template_id, slack_user],
        )
        return _template(row) if row else None

    def for_missed(self) -> Template | None:
        """Return the company's template for missed calls."""
        row = self._database.row(f"select {_COLUMNS} from templates where is_for_missed")
        return _template(row) if row else None

    def save(self, template: Template) -> bool:
        """Store a new or changed template; return False if it was deleted in between.

        Only one template is for missed calls: the last one marked as such.
        """
        known = template.template_id
        values = [template.owner, template.name, template.body, template.is_for_missed]

        def work(db: SqliteDatabase) -> bool:
            kept = db.execute("select 1 from templates where template_id = ?", [known]).fetchone()
            if known is not None and not kept:
                return False
            if template.is_for_missed:
                db.execute("update templates set is_for_missed = 0 where is_for_missed")
            db.execute(
                f"insert or replace into templates ({_COLUMNS}) values (?, ?, ?, ?, ?)",
                [known, *values],
            )
            return True

        return self._database.write(work)

    def delete(self, template_id: int) -> bool:
        """Delete a template; return False if it was deleted before."""

        def work(db: SqliteDatabase) -> bool:
            deleted = db.execute("delete from templates where template_id = ?", [template_id])
            return deleted.rowcount > 0

        return self._database.write(work)


def _template(row: sqlite3.Row) -> Template:
    return Template(**{**dict(row), "is_for_missed": bool(row["is_for_missed"])})
