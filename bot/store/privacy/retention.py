"""Deletion of what is older than its retention period, in small pieces."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from sqlite_utils import Database as SqliteDatabase

from bot.models.attachments import MAX_SHOWN
from bot.models.calls import pack_facts
from bot.models.customers.follow_ups import FOLLOW_UP
from bot.models.outbox import Subject
from bot.store.customers.notes import delete_notes
from bot.store.database.background import (
    PieceSize,
    write_in_background,
    write_in_pieces,
    write_piece,
)
from bot.store.database.connection import Database
from bot.store.integrations.enqueue import forget_deliveries
from bot.store.privacy.erase import DIGESTS, changed_digests, erase_in_digests, read_facts
from bot.store.privacy.report_filter import CALLS_EXPIRE, TEXTS_EXPIRE
from bot.store.search.call_index import delete_texts, merge_all, merge_step

# Rows read, or deleted where each costs about the same. Others are deleted in pieces bounded by
# time: with the search index, a call takes up to a millisecond.
ROWS_A_PIECE = 20
_LISTED = "in (select value from json_each(?))"
_OLD_CALLS = "(started_at < :before or (started_at is null and ended_at < :before))"
_TRANSCRIBED = (
    "(json_extract(facts, '$.transcript') is not null or exists (select 1 from json_each(facts,"
    " '$.legs[1]') where json_extract(value, '$.transcript') is not null))"
)
# A text that may still be sent, or that a person must decide about, stays.
_OLD_TEXTS = (
    "at < :before and not exists (select 1 from replies where replies.text_id = texts.text_id"
    " and step in ('scheduled', 'queued', 'sending', 'unsure', 'asked'))"
)
# What is deleted, by the kind of data: a key, a table, and which rows.
_EXPIRED = {
    "calls": ("call_id", "calls", _OLD_CALLS),
    "transcripts": ("call_id", "calls", f"started_at < :before and {_TRANSCRIBED}"),
    "texts": ("text_id", "texts", _OLD_TEXTS),
    "audit": ("entry_id", "audit", "at < :before"),
}


_NOTES = {"calls": CALLS_EXPIRE, "texts": TEXTS_EXPIRE}


class RetentionStore:
    """What is older than its retention period, by kind of data."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, limits: Mapping[str, float]) -> dict[str, int]:
        """Delete what is older than these times (unix seconds); return how much, by kind.

        Older calls and texts aren't stored again, until a longer period is applied.
        """

        def work(db: SqliteDatabase) -> None:
            for kind, name in _NOTES.items():
                db.execute("delete from notes where name = ?", [name])
                if kind in limits:
                    db.execute("insert into notes values (?, ?)", [name, repr(limits[kind])])

        self._database.write(work)
        return {kind: self.delete(kind, before=before) for kind, before in limits.items()}

    def expired(self, kind: str, *, before: float) -> int:
        """Return how much is older than a time (unix seconds)."""
        _, table, where = _EXPIRED[kind]
        row = self._database.row(
            f"select count(*) as n from {table} where {where}", {"before": before}
        )
        return row["n"] if row else 0

    def delete(self, kind: str, *, before: float) -> int:
        """Delete what is older than a time (unix seconds); return how much."""
        deleted, size = 0, PieceSize()
        for ids in self._pieces(kind, before, size):
            # A webhook waits for at most one piece.
            write_piece(self._database, _DELETIONS[kind], ids, size)
            deleted += len(ids)
        if deleted and kind in ("calls", "transcripts"):
            merge_all(self._database, "call_words")
        if kind == "calls":
            self._delete_leftovers(before)
            self._delete_old_notes(before)
        if kind != "audit":
            self._delete_events(before)
        return deleted

    def _pieces(self, kind: str, before: float, size: PieceSize) -> Iterator[list[str]]:
        """Yield the keys of expired rows; each piece must be deleted before the next."""
        key, table, where = _EXPIRED[kind]
        sql = f"select {key} as key from {table} where {where} limit :limit"
        if kind == "transcripts":
            yield from self._transcribed(before, size)
            return
        while rows := self._database.rows(sql, {"before": before, "limit": size.items}):
            yield [row["key"] for row in rows]

    def _transcribed(self, before: float, size: PieceSize) -> Iterator[list[str]]:
        """Yield calls with a transcript in the order of time, so that each is read once."""
        after: tuple[float, str] = (0.0, "")
        while rows := self._database.rows(
            "select call_id, started_at from calls where (started_at, call_id) > (?, ?)"
            f" and started_at < ? and {_TRANSCRIBED} order by started_at, call_id limit ?",
            [*after, before, size.items],
        ):
            yield [row["call_id"] for row in rows]
            after = (rows[-1]["started_at"], rows[-1]["call_id"])

    def _delete_leftovers(self, before: float) -> None:
        """Delete notices about calls that are gone, and callers in old digests."""
        due = self._database.rows(
            "select follow_up_id from follow_ups where due_at < ? and coalesce(closed_at, 0) < ?",
            [before, before],
        )
        write_in_pieces(self._database, _delete_follow_ups, [row[0] for row in due])
        gone = [
            row["notice_id"]
            for row in self._database.rows("select notice_id, kind, detail from notices")
            if self._is_left_over(row["kind"], json.loads(row["detail"]))
        ]
        write_in_pieces(self._database, _delete_notices, gone)
        old = self._database.rows(f"{DIGESTS} where due_at < ?", [before])
        write_in_pieces(
            self._database,
            partial(erase_in_digests, is_shown=False),
            changed_digests(map(tuple, old), None),
        )

    def _is_left_over(self, kind: str, detail: dict[str, object]) -> bool:
        """Return whether a notice is about calls, or about a follow-up, that are gone."""
        if kind == FOLLOW_UP:
            sql = "select 1 from follow_ups where follow_up_id = ?"
            return self._database.row(sql, [str(detail["follow_up_id"])]) is None
        ids = _calls_in(detail)
        return bool(ids) and not self._knows_any(ids)

    def _delete_old_notes(self, before: float) -> None:
        """Delete notes from that time that are on no call: those of calls went with them."""
        while rows := self._database.rows(
            "select note_id from customer_notes where at < ? and call_id is null limit ?",
            [before, ROWS_A_PIECE],
        ):
            write_in_background(
                self._database, partial(delete_notes, note_ids=[row["note_id"] for row in rows])
            )

    def _knows_any(self, call_ids: Collection[str]) -> bool:
        sql = f"select 1 from calls where call_id {_LISTED} limit 1"
        return self._database.row(sql, [json.dumps(list(call_ids))]) is not None

    def _delete_events(self, before: float) -> None:
        """Delete raw events from that time, which repeat what was deleted."""

        def work(db: SqliteDatabase) -> int:
            return db.execute(
                "delete from events where rowid in"
                " (select rowid from events order by rowid limit ?) and received_at < ?",
                [ROWS_A_PIECE, before],
            ).rowcount

        while write_in_background(self._database, work):
            pass


