"""Call search: by number, extension, name, time, outcome, and what was phrase_expressions."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from bot.models.calls import END_OF_HIT, HIT, Call, Direction, Outcome, Snippet, call_from_reports
from bot.store.contacts import Contacts
from bot.store.database.connection import Database
from bot.store.missed_calls import MOST_LOOKED_AT, OPEN
from bot.store.people import People
from bot.store.search.call_index import (
    ANSWERED,
    MISSED,
    PLACES_A_SECOND,
    direction_mark,
    extension_mark,
    is_plain,
    merge_step,
    number_mark,
    outcome_mark,
    read_text,
    write_texts,
)
from bot.store.search.folding import break_words, cut_query, cut_words, join_words

MOST_WORDS = 16
# Of a phrase in a script without spaces, where each character is a word.
MOST_SIGNS = 64


@dataclass(frozen=True)
class SearchTerms:
    """Search filter: every given part must match; times in unix seconds, `number` E.164.

    `name` is a caller's or a colleague's; each of `phrases` must occur literally. `unclaimed` calls
    are missed, no one claimed them, and the caller wasn't reached since. With a `channel`, only the
    calls that were posted there match.
    """

    number: str | None = None
    extensions: tuple[str, ...] | None = None
    name: str | None = None
    since: float | None = None
    until: float | None = None
    direction: Direction | None = None
    missed: bool = False
    answered: bool = False
    voicemail: bool = False
    unanswered: bool = False
    unclaimed: bool = False
    phrases: tuple[str, ...] = ()
    channel: str | None = None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return the accepted outcomes; all of them if none is given."""
        if self.answered:
            return ANSWERED
        if self.voicemail:
            return (Outcome.VOICEMAIL,)
        if self.unclaimed:
            return MISSED
        if self.unanswered:
            return (*MISSED, Outcome.UNANSWERED)
        if not self.missed:
            return ()
        return (*MISSED, Outcome.UNANSWERED) if self.direction is Direction.OUTGOING else MISSED


# A call is posted on its own, or in a message about several.
POSTED_IN = (
    "exists (select 1 from posts where subject_kind = 'call' and subject = {call_id}"
    " and channel = ? and (ts is not null or exists (select 1 from posts as batch"
    " where batch.subject_kind = 'bundle' and batch.subject = cast(posts.bundle as text)"
    " and batch.channel = posts.channel and batch.ts is not null)))"
)


def conditions(wanted: SearchTerms) -> list[tuple[str, list[Any]]]:
    """Return SQL conditions and values: one pair per extension, to use its index."""
    parts: list[str] = []
    values: list[Any] = []
    for part, value in (
        ("remote_number = ?", wanted.number),
        ("started_at >= ?", wanted.since),
        ("started_at < ?", wanted.until),
        ("direction = ?", wanted.direction),
    ):
        if value is not None:
            parts.append(part)
            values.append(value)
    if wanted.outcomes:
        parts.append(f"outcome in ({', '.join('?' * len(wanted.outcomes))})")
        values += wanted.outcomes
    if wanted.channel is not None:
        parts.append(POSTED_IN.format(call_id="calls.call_id"))
        values.append(wanted.channel)
    if wanted.extensions is None:
        return [(" and ".join(parts) or "true", values)]
    return [
        (" and ".join(["extension = ?", *parts]), [extension, *values])
        for extension in dict.fromkeys(wanted.extensions)
    ]


def row_id_range(wanted: SearchTerms) -> tuple[int, int]:
    """Return the range of row IDs for the time span, to the second."""
    since = int(wanted.since or 0)
    until = int(wanted.until) if wanted.until is not None else 2**40
    return since * PLACES_A_SECOND, until * PLACES_A_SECOND


def phrase_expressions(phrases: Iterable[str]) -> list[str] | None:
    """Return an FTS5 expression for each phrase; None if one has no word in it."""
    quoted = [quote(phrase) for phrase in phrases]
    if not all(quoted):
        return None
    return [f"{{summary transcript}} : {one}" for one in quoted]


def token_expression(marks: Iterable[str]) -> str:
    """Return an FTS5 expression for calls that have any of these tokens."""
    quoted = " OR ".join(f'"{mark}"' for mark in dict.fromkeys(marks))
    return f"{{marks}} : ({quoted})"


def quote(text: str) -> str:
    """Return the words of a text as a phrase, quoted so that FTS5 takes all as data.

    FTS5 removes case and accents, as it does when it indexes.
    """
    composed = break_words(unicodedata.normalize("NFC", text))
    # A combining mark belongs to its letter's word.
    spaced = "".join(
        sign if sign.isalnum() or unicodedata.category(sign)[0] == "M" else " " for sign in composed
    )
    words = [word for word in spaced.split() if any(map(str.isalnum, word))]
    most = MOST_WORDS if text.isascii() else MOST_SIGNS
    return f'"{" ".join(words[:most])}"' if words else ""


