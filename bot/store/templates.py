"""Owns templates: those of each person, and those of the whole company."""

import sqlite3

from sqlite_utils import Database as SqliteDatabase

from bot.models.templates import MOST_SHOWN, Template
from bot.store.database.connection import Database

_COLUMNS = "template_id, owner, name, body, is_for_missed"


class Templates:
    """Templates, by their id and by who sees them."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def seen_by(self, slack_user: str) -> list[Template]:
        """Which templates does somebody see? Own ones and then the company's, each by name."""
        rows = self._database.rows(
            f"select {_COLUMNS} from templates where owner = ? or owner is null"
            " order by owner is null, name collate nocase, template_id limit ?",
            [slack_user, MOST_SHOWN],
        )
        return [_template(row) for row in rows]

    def find(self, template_id: int, *, slack_user: str) -> Template | None:
        """Give a template that somebody sees; None where there is no such."""
        row = self._database.row(
            f"select {_COLUMNS} from templates"
            " where template_id = ? and (owner = ? or owner is null)",
            [template_id, slack_user],
        )
        return _template(row) if row else None

    def for_missed(self) -> Template | None:
        """Which of the company's is for missed calls?"""
        row = self._database.row(f"select {_COLUMNS} from templates where is_for_missed")
        return _template(row) if row else None

    def save(self, template: Template) -> bool:
        """Keep a new template, or a changed one; False where that was deleted meanwhile.

        Only one is for missed calls: the last of which that was said.
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
        """Delete a template; False where it was deleted before."""

        def work(db: SqliteDatabase) -> bool:
            deleted = db.execute("delete from templates where template_id = ?", [template_id])
            return deleted.rowcount > 0

        return self._database.write(work)


def _template(row: sqlite3.Row) -> Template:
    return Template(**{**dict(row), "is_for_missed": bool(row["is_for_missed"])})