def _delete_calls(db: SqliteDatabase, ids: Collection[str]) -> None:
    listed = json.dumps(list(ids))
    delete_texts(db, ids)
    merge_step(db)
    _delete_posts(db, Subject.CALL, listed)
    forget_deliveries(db, call_ids=ids)
    notes = db.execute(f"select note_id from customer_notes where call_id {_LISTED}", [listed])
    delete_notes(db, [row[0] for row in notes.fetchall()])
    for table in ("claims", "closings", "reminders", "call_outcomes", "calls"):
        db.execute(f"delete from {table} where call_id {_LISTED}", [listed])
    for table in ("replies", "follow_ups"):
        db.execute(f"update {table} set call_id = null where call_id {_LISTED}", [listed])


def _delete_follow_ups(db: SqliteDatabase, ids: Collection[int]) -> None:
    """Delete follow-ups."""
    db.execute(f"delete from follow_ups where follow_up_id {_LISTED}", [json.dumps(list(ids))])


def _delete_transcripts(db: SqliteDatabase, ids: Collection[str]) -> None:
    listed = json.dumps(list(ids))
    rows = db.execute(f"select call_id, facts from calls where call_id {_LISTED}", [listed])
    changed = []
    for call_id, stored in rows.fetchall():
        facts = read_facts(stored)
        facts.pop("transcript", None)
        if "legs" in facts:
            authority, legs = facts["legs"]
            facts["legs"] = (authority, [{**leg, "transcript": None} for leg in legs])
        changed.append((json.dumps(pack_facts(facts)), call_id))
    # The version stays: cards don't show transcripts, and none is edited.
    db.conn.executemany("update calls set facts = ?, indexed = 0 where call_id = ?", changed)
    delete_texts(db, ids)
    merge_step(db)


