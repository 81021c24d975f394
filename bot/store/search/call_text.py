"""What the search index takes from a call's facts: the words of its summary and transcript.

The index has no copy of these texts. When a call is removed from it, FTS5 needs the text that was
indexed, and this computes it again. So these functions must always return the same for the same
facts. A change of theirs needs a migration that first copies the texts (see migration 026).
"""

import json
import sqlite3

from bot.models.calls import END_OF_HIT, HIT, call_from_reports
from bot.store.search.folding import break_words

# Markers around hits. They must not occur in what was said.
_MARKS = (HIT, END_OF_HIT, "\x00")


def add_functions(connection: sqlite3.Connection) -> None:
    """Add the SQL function that the view `call_texts` and a trigger of `calls` use."""
    # Some builds of SQLite don't run an app's functions for views and triggers otherwise.
    connection.execute("PRAGMA trusted_schema = ON")
    connection.create_function("call_text", 2, call_text, deterministic=True)


def call_text(facts: str | None, column: str) -> str:
    """Return the searchable summary or transcript of a call, from its stored facts."""
    if facts is None:
        return ""
    call = call_from_reports("", json.loads(facts))
    text = (call.summary if column == "summary" else call.transcript) or ""
    # It must never fail: a trigger that fails would refuse a webhook.
    return break_words(plain(text)).encode(errors="replace").decode()


def plain(text: str) -> str:
    """Return text without the markers of hits."""
    for mark in _MARKS:  # `str.translate` takes 17 times as long, 1,000 beyond ASCII
        text = text.replace(mark, " ")
    return text
