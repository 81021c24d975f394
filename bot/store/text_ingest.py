"""Ingestion of reports about texts: each text once, from either side."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.integrations.outgoing_webhooks import EventType
from bot.models.merge import Fields, merge_reports
from bot.models.opt_outs import OptOutKeyword
from bot.models.texts import SendState, TextReport, TextSource
from bot.phone_numbers import forms_of
from bot.store.audit import record_action
from bot.store.integrations.enqueue import SECONDS_TO_SETTLE, enqueue_event
from bot.store.outbox.invalidation import mark_cards_stale, mark_threads_stale, show_card_of

# Largest difference between Vocatech's clock and ours, and longest time that Vocatech may take to
# send a text.
SECONDS_BEFORE, SECONDS_AFTER = 300.0, 1_800.0
_MAY_BE_OUT = (
    SendState.SENDING,
    SendState.UNCONFIRMED,
    SendState.NEEDS_CONFIRMATION,
    SendState.SENT,
)
HIDDEN = ""  # in place of a number that its owner withholds


def add_text(
    db: SqliteDatabase, report: TextReport, authority: TextSource, *, now: float, is_quiet: bool
) -> bool:
    """Merge a report into its text; return whether it was news. `now` in unix seconds."""
    text_id, known = _find(db, report.message_id)
    facts = _fill_in(merge_reports(known, report.facts(authority)), now)
    if text_id is not None and facts == known:
        return False
    is_ours = text_id is not None and text_id != report.message_id
    # A text that was complete before was sent by someone else, even if a similar one is queued
    # here.
    reply = None if is_ours or _is_whole(_values(known)) else _reply_like(db, facts)
    if reply is not None:
        if text_id is not None:
            db.execute("delete from texts where text_id = ?", [text_id])
        text_id, facts = reply[0], merge_reports(reply[1], facts)
    text_id = text_id or report.message_id
    _write(db, text_id, report.message_id, facts, is_quiet=is_quiet)
    if is_ours or reply is not None:
        _settle(db, text_id)
    if not is_quiet:
        _enqueue_received(db, text_id, _values(facts), now)
    if "wish" in facts:
        _note_wish(db, _values(facts).get("number"), now)
    return True


def _find(db: SqliteDatabase, message_id: str) -> tuple[str | None, Fields]:
    row = db.execute(
        "select text_id, facts from texts where message_id = ?", [message_id]
    ).fetchone()
    return (row[0], _read(row[1])) if row else (None, {})


def _read(facts: str) -> Fields:
    return {name: (authority, value) for name, (authority, value) in json.loads(facts).items()}


def _values(facts: Fields) -> dict[str, Any]:
    return {name: value for name, (_, value) in facts.items()}


def _fill_in(facts: Fields, now: float) -> Fields:
    """Fill in what no source may ever report, so that the text can be shown."""
    filled = {"at": (int(TextSource.GUESSED), now), **facts}
    known = _values(facts)
    if known.get("is_incoming") and _has_words(known):
        filled.setdefault("number", (int(TextSource.GUESSED), HIDDEN))
    return filled


def _has_words(known: Mapping[str, Any]) -> bool:
    return "body" in known or "attachments" in known


def _is_whole(known: Mapping[str, Any]) -> bool:
    """Return whether enough is known to show a text: the number and the content."""
    return "number" in known and (known.get("is_incoming") is True or _has_words(known))


def _reply_like(db: SqliteDatabase, facts: Fields) -> tuple[str, Fields] | None:
    """Find the outgoing text that a report describes, by number, content and time.

    Vocatech's answer to a send has no ID, so this is the only way (observed).
    """
    known = _values(facts)
    if known.get("is_incoming") is not False or not known.get("number") or "body" not in known:
        return None
    at = known["at"]
    rows = db.execute(
        "select t.text_id, t.facts, r.body, r.company_number, r.platform from replies r"
        # In this order: texts without an ID accumulate, but few go to one number.
        " cross join texts t on t.text_id = r.text_id"
        f" where r.number = ? and t.message_id is null and r.step in ({_places(_MAY_BE_OUT)})"
        " and r.sending_since between ? and ? order by abs(r.sending_since - ?)",
        [known["number"], *_MAY_BE_OUT, at - SECONDS_AFTER, at + SECONDS_BEFORE, at],
    ).fetchall()
    for text_id, ours, body, company_number, platform in rows:
        same_line = known.get("company_number") in (None, company_number)
        same_way = known.get("platform") in (None, platform)
        if same_line and same_way and body.split() == known["body"].split():
            return text_id, _read(ours)
    return None


def _write(
    db: SqliteDatabase, text_id: str, message_id: str, facts: Fields, *, is_quiet: bool
) -> None:
    known = _values(facts)
    db.execute(
        """
        insert into texts (text_id, message_id, is_quiet, facts, number, is_incoming, at)
        values (?, ?, ?, ?, ?, ?, ?)
        on conflict (text_id) do update set
            version = version + 1, message_id = excluded.message_id, facts = excluded.facts,
            is_quiet = iif(number is null, excluded.is_quiet, is_quiet),
            number = excluded.number, is_incoming = excluded.is_incoming, at = excluded.at
        """,
        [
            text_id,
            message_id,
            is_quiet,
            json.dumps(facts),
            known["number"] if _is_whole(known) else None,
            known.get("is_incoming"),
            known.get("at"),
        ],
    )
    if known.get("is_incoming") and _is_whole(known):
        # It may ask for no more texts: each thread with the number says so, not only its own.
        mark_threads_stale(db, known["number"])


def _settle(db: SqliteDatabase, text_id: str) -> None:
    """Record that an outgoing text was sent, since Vocatech reported it."""
    db.execute(
        "update replies set step = ?, reason = null where text_id = ?", [SendState.SENT, text_id]
    )
    show_call_of(db, text_id)


def _enqueue_received(
    db: SqliteDatabase, text_id: str, known: Mapping[str, Any], now: float
) -> None:
    """Queue a text from a contact for the endpoints of outgoing webhooks."""
    if known.get("is_incoming") and _is_whole(known):
        enqueue_event(
            db,
            EventType.SMS_RECEIVED,
            text_id,
            occurred_at=known["at"],
            now=now,
            number=known["number"] or None,
            delay=SECONDS_TO_SETTLE,
        )


def _show_opt_out(db: SqliteDatabase, number: str, *, by_keyword: bool, now: float) -> None:
    """Show the current opt-out of a number, or its end, on cards and in its thread; queue it."""
    mark_cards_stale(db, number, now=now)
    mark_threads_stale(db, number)
    is_out, at = db.execute("select is_out, at from opt_outs where number = ?", [number]).fetchone()
    detail = {
        "number": number,
        "opted_out": bool(is_out),
        "recorded_by": "keyword" if by_keyword else "colleague",
    }
    enqueue_event(
        db,
        EventType.OPT_OUT_CHANGED,
        f"{number} {bool(is_out)} {at!r}",
        occurred_at=at,
        now=now,
        number=number,
        detail=detail,
    )


def show_call_of(db: SqliteDatabase, text_id: str) -> None:
    """Update the card of the call that a text answers. Call it inside a write."""
    row = db.execute("select call_id from replies where text_id = ?", [text_id]).fetchone()
    if row and row[0]:
        show_card_of(db, row[0])


def _note_wish(db: SqliteDatabase, number: str | None, now: float) -> None:
    """Store whether a number opted out or back in: the latest keyword or manual record counts."""
    forms = forms_of(number) if number else ()
    asked = _places(forms)
    for form in forms:
        # Computed from all texts, since a time may be reported again, more precisely.
        changed = db.execute(
            f"""
            insert into opt_outs (number, is_out, at, text_id)
            select * from (
                select ?, json_extract(facts, '$.wish[1]') = ?, at, text_id from texts
                where number in ({asked}) and json_extract(facts, '$.wish') is not null
                union all
                select number, recorded_out, recorded_at, '' from opt_outs
                where number = ? and recorded_at is not null
            ) order by 3 desc, 2 desc limit 1
            on conflict (number) do update set
                is_out = excluded.is_out, at = excluded.at, text_id = excluded.text_id
            where (is_out, at, text_id) != (excluded.is_out, excluded.at, excluded.text_id)
            """,
            [form, OptOutKeyword.STOP, *forms, form],
        )
        if changed.rowcount > 0:
            _show_opt_out(db, form, by_keyword=True, now=now)


def record_opt_out(
    db: SqliteDatabase,
    number: str,
    slack_user: str,
    *,
    is_out: bool,
    now: float,
    audited: tuple[str, float] | None = None,
) -> None:
    """Store an opt-out, or its end, by hand; and update the thread. Call it inside a write.

    It holds for all forms of the number. `audited` replaces what the audit log says, and its time.
    """
    for form in forms_of(number):
        db.execute(
            "insert into opt_outs (number, is_out, at, text_id, recorded_by, recorded_at,"
            " recorded_out) values (:number, :out, :now, '', :by, :now, :out)"
            " on conflict (number) do update set recorded_by = :by, recorded_at = :now,"
            " recorded_out = :out, is_out = :out, at = :now, text_id = ''",
            {"number": form, "out": is_out, "now": now, "by": slack_user},
        )
        _show_opt_out(db, form, by_keyword=False, now=now)
    what, at = audited or ("opt-out recorded" if is_out else "opt-out lifted", now)
    record_action(db, slack_user, what, number, now=at)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
