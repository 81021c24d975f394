"""Owns the taking in of what is told of texts: each text once, whoever wrote it."""

import json
from collections.abc import Sequence

from sqlite_utils import Database as SqliteDatabase

from bot.facts import Facts, add_facts
from bot.opt_out import Wish
from bot.store.cards import show_card_of, show_cards_with
from bot.texts import Authority, Step, TextReport

# How far the provider's clock may be from ours, and how long a text may lie with them unsent.
SECONDS_BEFORE, SECONDS_AFTER = 300.0, 1_800.0
_MAY_BE_OUT = (Step.SENDING, Step.UNSURE, Step.ASKED, Step.SENT)


def add_text(
    db: SqliteDatabase, report: TextReport, authority: Authority, *, now: float, is_quiet: bool
) -> bool:
    """Add what is told of a text; say whether that was news. `now` in unix seconds."""
    text_id, known = _find(db, report.message_id)
    facts = add_facts(known, report.facts(authority))
    if text_id is not None and facts == known:
        return False
    is_ours = text_id is not None and text_id != report.message_id
    reply = None if is_ours else _reply_like(db, facts, now)
    if reply is not None:
        if text_id is not None:
            db.execute("delete from texts where text_id = ?", [text_id])
        text_id, facts = reply[0], add_facts(reply[1], facts)
    text_id = text_id or report.message_id
    _write(db, text_id, report.message_id, facts, is_quiet=is_quiet)
    if is_ours or reply is not None:
        _settle(db, text_id)
    if report.wish is not None and "number" in facts:
        _note_wish(db, text_id, facts, report.wish, now)
    return True


def _find(db: SqliteDatabase, message_id: str) -> tuple[str | None, Facts]:
    row = db.execute(
        "select text_id, facts from texts where message_id = ?", [message_id]
    ).fetchone()
    return (row[0], _read(row[1])) if row else (None, {})


def _read(facts: str) -> Facts:
    return {name: (authority, value) for name, (authority, value) in json.loads(facts).items()}


def _reply_like(db: SqliteDatabase, facts: Facts, now: float) -> tuple[str, Facts] | None:
    """Find the text that was written here and is told of now: by number, words and time.

    The provider's answer to a send names no id, so this is the only way (observed).
    """
    known = {name: value for name, (_, value) in facts.items()}
    if known.get("is_incoming") is not False or not known.get("number") or "body" not in known:
        return None
    at = known.get("at", now)
    rows = db.execute(
        "select t.text_id, t.facts, r.body, r.company_number from replies r"
        " join texts t on t.text_id = r.text_id"
        f" where r.number = ? and t.message_id is null and r.step in ({_places(_MAY_BE_OUT)})"
        " and r.sending_since between ? and ? order by r.sending_since",
        [known["number"], *_MAY_BE_OUT, at - SECONDS_AFTER, at + SECONDS_BEFORE],
    ).fetchall()
    for text_id, ours, body, company_number in rows:
        same_line = known.get("company_number") in (None, company_number)
        if same_line and body.split() == known["body"].split():
            return text_id, _read(ours)
    return None


def _write(
    db: SqliteDatabase, text_id: str, message_id: str, facts: Facts, *, is_quiet: bool
) -> None:
    known = {name: value for name, (_, value) in facts.items()}
    db.execute(
        """
        insert into texts (text_id, message_id, is_quiet, facts, number, is_incoming, at)
        values (?, ?, ?, ?, ?, ?, ?)
        on conflict (text_id) do update set
            version = version + 1, message_id = excluded.message_id, facts = excluded.facts,
            number = excluded.number, is_incoming = excluded.is_incoming, at = excluded.at
        """,
        [
            text_id,
            message_id,
            is_quiet,
            json.dumps(facts),
            known.get("number"),
            known.get("is_incoming"),
            known.get("at"),
        ],
    )


def _settle(db: SqliteDatabase, text_id: str) -> None:
    """Note that a text which was written here is out: the provider has told of it."""
    db.execute("update replies set step = ?, reason = null where text_id = ?", [Step.SENT, text_id])
    show_call_of(db, text_id)


def show_call_of(db: SqliteDatabase, text_id: str) -> None:
    """Have the card of the call that a text answers show it; for use inside a write."""
    row = db.execute("select call_id from replies where text_id = ?", [text_id]).fetchone()
    if row and row[0]:
        show_card_of(db, row[0])


def _note_wish(db: SqliteDatabase, text_id: str, facts: Facts, wish: Wish, now: float) -> None:
    """Keep who wants no texts, or wants them again; of all they said, the latest counts."""
    at = facts["at"][1] if "at" in facts else now
    number = facts["number"][1]
    changed = db.execute(
        """
        insert into opt_outs (number, is_out, at, text_id) values (?, ?, ?, ?)
        on conflict (number) do update set
            is_out = excluded.is_out, at = excluded.at, text_id = excluded.text_id
        where excluded.at > at or (excluded.at = at and excluded.is_out > is_out)
        """,
        [number, wish is Wish.STOP, at, text_id],
    )
    if changed.rowcount > 0:
        show_cards_with(db, number, now=now)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
