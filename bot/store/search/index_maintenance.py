"""Maintenance of the call index: its check, its rebuild, and the upgrade of an older index.

The index is in the same file as the calls. In a file of its own, a power failure could leave one
of both behind: in WAL mode, SQLite commits attached files one after the other. Then it would no
longer be known what is indexed. A trigger or a view can't name a table of another file, either, so
that the index would need its own copy of each transcript.
"""

import json
import sqlite3
from functools import partial

from sqlite_utils import Database as SqliteDatabase

from bot.store.database.background import write_in_background
from bot.store.database.connection import Database
from bot.store.search.terms import quote

CALLS_A_PIECE = 500
# Where the rebuild continues; without this note there is none.
REBUILD = "call index rebuilt until"
WORDS_CHECKED = 300  # characters of a transcript, from its beginning


class CallIndex:
    """The full-text index of calls as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def share_texts(self, after: int, limit: int) -> int | None:
        """Drop copies of texts that the calls have; return the last row ID, None at the end.

        `after` is the row ID to continue after. Where the text of the call is different, the call
        is indexed again.
        """
        rows = self._database.rows(
            "select text_id from indexed_calls where text_id > ? order by text_id limit ?",
            [after, limit],
        )
        if rows:
            last = rows[-1]["text_id"]
            write_in_background(self._database, partial(_share, after=after, last=last))
        return rows[-1]["text_id"] if len(rows) == limit else None

    def missing(self, limit: int = 20) -> int:
        """Return how many of the newest indexed calls the index doesn't find by their words."""
        rows = self._database.rows(
            "select text_id, marks, transcript from call_texts join calls using (call_id)"
            " where indexed = version order by text_id desc limit ?",
            [limit],
        )
        return sum(not self._finds(row) for row in rows)

    def _finds(self, row: sqlite3.Row) -> bool:
        asked = " AND ".join(f'"{mark}"' for mark in row["marks"].split())
        # The last word may be cut.
        words = row["transcript"][:WORDS_CHECKED].rpartition(" ")[0]
        if said := quote(words):
            asked = f"({asked}) AND {{transcript}} : {said}"
        sql = "select 1 from call_words where call_words match ? and rowid = ?"
        return self._database.row(sql, [asked, row["text_id"]]) is not None

    def start_rebuild(self) -> None:
        """Empty the index, and have all calls indexed again; until then, search finds less."""

        def work(db: SqliteDatabase) -> None:
            db.execute("insert into call_words (call_words) values ('delete-all')")
            db.execute("delete from indexed_calls")
            db.execute("insert or replace into notes values (?, '0')", [REBUILD])

        self._database.write(work)

    def continue_rebuild(self, limit: int = CALLS_A_PIECE) -> bool:
        """Mark some calls to be indexed again; return whether there are more."""
        note = self._database.row("select value from notes where name = ?", [REBUILD])
        if note is None:
            return False
        rows = self._database.rows(
            "select rowid as place from calls where rowid > ? order by rowid limit ?",
            [int(note["value"]), limit],
        )
        places = [row["place"] for row in rows]
        return write_in_background(self._database, partial(_mark, places=places))


def _share(db: SqliteDatabase, after: int, last: int) -> None:
    span = "text_id > ? and text_id <= ? and is_copied = 1"
    facts = "(select facts from calls where calls.call_id = indexed_calls.call_id)"
    # The view and the trigger use the same function, so the text that was indexed stays known.
    db.execute(
        "update indexed_calls set is_copied = 0, summary = '', transcript = ''"
        f" where {span} and summary = call_text({facts}, 'summary')"
        f" and transcript = call_text({facts}, 'transcript')",
        [after, last],
    )
    db.execute(
        "update calls set indexed = 0 where indexed > 0 and call_id in"
        f" (select call_id from indexed_calls where {span})",
        [after, last],
    )


def _mark(db: SqliteDatabase, places: list[int]) -> bool:
    if not places:
        db.execute("delete from notes where name = ?", [REBUILD])
        return False
    db.execute(
        "update calls set indexed = 0 where rowid in (select value from json_each(?))",
        [json.dumps(places)],
    )
    db.execute("update notes set value = ? where name = ?", [str(places[-1]), REBUILD])
    return True
