"""Search terms for calls, and the SQL conditions and FTS5 expressions that they become."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.models.calls import Direction, Outcome
from bot.store.search.call_index import ANSWERED, MISSED, PLACES_A_SECOND
from bot.store.search.folding import break_words, cut_query

MOST_WORDS = 16

# Of a phrase in a script without spaces, where each character is a word.
MOST_SIGNS = 64


@dataclass(frozen=True)
class SearchTerms:
    """Search filter: every given part must match; times in unix seconds, `number` E.164.

    `name` is a caller's or a colleague's; each of `phrases` must occur literally. `unclaimed` calls
    are missed, no one claimed them, and the caller wasn't reached since. With a `channel`, only the
    calls that were posted there match. `outcome_ids` are outcomes that people set, of which the
    call has one; with `has_no_outcome`, no one set any.
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
    outcome_ids: tuple[int, ...] | None = None
    has_no_outcome: bool = False
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
_POSTED_IN = (
    "exists (select 1 from posts where subject_kind = 'call' and subject = {call_id}"
    " and channel = ?{placed} and (ts is not null or exists (select 1 from posts as batch"
    " where batch.subject_kind = 'bundle' and batch.subject = cast(posts.bundle as text)"
    " and batch.channel = posts.channel and batch.ts is not null)))"
)
# A card whose line is unknown may belong elsewhere, and hides what was said.
_PLACED = " and coalesce(json_extract(why, '$.how'), '') != 'unplaced'"


WITHOUT_OUTCOME = "not exists (select 1 from call_outcomes as own where own.call_id = {call_id})"


def source(wanted: SearchTerms) -> tuple[str, str]:
    """Return the tables to list calls from, and the column with their times.

    With an outcome, the calls that have it are read by its index: most calls have none. One number
    has fewer calls than an outcome.
    """
    if wanted.outcome_ids is None:
        return "calls", "started_at"
    if wanted.number is not None:
        return "calls cross join call_outcomes as chosen using (call_id)", "started_at"
    return "call_outcomes as chosen cross join calls using (call_id)", "called_at"


def conditions(wanted: SearchTerms) -> list[tuple[str, list[Any]]]:
    """Return SQL conditions and values: one pair per extension or outcome, to use its index."""
    parts: list[str] = []
    values: list[Any] = []
    for part, value in (
        ("remote_number = ?", wanted.number),
        (f"{source(wanted)[1]} >= ?", wanted.since),
        (f"{source(wanted)[1]} < ?", wanted.until),
        ("direction = ?", wanted.direction),
    ):
        if value is not None:
            parts.append(part)
            values.append(value)
    if wanted.outcomes:
        parts.append(f"outcome in ({', '.join('?' * len(wanted.outcomes))})")
        values += wanted.outcomes
    if wanted.channel is not None:
        parts.append(posted_in(wanted, "calls.call_id"))
        values.append(wanted.channel)
    if wanted.has_no_outcome:
        parts.append(WITHOUT_OUTCOME.format(call_id="calls.call_id"))
    found = [(parts, values)]
    for column, several in (
        ("extension", wanted.extensions),
        ("chosen.outcome_id", wanted.outcome_ids),
    ):
        if several is not None:
            found = [
                ([f"{column} = ?", *known], [one, *given])
                for known, given in found
                for one in dict.fromkeys(several)
            ]
    return [(" and ".join(known) or "true", given) for known, given in found]


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


def posted_in(wanted: SearchTerms, call_id: str) -> str:
    """Return the condition that a call (a column) was posted in the channel of a search.

    A search for what was said or chosen leaves out cards that hide it.
    """
    asks = wanted.phrases or wanted.outcome_ids is not None or wanted.has_no_outcome
    return _POSTED_IN.format(call_id=call_id, placed=_PLACED if asks else "")
