"""Owns which contact somebody chose for a number that several share."""

from sqlite_utils import Database as SqliteDatabase

from bot.store.connection import Database


class ContactChoices:
    """Choices, by number (E.164); one goes with its contact."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def choose(self, number: str, contact_id: int) -> bool:
        """Remember who is meant by a number; False when that contact has it no more."""

        def work(db: SqliteDatabase) -> bool:
            return (
                db.execute(
                    "insert or replace into contact_choices (number, contact_id)"
                    " select number, contact_id from contact_numbers"
                    " where number = ? and contact_id = ?",
                    [number, contact_id],
                ).rowcount
                > 0
            )

        return self._database.write(work)

    def chosen(self, number: str) -> int | None:
        """Who (a contact's id) is meant by a number? None where nobody was chosen."""
        row = self._database.row(
            "select contact_id from contact_choices where number = ?", [number]
        )
        return int(row["contact_id"]) if row else None
