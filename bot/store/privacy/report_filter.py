"""Filter of incoming reports: what was erased or has expired isn't stored again."""

import json
from collections.abc import Collection, Mapping, Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import ERASED, add_report, erase_facts
from bot.models.events import Event
from bot.models.merge import Fields, merge_reports
from bot.models.opt_outs import OptOutKeyword
from bot.models.texts import erase_text_facts
from bot.phone_numbers import forms_of
from bot.store.privacy.erase import erase_calls, erase_texts, read_facts

# Notes: calls and texts from before these times are deleted and not stored again.
CALLS_EXPIRE, TEXTS_EXPIRE = "calls expire before", "texts expire before"
_LISTED = "in (select value from json_each(?))"


def drop_erased(db: SqliteDatabase, events: Sequence[Event]) -> list[bool]:
    """Return which events are about something erased or expired.

    Those must not be stored. Of a call or a text that wasn't known yet, the ID is kept, so that
    later reports without a number are recognized.
    """
    stones = dict(db.execute("select number, at from erasures").fetchall())
    limits = dict(
        db.execute(
            "select name, cast(value as real) from notes where name in (?, ?)",
            [CALLS_EXPIRE, TEXTS_EXPIRE],
        ).fetchall()
    )
    if not stones and not limits:
        return [False] * len(events)
    calls, texts = _CallSieve(db, stones, events), _TextSieve(db, stones, events)
    for event in events:
        calls.add(event)
        texts.add(event)
    calls.finish()
    texts.finish()
    return [
        calls.has(event)
        or texts.has(event)
        or calls.is_expired(event, limits.get(CALLS_EXPIRE))
        or texts.is_expired(event, limits.get(TEXTS_EXPIRE))
        for event in events
    ]


class _CallSieve:
    """The calls of some reports, of which those with an erased number are found."""

    def __init__(
        self, db: SqliteDatabase, stones: Mapping[str, float], events: Sequence[Event]
    ) -> None:
        self._db, self._stones = db, stones
        ids = [event.report.call_id for event in events if event.report]
        rows = db.execute(
            f"select call_id, facts from calls where call_id {_LISTED}", [json.dumps(ids)]
        )
        self._facts = {call_id: read_facts(facts) for call_id, facts in rows}
        self._known = {*self._facts}
        self._old = {call_id for call_id, facts in self._facts.items() if ERASED in facts}
        self._new: set[str] = set()

    def add(self, event: Event) -> None:
        """Merge one report, and note whether its call is known to be erased now."""
        report = event.report
        if report is None or report.call_id in self._old:
            return
        facts = add_report(self._facts.get(report.call_id, {}), report)
        self._facts[report.call_id] = facts
        if _is_from_before(facts, "remote_number", ("started_at", "ended_at"), self._stones):
            self._new.add(report.call_id)

    def finish(self) -> None:
        """Store the IDs of calls that are erased from now on."""
        self._db.conn.executemany(
            "insert or ignore into calls (call_id, version, routed, indexed, hold, facts, outcome)"
            " values (?, 1, 1, 1, 'quiet', ?, 'over')",
            [(one, json.dumps(erase_facts(self._facts[one]))) for one in self._new - self._known],
        )
        if known := self._new & self._known:
            erase_calls(self._db, known)
            self._db.execute(f"delete from events where call_id {_LISTED}", [json.dumps([*known])])

    def has(self, event: Event) -> bool:
        """Return whether a report is about an erased call."""
        return event.report is not None and event.report.call_id in (self._old | self._new)

    def is_expired(self, event: Event, before: float | None) -> bool:
        """Return whether a call isn't known (any more), and is older than calls are kept.

        Polling reads two days again: what was deleted would be posted again.
        """
        report = event.report
        if before is None or report is None or report.call_id in self._known:
            return False
        return _began(self._facts[report.call_id], ("started_at", "ended_at"), before)


class _TextSieve:
    """The texts of some reports, of which those with an erased number are found."""

    def __init__(
        self, db: SqliteDatabase, stones: Mapping[str, float], events: Sequence[Event]
    ) -> None:
        self._db, self._stones = db, stones
        ids = [event.text.message_id for event in events if event.text]
        rows = db.execute(
            f"select message_id, text_id, facts from texts where message_id {_LISTED}",
            [json.dumps(ids)],
        ).fetchall()
        self._facts = {message_id: read_facts(facts) for message_id, _, facts in rows}
        self._text_ids = {message_id: text_id for message_id, text_id, _ in rows}
        self._old = {one for one, facts in self._facts.items() if ERASED in facts}
        self._new: set[str] = set()

    def add(self, event: Event) -> None:
        """Merge one report, and note whether its text is known to be erased now."""
        text = event.text
        if text is None or text.message_id in self._old:
            return
        facts = merge_reports(self._facts.get(text.message_id, {}), text.facts(event.authority))
        self._facts[text.message_id] = facts
        if _is_from_before(facts, "number", ("at",), self._stones):
            self._new.add(text.message_id)

    def finish(self) -> None:
        """Store the IDs of texts that are erased from now on, and the opt-outs in them."""
        for message_id in self._new:
            facts = self._facts[message_id]
            if "wish" in facts:
                _note_opt_out(self._db, message_id, facts)
            if message_id not in self._text_ids:
                self._db.execute(
                    "insert into texts (text_id, message_id, version, routed, is_quiet, facts)"
                    " values (?, ?, 1, 1, 1, ?)",
                    [message_id, message_id, json.dumps(erase_text_facts(facts))],
                )
        known = [self._text_ids[one] for one in self._new if one in self._text_ids]
        erase_texts(self._db, known)

    def has(self, event: Event) -> bool:
        """Return whether a report is about an erased text."""
        return event.text is not None and event.text.message_id in (self._old | self._new)

    def is_expired(self, event: Event, before: float | None) -> bool:
        """Return whether a text isn't known (any more), and is older than texts are kept."""
        text = event.text
        if before is None or text is None or text.message_id in self._text_ids:
            return False
        return _began(self._facts[text.message_id], ("at",), before)


def _began(facts: Fields, times: Collection[str], before: float) -> bool:
    at = next((facts[name][1] for name in times if name in facts), None)
    return at is not None and at < before


def _is_from_before(
    facts: Fields, number: str, times: Collection[str], stones: Mapping[str, float]
) -> bool:
    erased_at = stones.get(facts[number][1]) if number in facts else None
    at = next((facts[name][1] for name in times if name in facts), None)
    return erased_at is not None and at is not None and at <= erased_at


def _note_opt_out(db: SqliteDatabase, message_id: str, facts: Fields) -> None:
    is_out, at = facts["wish"][1] == OptOutKeyword.STOP, facts["at"][1]
    db.conn.executemany(
        "insert into opt_outs (number, is_out, at, text_id) values (?, ?, ?, ?)"
        " on conflict (number) do update set is_out = excluded.is_out, at = excluded.at,"
        " text_id = excluded.text_id where excluded.at >= at",
        [(form, is_out, at, message_id) for form in forms_of(facts["number"][1])],
    )