def quote_names(name: str) -> str:
    """Return an FTS5 expression for all words of a name.

    One character of a script without spaces is the beginning of a word in the index.
    """
    words = cut_query(name)[:MOST_WORDS]
    return " AND ".join(
        f'"{word}"*' if len(word) == 1 and not word.isascii() else f'"{word}"' for word in words
    )


# Few enough in one commit that webhooks hardly wait: among a million calls, 25 held the database
# for 90 ms or more (99th percentile), 15 with separate merges for 50 or less.
CALLS_A_WRITE = 15

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

_COLUMNS = {"summary": 1, "transcript": 2}


class Found(NamedTuple):
    """A call, and its snippets with hits."""

    call: Call
    snippets: list[Snippet]


class CallSearch:
    """Call search; what was phrase_expressions is found once it is indexed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contacts = Contacts(database)
        self._people = People(database)

    def index_changed(self, limit: int = 200) -> int:
        """Index the text of changed calls; return how many calls."""
        rows = self._database.rows(
            "select call_id, version, facts from calls where indexed < version limit ?", [limit]
        )
        for start in range(0, len(rows), CALLS_A_WRITE):
            texts = [
                (
                    read_text(call_from_reports(row["call_id"], json.loads(row["facts"]))),
                    row["version"],
                )
                for row in rows[start : start + CALLS_A_WRITE]
            ]
            self._database.write(partial(write_texts, texts=texts))
            self._database.write(merge_step)
        return len(rows)

    def reindex(self, after: int, limit: int = 200) -> int | None:
        """Index texts again that an older version indexed; return the last row ID, None at the end.

        `after` is the row ID to continue after.
        """
        rows = self._database.rows(
            "select text_id, call_texts.*, calls.indexed, calls.facts from call_texts"
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
                changed.append((text, row["indexed"]))
        for start in range(0, len(changed), CALLS_A_WRITE):
            self._database.write(partial(write_texts, texts=changed[start : start + CALLS_A_WRITE]))
            self._database.write(merge_step)
        return rows[-1]["text_id"] if len(rows) == limit else None

    def find(self, wanted: SearchTerms, *, limit: int, offset: int = 0) -> list[Found]:
        """Return calls: newest first, or with phrases the best of the newest matches."""
        if wanted.extensions == ():
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
        if wanted.extensions == ():
            return 0
        if wanted.unclaimed:
            return len(self._unclaimed(wanted))
        if wanted.name is not None or wanted.phrases:
            asked = self._expression(wanted)
            most = MOST_RANKED if wanted.phrases else MOST_COUNTED
            return len(self._newest(asked, wanted, most + 1)) if asked else 0
        return sum(
            self._database.rows(
                f"select count(*) from (select 1 from calls where {where} limit ?)",
                [*values, MOST_COUNTED + 1],
            )[0][0]
            for where, values in conditions(wanted)
        )

    def _list(self, wanted: SearchTerms, limit: int, offset: int) -> list[Call]:
        return self._calls(self._newest_ids(wanted, limit + offset)[offset:])

    def _newest_ids(self, wanted: SearchTerms, limit: int) -> list[str]:
        found: list[tuple[float, str]] = []
        for where, values in conditions(wanted):
            rows = self._database.rows(
                f"select call_id, started_at from calls where {where}"
                " order by started_at desc limit ?",
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
                "select call_id from call_texts where text_id in (select value from json_each(?))",
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
        posted, channel = "", []
        if wanted.channel is not None:
            posted = (
                " and exists (select 1 from call_texts where text_id = call_words.rowid and"
                f" {POSTED_IN.format(call_id='call_texts.call_id')})"
            )
            channel = [wanted.channel]
        rows = self._database.rows(
            "select rowid from call_words where call_words match ?"
            f" and rowid >= ? and rowid < ?{posted} order by rowid desc limit ?",
            [asked, *row_id_range(wanted), *channel, limit],
        )
        return [row[0] for row in rows]

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
        best = sorted(newest, key=lambda text_id: (-in_summary[text_id], -text_id))
        return best[offset : offset + limit]

    def _read(self, text_id: int, wanted: SearchTerms) -> Found | None:
        row = self._database.row(
            "select calls.call_id, facts from call_texts join calls using (call_id)"
            " where text_id = ?",
            [text_id],
        )
        if row is None:
            return None
        call = call_from_reports(row["call_id"], json.loads(row["facts"]))
        return Found(call, self._snippets(text_id, wanted.phrases))

    def _snippets_of(self, call: Call, wanted: SearchTerms) -> list[Snippet]:
        row = self._database.row("select text_id from call_texts where call_id = ?", [call.call_id])
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
        return [
            Snippet(place == 0, join_words(text)) for place, text in enumerate(texts) if HIT in text
        ]


def _is_called(words: Sequence[str], name: str) -> bool:
    known = cut_words(name)
    return all(any(one.startswith(word) for one in known) for word in words)