def _delete_sent_texts(db: SqliteDatabase, ids: Collection[str]) -> None:
    listed = json.dumps(list(ids))
    numbers = db.execute(
        f"select distinct number from texts where text_id {_LISTED} and number is not null",
        [listed],
    ).fetchall()
    forget_deliveries(db, text_ids=ids)
    files = [f"{text_id} {place}" for text_id in ids for place in range(MAX_SHOWN)]
    _delete_posts(db, Subject.MEDIA, json.dumps(files))
    _delete_posts(db, Subject.TEXT, listed)
    db.execute(f"delete from texts where text_id {_LISTED}", [listed])
    # Other channels may still have texts of the same number.
    empty = db.execute(
        f"select post_id from posts as head where subject_kind = ? and subject {_LISTED}"
        " and not exists (select 1 from posts as line where line.under = head.post_id"
        " and line.subject_kind = ?)",
        [Subject.CONVERSATION, json.dumps([row[0] for row in numbers]), Subject.TEXT],
    ).fetchall()
    heads = json.dumps([row[0] for row in empty])
    db.execute(f"delete from posts where under {_LISTED} or post_id {_LISTED}", [heads, heads])


def _delete_audit(db: SqliteDatabase, ids: Collection[str]) -> None:
    db.execute(f"delete from audit where entry_id {_LISTED}", [json.dumps(list(ids))])


_DELETIONS: dict[str, Callable[..., None]] = {
    "calls": _delete_calls,
    "transcripts": _delete_transcripts,
    "texts": _delete_sent_texts,
    "audit": _delete_audit,
}


def _delete_notices(db: SqliteDatabase, ids: Collection[str]) -> None:
    listed = json.dumps(list(ids))
    _delete_posts(db, Subject.NOTICE, listed)
    db.execute(f"delete from notices where notice_id {_LISTED}", [listed])


def _delete_posts(db: SqliteDatabase, kind: Subject, subjects: str) -> None:
    """Delete the rows of posts, with those in their threads and batches that are empty then."""
    rows = db.execute(
        f"delete from posts where subject_kind = ? and subject {_LISTED} returning post_id, bundle",
        [kind, subjects],
    ).fetchall()
    db.execute(f"delete from posts where under {_LISTED}", [json.dumps([row[0] for row in rows])])
    bundles = json.dumps([*{row[1] for row in rows if row[1] is not None}])
    empty = db.execute(
        f"select bundle_id from bundles where bundle_id {_LISTED}"
        " and not exists (select 1 from posts where bundle = bundle_id)",
        [bundles],
    ).fetchall()
    for (bundle,) in empty:
        db.execute(
            "delete from posts where subject_kind = ? and subject = ?",
            [Subject.BUNDLE, str(bundle)],
        )
        db.execute("delete from bundles where bundle_id = ?", [bundle])


def _calls_in(detail: dict[str, object]) -> list[str]:
    """Return the calls that a notice is about."""
    several = detail.get("call_ids")
    found = [*several] if isinstance(several, list) else []
    one = detail.get("call_id")
    return [*found, one] if isinstance(one, str) else found
