"""Searchable text of calls: names, what was said, and tokens for everything else."""

import json
from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple
from zlib import crc32

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import Call, Direction, Outcome, call_from_reports
from bot.store.database.background import write_in_background
from bot.store.database.connection import Database
from bot.store.search.call_text import plain
from bot.store.search.folding import break_words, cut_words

# Room for this many calls per second, in the order of time, before IDs run into the next second.
PLACES_A_SECOND = 16
# More pages than one write adds, and few enough to be merged within a write.
PAGES_A_MERGE = 64
# Few enough in one commit that webhooks hardly wait. With 30,000 calls on a busy machine, 15 calls
# and then 64 pages to merge held the database for 56 to 112 ms (90th percentile), 5 and 16 for 10
# to 17, and for a third of the time in all. Long transcripts need two such merges to keep up.
CALLS_A_WRITE = 5
MERGES_A_WRITE, PAGES_A_STEP = 2, 16
_COLUMNS = "who, summary, transcript, marks"
MISSED = (Outcome.MISSED, Outcome.VOICEMAIL)
ANSWERED = (Outcome.ANSWERED, Outcome.IN_PROGRESS)


class CallText(NamedTuple):
    """The text of a call; `at` is the second in which it began, 0 if unknown."""

    call_id: str
    at: int
    who: str
    summary: str
    transcript: str
    marks: str


def read_text(call: Call) -> CallText:
    """Return the text of a call."""
    names = [call.remote_name, call.our_name, *(leg.name for leg in call.legs)]
    return CallText(
        call.call_id,
        max(0, int(call.started_at or 0)),
        searchable_names(plain(" ".join(dict.fromkeys(name for name in names if name)))),
        break_words(plain(call.summary or "")),
        break_words(plain(call.transcript or "")),
        " ".join(_marks(call)),
    )


def searchable_names(names: str) -> str:
    """Return names as they are searched; FTS5 itself folds the case of ASCII letters."""
    return names if is_plain(names) else " ".join(cut_words(names))


def is_plain(names: str, *texts: str) -> bool:
    """Return whether FTS5 itself splits these names and texts well."""
    return "'" not in names and all(text.isascii() for text in (names, *texts))


def number_mark(number: str) -> str:
    """Return the search token for calls with a number; without punctuation, so it is one word."""
    return "n" + "".join(sign for sign in number if sign.isalnum())


def extension_mark(extension: str) -> str:
    """Return the search token for calls of an extension."""
    return "e" + "".join(sign for sign in extension if sign.isalnum())


def outcome_mark(outcome: Outcome) -> str:
    """Return the search token for calls with an outcome."""
    return f"o{outcome.replace(' ', '')}"


def direction_mark(direction: Direction) -> str:
    """Return the search token for calls of a direction."""
    return f"d{direction}"


def _marks(call: Call) -> list[str]:
    marks = [outcome_mark(call.outcome)]
    marks += [direction_mark(call.direction)] if call.direction else []
    marks += [number_mark(call.remote_number)] if call.remote_number else []
    marks += [extension_mark(call.extension)] if call.extension else []
    return marks


def index_in_steps(database: Database, call_ids: Sequence[str]) -> None:
    """Index calls, and merge some of the index, in several short commits."""
    for start in range(0, len(call_ids), CALLS_A_WRITE):
        some = call_ids[start : start + CALLS_A_WRITE]
        database.write(partial(write_texts, call_ids=some))
        for _ in range(MERGES_A_WRITE):
            database.write(partial(merge_step, pages=PAGES_A_STEP))


def write_texts(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Replace what is indexed of calls by what their facts say now.

    The facts are read within the write, so that the index matches them exactly.
    """
    ids = json.dumps(list(call_ids))
    delete_texts(db, call_ids)
    rows = db.execute(f"select call_id, facts from calls where {_MINE}", [ids]).fetchall()
    for call_id, facts in rows:
        _insert(db, read_text(call_from_reports(call_id, json.loads(facts))))
    db.execute(
        f"insert into call_words (rowid, {_COLUMNS})"
        f" select text_id, {_COLUMNS} from call_texts where {_MINE}",
        [ids],
    )
    db.execute(f"update calls set indexed = version where {_MINE}", [ids])


_MINE = "call_id in (select value from json_each(?))"


def delete_texts(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Delete the text of calls."""
    ids = json.dumps(list(call_ids))
    # FTS5 needs the values that were indexed to delete a row, which the view has. A trigger could
    # pass them, but a statement with a trigger makes FTS5 write to the disk after each row.
    db.execute(
        f"insert into call_words (call_words, rowid, {_COLUMNS})"
        f" select 'delete', text_id, {_COLUMNS} from call_texts where {_MINE}",
        [ids],
    )
    db.execute(f"delete from indexed_calls where {_MINE}", [ids])


def merge_step(db: SqliteDatabase, pages: int = PAGES_A_MERGE) -> None:
    """Merge some of the index, which FTS5 doesn't do on its own here."""
    db.execute("insert into call_words (call_words, rank) values ('merge', ?)", [pages])


def merge_all(database: Database, index: str) -> None:
    """Merge a full-text index in small steps: until then it keeps deleted words."""
    pages = -PAGES_A_STEP  # negative: begin to merge everything
    while write_in_background(database, partial(_merge, index=index, pages=pages)) > 1:
        pages = PAGES_A_STEP


def _merge(db: SqliteDatabase, index: str, pages: int) -> int:
    """Merge some pages of an index; return how many rows of it changed."""
    before = int(db.conn.total_changes)
    db.execute(f"insert into {index} ({index}, rank) values ('merge', ?)", [pages])
    return int(db.conn.total_changes) - before


def _insert(db: SqliteDatabase, text: CallText) -> None:
    """Insert a row at the next place of its second, or at a free one soon after."""
    first = text.at * PLACES_A_SECOND
    last = db.execute(
        "select max(text_id) from indexed_calls where text_id >= ? and text_id < ?",
        [first, first + PLACES_A_SECOND],
    ).fetchone()[0]
    text_id, further = first if last is None else last + 1, 2 * PLACES_A_SECOND
    while (
        db.execute(
            f"insert into indexed_calls (text_id, call_id, {_COLUMNS}, is_copied)"
            " values (?, ?, ?, '', '', ?, 0) on conflict (text_id) do nothing",
            [text_id, text.call_id, text.who, text.marks],
        ).rowcount
        < 1
    ):
        # In a burst, thousands of calls begin in one second. Trying one place after the other
        # took more processor time than anything else then: 29 % of the app at 60 calls a second.
        text_id = first + crc32(f"{text.call_id}{further}".encode()) % further
        further *= 4
