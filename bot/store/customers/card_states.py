"""What people did with calls: as cards carry it, and taken back from cards after a restore."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.customers.card_state import Action, CardState, pack_state, unpack_state
from bot.models.outbox import Subject
from bot.models.screening import ScreenKind
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.database.restore_marks import FOUND_CARD, READ_CHANNEL
from bot.store.missed_calls import open_group_of
from bot.store.outbox.invalidation import mark_cards_stale, show_card_of, show_cards_of
from bot.store.text_ingest import record_opt_out

FROM_SLACK = " (read from Slack after a restore)"
CLAIMED, RELEASED = "claimed a call", "released a call"
CALLED_BACK, REOPENED = "called back", "took a call up again"
OUTCOME_SET, OUTCOME_REMOVED = "call outcome set", "call outcome removed"
OPTED_OUT, MARKED = "opt-out recorded", "number marked"
APPLIED_AT_ONCE = 50

_ACTIONS = (
    "select claims.slack_user, claims.at, closings.slack_user, closings.at,"
    " set_by, set_at, outcome_id, by, screened_numbers.at, kind, recorded_by, recorded_at"
    " from (select ? as call_id, ? as number) as asked left join claims using (call_id)"
    " left join closings using (call_id) left join call_outcomes using (call_id)"
    " left join screened_numbers using (number)"
    " left join opt_outs on opt_outs.number = asked.number and is_out and text_id = ''"
    " and recorded_out"
)


@dataclass(frozen=True)
class FoundCard:
    """What a card in Slack shows; `is_newer` if it was edited after the backup.

    `subject` is a call ID, or the number of a conversation.
    """

    subject: str
    state: CardState
    is_newer: bool = False


class CardStates:
    """The states of calls and numbers, and those found on cards after a restore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_call(self, call_id: str, number: str | None) -> CardState:
        """Return what people did with a call and its number (E.164)."""
        row = self._database.row(_ACTIONS, [call_id, number])
        return _state(tuple(row)) if row else CardState()

    def keep(self, cards: Iterable[FoundCard]) -> None:
        """Keep what was found on cards until their calls are known; of one call, the latest."""
        rows = [
            [f"{FOUND_CARD}{one.subject}", json.dumps([pack_state("", one.state), one.is_newer])]
            for one in cards
        ]
        self._database.write(
            lambda db: db.conn.executemany("insert or ignore into notes values (?, ?)", rows)
        )

    def kept(self) -> int:
        """Return how many cards were found whose calls aren't known yet."""
        row = self._database.row(
            "select count(*) as n from notes where name >= ? and name < ?", _keys()
        )
        return row["n"] if row else 0

    def apply(self, *, taken_at: float, restored_at: float, now: float) -> int:
        """Take back what people did since the backup, of some calls that are known now.

        What people did after the restore stays. Return how many cards were looked at.
        """

        def work(db: SqliteDatabase) -> int:
            rows = db.execute(
                "select notes.name, notes.value, call_id, remote_number, started_at,"
                " json_extract(facts, '$.erased') is null from notes"
                " cross join calls on call_id = substr(notes.name, ?)"
                " where notes.name >= ? and notes.name < ? limit ?",
                [len(FOUND_CARD) + 1, *_keys(), APPLIED_AT_ONCE],
            ).fetchall()
            touched = _touched_since(db, restored_at) if rows else set()
            for name, value, call_id, number, started_at, is_kept in rows:
                packed, is_newer = json.loads(value)
                card = FoundCard(call_id, unpack_state(packed) or CardState(), is_newer)
                if is_kept and call_id not in touched:
                    since = taken_at if is_newer else None
                    _apply_to_call(db, card, started_at or now, since=since, now=now)
                if number and number not in touched:
                    _apply_to_number(db, number, card.state, now=now)
                db.execute("delete from notes where name = ?", [name])
            return len(rows)

        return self._database.write(work)

    def apply_to_numbers(
        self, opaque_id: Callable[[str], str], *, restored_at: float, now: float
    ) -> None:
        """Take back the opt-outs that the heads of threads show, if their numbers are known now.

        `opaque_id` returns the ID of a number in message metadata.
        """
        kept = {
            row["name"].removeprefix(FOUND_CARD): row
            for row in self._database.rows(
                "select name, value from notes where name >= ? and name < ?", _keys()
            )
        }
        numbers = self._database.rows(
            "select distinct subject from posts where subject_kind = ?", [Subject.CONVERSATION]
        )
        known = {opaque_id(row["subject"]): row["subject"] for row in numbers} if kept else {}

        def work(db: SqliteDatabase) -> None:
            touched = _touched_since(db, restored_at)
            for subject in kept.keys() & known.keys():
                state = unpack_state(json.loads(kept[subject]["value"])[0])
                if state and known[subject] not in touched:
                    _apply_to_number(db, known[subject], state, now=now)
                db.execute("delete from notes where name = ?", [kept[subject]["name"]])

        if kept.keys() & known.keys():
            self._database.write(work)

    def forget_kept(self) -> None:
        """Delete what was found on cards of calls that didn't become known, and what was read."""

        def work(db: SqliteDatabase) -> None:
            for prefix in (FOUND_CARD, READ_CHANNEL):
                db.execute("delete from notes where name >= ? and name < ?", _keys(prefix))

        self._database.write(work)

    def applied(self, *, since: float) -> Mapping[str, int]:
        """Return how many actions were taken back since a time (unix seconds), by what was done."""
        rows = self._database.rows(
            "select what from audit where at >= ? and substr(what, ?) = ?",
            [since, -len(FROM_SLACK), FROM_SLACK],
        )
        return Counter(row["what"].removesuffix(FROM_SLACK) for row in rows)

    def with_card(self, call_ids: Iterable[str], *, but_in: Iterable[str]) -> set[str]:
        """Return which of these calls have a card of their own, in other channels than these."""
        rows = self._database.rows(
            "select subject from posts where subject_kind = ? and ts is not null"
            " and subject in (select value from json_each(?))"
            " and channel not in (select value from json_each(?))",
            [Subject.CALL, json.dumps(list(call_ids)), json.dumps(list(but_in))],
        )
        return {row["subject"] for row in rows}

    def has_unposted(self) -> bool:
        """Return whether cards are still to be posted, or to be found in a channel's history."""
        row = self._database.row(
            "select 1 from posts where subject_kind = ? and ts is null and parked is null"
            " and bundle is null and held = 0 and announced < wanted limit 1",
            [Subject.CALL],
        )
        return row is not None

    def channels(self, *, since: float) -> list[str]:
        """Return the channels with cards or threads that were queued since a time."""
        rows = self._database.rows(
            "select distinct channel from posts where created_at >= ?"
            " and subject_kind in ('call', 'conversation') order by channel",
            [since],
        )
        return [row["channel"] for row in rows]


