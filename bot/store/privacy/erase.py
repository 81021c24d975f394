"""Erasure of one number: what remains of its calls and texts.

These functions run inside a write, or on a backup that is being restored.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.attachments import MAX_SHOWN
from bot.models.calls import erase_facts, unpack_facts
from bot.models.customers.follow_ups import FOLLOW_UP, Closing
from bot.models.merge import Fields
from bot.models.outbox import CATCH_UP, RESTORED, Subject
from bot.models.texts import erase_text_facts
from bot.store.contact_rows import drop
from bot.store.customers.notes import delete_notes
from bot.store.customers.outcomes import delete_outcomes_of
from bot.store.database.tombstones import Tombstone
from bot.store.integrations.enqueue import forget_deliveries
from bot.store.outbox.invalidation import show_cards_of
from bot.store.search.call_index import write_texts
from bot.store.workflows.step_results import erase_results

ERASED_HEAD = "erased "  # before the ID of a post: a conversation whose number was erased
ERASED_NOTICE = "erased"
REASON = "Erased on request"
# Both halves use the index.
TEXTS_OF = "(number = ?1 or (number is null and json_extract(facts, '$.number[1]') = ?1))"
_LISTED = "in (select value from json_each(?))"


def erase_number(db: SqliteDatabase, stone: Tombstone) -> None:
    """Erase everything about a number until a time, and remember not to store it again.

    What is posted is marked for an edit. Opt-outs stay, so that no text is sent to the number.
    """
    remember(db, stone)
    calls, texts = (
        [row[0] for row in db.execute(sql, [stone.number, stone.at]).fetchall()]
        for sql in (CALLS_TO_ERASE, TEXTS_TO_ERASE)
    )
    erase_around(db, stone, calls, texts)
    erase_in_digests(db, changed_digests(db.execute(DIGESTS).fetchall(), {*calls}))
    erase_calls(db, calls)
    erase_texts(db, texts)
    show_lists_again(db)


# The calls and texts of a number (?1) until a time (?2).
CALLS_TO_ERASE = (
    "select call_id from calls where remote_number = ?1 and coalesce(started_at, ended_at, 0) <= ?2"
)
TEXTS_TO_ERASE = f"select text_id from texts where {TEXTS_OF} and coalesce(at, 0) <= ?2"


def remember(db: SqliteDatabase, stone: Tombstone) -> None:
    """Remember not to store anything about a number from before a time."""
    db.execute("insert or replace into erasures (number, at, by) values (?, ?, ?)", [*stone])


def erase_around(
    db: SqliteDatabase, stone: Tombstone, calls: Sequence[str], texts: Sequence[str]
) -> None:
    """Erase what is stored about a number beside its calls and texts."""
    forget_deliveries(db, number=stone.number, call_ids=calls, text_ids=texts)
    _erase_heads(db, stone.number)
    _erase_follow_ups(db, calls, stone)
    _erase_notices(db, {*calls}, {*texts}, stone.number)
    erase_results(db)
    contacts = db.execute(
        "select contact_id from contact_numbers where number = ?", [stone.number]
    ).fetchall()
    _erase_notes(db, stone.number, calls, [row[0] for row in contacts])
    drop(db, contact_ids=[row[0] for row in contacts])
    for table in ("contact_choices", "screened_numbers"):
        db.execute(f"delete from {table} where number = ?", [stone.number])
    db.execute(
        "update audit set detail = replace(detail, ?, '(erased)') where instr(detail, ?)",
        [stone.number, stone.number],
    )


def erase_again(db: SqliteDatabase, stones: Collection[Tombstone]) -> None:
    """Erase what a restored backup brought back."""
    known = dict(db.execute("select number, at from erasures").fetchall())
    for stone in stones:
        if known.get(stone.number, 0.0) < stone.at:
            erase_number(db, stone)
            rows = db.execute(f"{EVENTS} order by events.rowid").fetchall()
            delete_events(db, [row[1] for row in rows if is_event_about(stone, *row[2:])])
            db.execute("insert into call_words (call_words) values ('optimize')")


# Raw events: their place, ID, arrival, body, and whether their call was erased.
EVENTS = (
    "select events.rowid as place, event_id, received_at, body,"
    " json_extract(calls.facts, '$.erased') is not null as is_erased from events"
    " left join calls on calls.call_id = events.call_id"
)
# Enough digits to find a number however it is written. More is deleted only where these are the
# same, and then only raw copies of what is stored elsewhere.
_DIGITS_COMPARED = 8


def is_event_about(stone: Tombstone, received_at: float, body: str, is_erased: int) -> bool:
    """Return whether a raw event is about something that was erased."""
    return received_at <= stone.at and (
        bool(is_erased) or number_pattern(stone.number).search(body) is not None
    )


def number_pattern(number: str) -> re.Pattern[str]:
    """Return a pattern that finds a number with any separators."""
    digits = [sign for sign in number if sign.isdigit()][-_DIGITS_COMPARED:]
    return re.compile("[^0-9A-Za-z]{0,3}".join(digits))


def delete_events(db: SqliteDatabase, event_ids: Collection[str]) -> None:
    """Delete raw events."""
    db.execute(f"delete from events where event_id {_LISTED}", [json.dumps(list(event_ids))])


def erase_calls(db: SqliteDatabase, call_ids: Collection[str]) -> None:
    """Leave of these calls only what totals need, and mark their cards for an edit."""
    ids = json.dumps(list(call_ids))
    rows = db.execute(f"select call_id, facts from calls where call_id {_LISTED}", [ids]).fetchall()
    found = [(call_id, erase_facts(read_facts(facts))) for call_id, facts in rows]
    db.conn.executemany(
        "update calls set facts = ?, remote_number = null, sentiment = null,"
        " hold = iif(hold = 'late', 'quiet', hold) where call_id = ?",
        [(json.dumps(facts), call_id) for call_id, facts in found],
    )
    write_texts(db, [call_id for call_id, _ in found])
    delete_outcomes_of(db, call_ids)
    show_cards_of(db, call_ids)
    _retry_edits(db, Subject.CALL, ids)


def erase_texts(db: SqliteDatabase, text_ids: Collection[str]) -> None:
    """Leave of these texts only when they were sent, and mark their posts for an edit.

    Texts that still wait to be sent are canceled.
    """
    ids = json.dumps(list(text_ids))
    rows = db.execute(f"select text_id, facts from texts where text_id {_LISTED}", [ids]).fetchall()
    db.conn.executemany(
        "update texts set facts = ?, number = null, version = version + 1, routed = version + 1"
        " where text_id = ?",
        [(json.dumps(erase_text_facts(read_facts(facts))), text_id) for text_id, facts in rows],
    )
    # One that may be under way is no longer searched for: nothing is left to recognize it by.
    db.execute(
        "update replies set number = '', body = '', leaves_at = null, look_at = null, zone = null,"
        " step = case step when 'queued' then 'taken back' when 'scheduled' then 'taken back'"
        " when 'refused' then 'taken back'"
        " when 'taken back' then 'taken back' else 'sent' end, reason = ?"
        f" where text_id {_LISTED}",
        [REASON, ids],
    )
    files = [f"{text_id} {place}" for text_id in text_ids for place in range(MAX_SHOWN)]
    _edit_posts(db, Subject.MEDIA, files)
    db.execute(f"delete from media where text_id {_LISTED}", [ids])
    db.execute(
        "update posts set wanted = (select version from texts where text_id = subject)"
        f" where subject_kind = 'text' and subject {_LISTED}",
        [ids],
    )
    _retry_edits(db, Subject.TEXT, ids)
    answered = _ids(db, f"select call_id from replies where text_id {_LISTED}", [ids])
    show_cards_of(db, [call_id for call_id in answered if call_id])


def _erase_notes(
    db: SqliteDatabase, number: str, calls: Collection[str], contacts: Collection[int]
) -> None:
    """Delete the notes on a number, its calls, and its contacts; posts are erased as notices."""
    rows = db.execute(
        f"select note_id from customer_notes where number = ? or call_id {_LISTED}"
        f" or contact_id {_LISTED}",
        [number, json.dumps(list(calls)), json.dumps(list(contacts))],
    )
    delete_notes(db, [row[0] for row in rows.fetchall()])


def _erase_heads(db: SqliteDatabase, number: str) -> None:
    db.execute(
        f"update posts set subject = '{ERASED_HEAD}' || post_id, wanted = wanted + 1,"
        " parked = iif(ts is null, parked, null)"
        " where subject_kind = 'conversation' and subject = ?",
        [number],
    )


_CONTACTS_OF = "(select contact_id from contact_numbers where number = ?)"


def _erase_follow_ups(db: SqliteDatabase, calls: Collection[str], stone: Tombstone) -> None:
    """Close follow-ups about these calls or the number, erase them, and edit their reminders."""
    rows = db.execute(
        "update follow_ups set call_id = null, contact_id = null, number = null, note = '',"
        " closed_at = coalesce(closed_at, ?), closing = ?"
        f" where (created_at <= ? and (number = ? or contact_id in {_CONTACTS_OF}))"
        f" or call_id {_LISTED} returning follow_up_id",
        [
            *(stone.at, Closing.ERASED, stone.at, stone.number, stone.number),
            json.dumps(list(calls)),
        ],
    ).fetchall()
    forget_deliveries(db, follow_up_ids=[row[0] for row in rows])
    reminders = _ids(
        db,
        "select notice_id from notices where kind = ?"
        f" and json_extract(detail, '$.follow_up_id') {_LISTED}",
        [FOLLOW_UP, json.dumps([row[0] for row in rows])],
    )
    _edit_posts(db, Subject.NOTICE, reminders)


def _erase_notices(db: SqliteDatabase, calls: set[str], texts: set[str], number: str) -> None:
    """Erase notices about one of these; those that list several calls are drawn again later."""
    # SQLite sorts out most of them: it is faster than Python, while webhooks wait.
    rows = db.execute(
        "select notice_id, detail from notices where kind not in (?, ?) and (instr(detail, ?)"
        f" or json_extract(detail, '$.call_id') {_LISTED}"
        f" or json_extract(detail, '$.text_id') {_LISTED})",
        [CATCH_UP, RESTORED, number, json.dumps([*calls]), json.dumps([*texts])],
    )
    gone = [row[0] for row in rows if _is_about(json.loads(row[1]), calls, texts, number)]
    db.execute(
        f"update notices set kind = '{ERASED_NOTICE}', detail = '{{}}' where notice_id {_LISTED}",
        [json.dumps(gone)],
    )
    _edit_posts(db, Subject.NOTICE, gone)


def show_lists_again(db: SqliteDatabase) -> None:
    """Mark notices that list several calls or texts for an edit, after these were erased.

    All of them: an erasure that is continued after a crash doesn't know which were erased before.
    Those that come out the same are not sent.
    """
    lists = _ids(db, "select notice_id from notices where kind in (?, ?)", [CATCH_UP, RESTORED])
    _edit_posts(db, Subject.NOTICE, lists)


def _is_about(told: Mapping[str, Any], calls: set[str], texts: set[str], number: str) -> bool:
    return told.get("call_id") in calls or told.get("text_id") in texts or number in told.values()


DIGESTS = "select digest_id, told from digests"


def changed_digests(rows: Iterable[Sequence[Any]], calls: set[str] | None) -> list[tuple[str, str]]:
    """Return the digests that name one of these calls, or any, without those callers."""
    changed = []
    for digest_id, told in rows:
        known = json.loads(told)
        if _erase_inside(known, calls):
            changed.append((json.dumps(known), digest_id))
    return changed


def erase_in_digests(
    db: SqliteDatabase, changed: Sequence[tuple[str, str]], *, is_shown: bool = True
) -> None:
    """Store digests without callers, and have them rendered again if it `is_shown`."""
    db.conn.executemany("update digests set told = ? where digest_id = ?", changed)
    if is_shown:
        _edit_posts(db, Subject.DIGEST, [digest_id for _, digest_id in changed])


def _erase_inside(known: Any, calls: set[str] | None) -> bool:
    """Erase these calls, or all, anywhere inside of stored JSON; return whether there were any."""
    if isinstance(known, list):
        found = [_erase_inside(one, calls) for one in known]
        return any(found)
    if not isinstance(known, dict):
        return False
    if "call_id" in known and (calls is None or known["call_id"] in calls):
        names = ("remote_name", "remote_number", "summary", "transcript", "sentiment")
        known.update(dict.fromkeys(names), legs=[], is_erased=True)
        return True
    return _erase_inside([*known.values()], calls)


def _edit_posts(db: SqliteDatabase, kind: Subject, subjects: Collection[str]) -> None:
    ids = json.dumps(list(subjects))
    db.execute(
        f"update posts set wanted = wanted + 1 where subject_kind = ? and subject {_LISTED}",
        [kind, ids],
    )
    _retry_edits(db, kind, ids)


def _retry_edits(db: SqliteDatabase, kind: Subject, ids: str) -> None:
    """Try posts again whose last edit was refused: they still show what was erased."""
    db.execute(
        "update posts set parked = null where parked is not null and ts is not null"
        f" and subject_kind = ? and subject {_LISTED}",
        [kind, ids],
    )


def read_facts(stored: str) -> Fields:
    """Return facts as they are merged."""
    return unpack_facts(json.loads(stored))


def _ids(db: SqliteDatabase, sql: str, values: Sequence[Any]) -> list[str]:
    return [row[0] for row in db.execute(sql, values).fetchall()]
