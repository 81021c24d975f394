"""Call search: by number, extension, name, time, outcome, and what was said."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.models.calls import END_OF_HIT, HIT, Call, Snippet, call_from_reports
from bot.store.contacts import Contacts
from bot.store.database.connection import Database
from bot.store.missed_calls import MOST_LOOKED_AT, OPEN
from bot.store.people import People
from bot.store.search.call_index import (
    direction_mark,
    extension_mark,
    index_in_steps,
    is_plain,
    number_mark,
    outcome_mark,
    read_text,
)
from bot.store.search.folding import cut_query, cut_words, join_words
from bot.store.search.notes import find_noted, note_snippets
from bot.store.search.terms import (
    WITHOUT_OUTCOME,
    SearchTerms,
    conditions,
    phrase_expressions,
    posted_in,
    quote,
    quote_names,
    row_id_range,
    source,
    token_expression,
)

MOST_COUNTED = 1_000

# Only the newest matches are ranked: bm25 counts all hits of each word, which takes too long for
# common words among a million calls, and a person who searches for those wants a recent call.
MOST_RANKED = 300

MOST_CONTACTS = 20

_UNCLAIMED = f"""
select call_id from json_each(?) as listed cross join calls as missed
    on missed.call_id = listed.value
where {OPEN} and not exists (select 1 from claims where claims.call_id = missed.call_id)
order by missed.started_at desc
"""

_HAS_OUTCOME = (
    "exists (select 1 from call_outcomes as own where own.call_id = indexed_calls.call_id"
    " and own.outcome_id in (select value from json_each(?)))"
)

_COLUMNS = {"summary": 1, "transcript": 2}


class Found(NamedTuple):
    """A call, and its snippets with hits."""

    call: Call
    snippets: list[Snippet]


class CallSearch:
    """Call search; what was said is found once it is indexed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contacts = Contacts(database)
        self._people = People(database)

    def index_changed(self, limit: int = 200) -> int:
        """Index the text of changed calls; return how many calls."""
        rows = self._database.rows(
            "select call_id from calls where indexed < version limit ?", [limit]
        )
        index_in_steps(self._database, [row["call_id"] for row in rows])
        return len(rows)

    def reindex(self, after: int, limit: int) -> int | None:
        """Index texts again that an older version indexed; return the last row ID, None at the end.

        `after` is the row ID to continue after.
        """
        rows = self._database.rows(
            "select text_id, call_texts.*, calls.facts from call_texts"
            " join calls using (call_id) where text_id > ? order by text_id limit ?",
            [after, limit],
        )
        changed = []
        for row in rows:
            known = (row["who"], row["summary"], row["transcript"])
            if is_plain(*known):
                continue
            text = read_text(call_from_reports(row["call_id"], json.loads(row["facts"])))
            if text[2:5] != known:
                changed.append(row["call_id"])
        index_in_steps(self._database, changed)
        return rows[-1]["text_id"] if len(rows) == limit else None

    def find(self, wanted: SearchTerms, *, limit: int, offset: int = 0) -> list[Found]:
        """Return calls: newest first, or with phrases the best of the newest matches."""
        if () in (wanted.extensions, wanted.outcome_ids):
            return []
        if wanted.unclaimed:
            unclaimed = self._unclaimed(wanted)[offset : offset + limit]
            return [Found(call, self._snippets_of(call, wanted)) for call in self._calls(unclaimed)]
        if wanted.name is None and not wanted.phrases:
            return [Found(call, []) for call in self._list(wanted, limit, offset)]
        asked = self._expression(wanted)
        if asked is None:
            return []
        if not wanted.phrases:
            ids = self._newest(asked, wanted, limit + offset)[offset:]
        else:
            newest = self._newest(asked, wanted, MOST_RANKED)
            ids = self._best(newest, wanted, limit, offset)
        return [found for text_id in ids if (found := self._read(text_id, wanted))]

    def count(self, wanted: SearchTerms) -> int:
        """Return how many calls match; counting stops one above the limit."""
        if () in (wanted.extensions, wanted.outcome_ids):
            return 0
        if wanted.unclaimed:
            return len(self._unclaimed(wanted))
        if wanted.name is not None or wanted.phrases:
            asked = self._expression(wanted)
            most = MOST_RANKED if wanted.phrases else MOST_COUNTED
            return len(self._newest(asked, wanted, most + 1)) if asked else 0
        return sum(
            self._database.rows(
                f"select count(*) from (select 1 from {source(wanted)[0]} where {where} limit ?)",
                [*values, MOST_COUNTED + 1],
            )[0][0]
            for where, values in conditions(wanted)
        )

    def _list(self, wanted: SearchTerms, limit: int, offset: int) -> list[Call]:
        return self._calls(self._newest_ids(wanted, limit + offset)[offset:])

    def _newest_ids(self, wanted: SearchTerms, limit: int) -> list[str]:
        found: list[tuple[float, str]] = []
        tables, at = source(wanted)
        for where, values in conditions(wanted):
            rows = self._database.rows(
                f"select call_id, started_at from {tables} where {where}"
                f" order by {at} desc limit ?",
                [*values, limit],
            )
            found += [(row["started_at"] or 0.0, row["call_id"]) for row in rows]
        return [call_id for _, call_id in sorted(found, reverse=True)[:limit]]

    def _unclaimed(self, wanted: SearchTerms) -> list[str]:
        """Return which of the newest missed calls are unclaimed and open, newest first."""
        if wanted.name is None and not wanted.phrases:
            ids = self._newest_ids(wanted, MOST_LOOKED_AT)
        else:
            asked = self._expression(wanted)
            newest = self._newest(asked, wanted, MOST_LOOKED_AT) if asked else []
            rows = self._database.rows(
                "select call_id from indexed_calls"
                " where text_id in (select value from json_each(?))",
                [json.dumps(newest)],
            )
            ids = [row["call_id"] for row in rows]
        return [row["call_id"] for row in self._database.rows(_UNCLAIMED, [json.dumps(ids)])]

    def _calls(self, ids: Sequence[str]) -> list[Call]:
        rows = self._database.rows(
            "select call_id, facts from calls where call_id in (select value from json_each(?))",
            [json.dumps(ids)],
        )
        calls = {
            row["call_id"]: call_from_reports(row["call_id"], json.loads(row["facts"]))
            for row in rows
        }
        return [calls[call_id] for call_id in ids if call_id in calls]

    def _expression(self, wanted: SearchTerms) -> str | None:
        """Return the FTS5 expression; None if nothing can match."""
        parts = phrase_expressions(wanted.phrases)
        if parts is None:
            return None
        if wanted.name is not None:
            if not (named := self._named(wanted.name)):
                return None
            parts.append(named)
        groups = [
            [outcome_mark(outcome) for outcome in wanted.outcomes],
            [direction_mark(wanted.direction)] if wanted.direction else [],
            [number_mark(wanted.number)] if wanted.number else [],
            [extension_mark(one) for one in wanted.extensions or ()],
        ]
        parts += [token_expression(group) for group in groups if group]
        return " AND ".join(f"({part})" for part in parts)

    def knows_name(self, name: str) -> bool:
        """Return whether a contact, a colleague, or a party of any call has this name."""
        asked = self._named(name)
        return bool(asked) and (
            bool(self._contacts.search_names(name, 1))
            or any(_is_called(cut_query(name), one.name or "") for one in self._people.all())
            or bool(self._newest(str(asked), SearchTerms(), 1))
        )

    def _named(self, name: str) -> str | None:
        """Return an expression for a name: in calls, a contact's numbers, or a colleague."""
        words = cut_query(name)
        contacts = self._contacts.search_names(name, MOST_CONTACTS)
        marks = [number_mark(number) for contact in contacts for number in contact.numbers]
        marks += [
            extension_mark(person.extension)
            for person in self._people.all()
            if person.extension and words and _is_called(words, person.name or "")
        ]
        quoted = quote_names(name)
        parts = [f"{{who}} : ({quoted})"] if quoted else []
        parts += [token_expression(marks)] if marks else []
        return " OR ".join(parts) or None

    def _newest(self, asked: str, wanted: SearchTerms, limit: int) -> list[int]:
        """Return the newest matches; phrases may also occur in a note on the call."""
        where, values = _of_call(wanted)
        one = "select 1 from indexed_calls where text_id = call_words.rowid"
        of_call = f" and exists ({one} and {where})"
        rows = self._database.rows(
            "select rowid from call_words where call_words match ?"
            f" and rowid >= ? and rowid < ?{of_call if where else ''} order by rowid desc limit ?",
            [asked, *row_id_range(wanted), *values, limit],
        )
        noted = self._noted(wanted) if wanted.phrases else []
        return sorted({*(row[0] for row in rows), *noted}, reverse=True)[:limit]

    def _noted(self, wanted: SearchTerms) -> list[int]:
        others = self._expression(replace(wanted, phrases=()))
        of_call = _of_call(wanted)
        return find_noted(self._database, wanted, others=others, of_call=of_call, limit=MOST_RANKED)

    def _best(
        self, newest: Sequence[int], wanted: SearchTerms, limit: int, offset: int
    ) -> list[int]:
        """Rank by how many phrases occur in the summary; among equals, newest first."""
        if not newest:
            return []
        in_summary = Counter[int]()
        for phrase in wanted.phrases:
            rows = self._database.rows(
                "select rowid from call_words where call_words match ? and rowid between ? and ?",
                [f"{{summary}} : {quote(phrase)}", newest[-1], newest[0]],
            )
            in_summary.update(row[0] for row in rows)
        in_summary.update(self._noted(wanted))  # a person found it worth writing down
        best = sorted(newest, key=lambda text_id: (-in_summary[text_id], -text_id))
        return best[offset : offset + limit]

    def _read(self, text_id: int, wanted: SearchTerms) -> Found | None:
        row = self._database.row(
            "select calls.call_id, facts from indexed_calls join calls using (call_id)"
            " where text_id = ?",
            [text_id],
        )
        if row is None:
            return None
        call = call_from_reports(row["call_id"], json.loads(row["facts"]))
        return Found(call, self._snippets(text_id, wanted.phrases))

    def _snippets_of(self, call: Call, wanted: SearchTerms) -> list[Snippet]:
        row = self._database.row(
            "select text_id from indexed_calls where call_id = ?", [call.call_id]
        )
        return self._snippets(row["text_id"], wanted.phrases) if row else []

    def _snippets(self, text_id: int, phrases: Sequence[str]) -> list[Snippet]:
        """Return the text around hits, the summary's first."""
        quoted = [one for phrase in phrases if (one := quote(phrase))]
        if not quoted:
            return []
        shown = ", ".join(
            f"snippet(call_words, {place}, ?1, ?2, '…', 24)" for place in _COLUMNS.values()
        )
        row = self._database.row(
            f"select {shown} from call_words where call_words match ?3 and rowid = ?4",
            [HIT, END_OF_HIT, f"{{summary transcript}} : ({' OR '.join(quoted)})", text_id],
        )
        texts = tuple(row) if row else ()
        found = [
            Snippet(place == 0, join_words(text)) for place, text in enumerate(texts) if HIT in text
        ]
        return [*found, *note_snippets(self._database, text_id, quoted)]


def _of_call(wanted: SearchTerms) -> tuple[str, list[object]]:
    """Return the conditions on a row of `indexed_calls`, and their values; empty if none."""
    where: list[str] = []
    values: list[object] = []
    if wanted.channel is not None:
        where.append(posted_in(wanted, "indexed_calls.call_id"))
        values.append(wanted.channel)
    if wanted.outcome_ids is not None:
        where.append(_HAS_OUTCOME)
        values.append(json.dumps(wanted.outcome_ids))
    if wanted.has_no_outcome:
        where.append(WITHOUT_OUTCOME.format(call_id="indexed_calls.call_id"))
    return " and ".join(where), values


def _is_called(words: Sequence[str], name: str) -> bool:
    known = cut_words(name)
    return all(any(one.startswith(word) for one in known) for word in words)