def _keys(prefix: str = FOUND_CARD) -> tuple[str, str]:
    """Return the range of the keys that begin with a prefix."""
    return prefix, f"{prefix}\U0010ffff"


def _state(row: tuple[object, ...]) -> CardState:
    def action(by: object, at: object, value: object = "") -> Action | None:
        return None if by is None else Action(str(by), float(str(at)), str(value))

    return CardState(
        claim=action(*row[0:2]),
        closing=action(*row[2:4]),
        outcome=action(*row[4:7]),
        mark=action(*row[7:10]),
        opt_out=action(*row[10:12]),
    )


def _touched_since(db: SqliteDatabase, moment: float) -> set[str]:
    """Return the calls and numbers for which people did something since a time."""
    rows = db.execute(
        "select detail from audit where at >= ? and substr(what, ?) != ?",
        [moment, -len(FROM_SLACK), FROM_SLACK],
    )
    return {row[0].partition(" ")[0].rstrip(":") for row in rows.fetchall()}


def _apply_to_call(
    db: SqliteDatabase, card: FoundCard, called_at: float, *, since: float | None, now: float
) -> None:
    """Take back what a card shows. After `since`, a card that shows nothing says so, too."""
    call_id, shown = card.subject, card.state
    stored = _state(db.execute(_ACTIONS, [call_id, None]).fetchone())

    def note(by: str, what: str, detail: str = call_id) -> None:
        record_action(db, by, f"{what}{FROM_SLACK}", detail, now=now)
        show_card_of(db, call_id)

    if shown.claim and _is_news(shown.claim, stored.claim):
        by, at, _ = shown.claim
        db.execute("insert or replace into claims values (?, ?, ?)", [call_id, by, at])
        group = open_group_of(db, call_id)
        db.execute(
            "insert or ignore into claims select value, ?, ? from json_each(?)",
            [by, at, json.dumps(group)],
        )
        show_cards_of(db, group)
        note(by, CLAIMED)
    elif _is_over(shown.claim, stored.claim, since) and stored.claim:
        db.execute("delete from claims where call_id = ?", [call_id])
        note(stored.claim.by, RELEASED)
    if shown.closing and stored.closing is None:
        by, at, _ = shown.closing
        db.execute("insert or ignore into closings values (?, ?, ?)", [call_id, by, at])
        note(by, CALLED_BACK)
    elif _is_over(shown.closing, stored.closing, since) and stored.closing:
        db.execute("delete from closings where call_id = ?", [call_id])
        note(stored.closing.by, REOPENED)
    if shown.outcome and _is_news(shown.outcome, stored.outcome):
        by, at, outcome = shown.outcome
        name = db.execute("select name from outcomes where outcome_id = ?", [outcome]).fetchone()
        if name:
            # The rules ran for it before the restore.
            db.execute(
                "insert or replace into call_outcomes values (?, ?, ?, ?, ?, 1)",
                [call_id, outcome, by, at, called_at],
            )
            note(by, OUTCOME_SET, f"{call_id}: {name[0]}")
    elif _is_over(shown.outcome, stored.outcome, since) and stored.outcome:
        db.execute("delete from call_outcomes where call_id = ?", [call_id])
        note(stored.outcome.by, OUTCOME_REMOVED)


def _apply_to_number(db: SqliteDatabase, number: str, shown: CardState, *, now: float) -> None:
    """Take back an opt-out or a mark; neither is lifted, which a person must decide."""
    if shown.opt_out:
        known = db.execute("select is_out, at from opt_outs where number = ?", [number]).fetchone()
        if known is None or (not known[0] and known[1] < shown.opt_out.at):
            record_opt_out(
                db,
                number,
                shown.opt_out.by,
                is_out=True,
                now=shown.opt_out.at,
                audited=(f"{OPTED_OUT}{FROM_SLACK}", now),
            )
    if (
        shown.mark
        and shown.mark.value in [*ScreenKind]
        and not db.execute("select 1 from screened_numbers where number = ?", [number]).fetchone()
    ):
        by, at, kind = shown.mark
        db.execute("insert into screened_numbers values (?, ?, ?, ?)", [number, kind, by, at])
        record_action(db, by, f"{MARKED}{FROM_SLACK}", number, now=now)
        mark_cards_stale(db, number, now=now)


def _is_news(shown: Action, stored: Action | None) -> bool:
    if stored is None:
        return True
    is_other = (shown.by, shown.value) != (stored.by, stored.value)
    return is_other and shown.at > stored.at


def _is_over(shown: Action | None, stored: Action | None, since: float | None) -> bool:
    """Return whether the backup knows something that a card edited later doesn't show any more."""
    return shown is None and stored is not None and since is not None and stored.at <= since
