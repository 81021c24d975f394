"""Search of notes on calls: which calls have the phrases in a note, and the text around them."""

from collections.abc import Sequence

from bot.models.calls import END_OF_HIT, HIT, Snippet
from bot.store.database.connection import Database
from bot.store.search.folding import join_words
from bot.store.search.terms import SearchTerms, quote, row_id_range


def find_noted(
    database: Database,
    wanted: SearchTerms,
    *,
    others: str | None,
    of_call: tuple[str, Sequence[object]],
    limit: int,
) -> list[int]:
    """Return the row IDs of calls with a note that has all phrases and that match the other terms.

    `others` is the FTS5 expression of the other terms; it is empty if there are none, and None if
    nothing can match. `of_call` has the conditions on `indexed_calls`, and their values. Only the
    newest `limit` notes are looked at.
    """
    quoted = [quote(phrase) for phrase in wanted.phrases]
    if others is None or not quoted or not all(quoted):
        return []
    where, values = of_call
    rows = database.rows(
        "select distinct text_id from (select rowid as hit from note_words"
        " where note_words match ? order by rowid desc limit ?)"
        " cross join customer_notes on note_id = hit join indexed_calls using (call_id)"
        f" where text_id >= ? and text_id < ?{f' and {where}' if where else ''}",
        [" AND ".join(quoted), limit, *row_id_range(wanted), *values],
    )
    asked = "select 1 from call_words where call_words match ? and rowid = ?"
    return [
        row["text_id"]
        for row in rows
        if not others or database.row(asked, [others, row["text_id"]])
    ]


def note_snippets(database: Database, text_id: int, quoted: Sequence[str]) -> list[Snippet]:
    """Return the text around hits in the notes on a call; `quoted` are phrases for FTS5."""
    rows = database.rows(
        "select snippet(note_words, 0, ?1, ?2, '…', 24) from note_words"
        " where note_words match ?3 and rowid in (select note_id from customer_notes"
        " where call_id = (select call_id from indexed_calls where text_id = ?4))",
        [HIT, END_OF_HIT, " OR ".join(quoted), text_id],
    )
    return [Snippet(is_summary=False, text=join_words(row[0]), is_note=True) for row in rows]
