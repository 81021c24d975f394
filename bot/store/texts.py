"""Texts and opt-outs."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject
from bot.models.texts import OutgoingText, RoutableText, SendState, Text, text_from_reports
from bot.phone_numbers import forms_of
from bot.store.attachments import enqueue_attachments_of
from bot.store.database.connection import Database
from bot.store.outbox.batches import defer_posts, release_conversation
from bot.store.outbox.notices import Notice, add_notice
from bot.store.outbox.rows import insert_post
from bot.store.text_ingest import record_opt_out

MOST_LISTED = 500


@dataclass(frozen=True)
class OptOut:
    """A number (E.164) that opted out of texts, and when (unix seconds)."""

    number: str
    at: float


class OptOuts:
    """Opt-outs, by number: from keywords in texts, and recorded by colleagues."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, number: str | None) -> OptOut | None:
        """Return the opt-out of a number, if there is one."""
        row = self._database.row(
            "select number, at from opt_outs where number = ? and is_out", [number]
        )
        return OptOut(row["number"], row["at"]) if row else None

    def record(self, number: str, slack_user: str, *, is_out: bool, now: float) -> None:
        """Store an opt-out of a number, or its end, that a colleague recorded; audit it."""
        self._database.write(
            lambda db: record_opt_out(db, number, slack_user, is_out=is_out, now=now)
        )

    def lifted_at(self, number: str) -> float | None:
        """Return when a colleague lifted the opt-out of a number (unix seconds)."""
        row = self._database.row(
            "select recorded_at from opt_outs where number = ? and recorded_out = 0", [number]
        )
        return row["recorded_at"] if row else None

    def all(self) -> list[OptOut]:
        """Return all opt-outs, latest first; a number with several forms once."""
        rows = self._database.rows(
            "select number, at from opt_outs where is_out order by at desc, number"
        )
        phones: dict[str, OptOut] = {}
        for row in rows:
            phones.setdefault(min(forms_of(row["number"])), OptOut(row["number"], row["at"]))
        return [*phones.values()][:MOST_LISTED]

    def count(self) -> int:
        """Return how many phones opted out."""
        rows = self._database.rows("select number from opt_outs where is_out")
        return len({min(forms_of(row["number"])) for row in rows})


AT_ONCE = 200

# After an hour of silence, a text is news for the whole channel, and not only for its thread.
SECONDS_OF_SILENCE = 3_600.0

_SELECT = (
    "select t.text_id, t.message_id, t.version, t.facts, r.slack_user, r.step, r.written_at,"
    " r.call_id, r.channel, r.sending_since, r.leaves_at, r.reason, r.send_at, r.zone"
    " from texts t left join replies r on r.text_id = t.text_id"
)


_IN_CHANNEL = (
    "exists (select 1 from posts where subject_kind = ? and subject = t.text_id and channel = ?)"
)

# The channels with the thread of a number that has texts of the same company number: another may
# be routed to a channel that other people read. Texts of an unknown one count for all.
_STANDING = """
    select head.channel from posts as head
    where head.subject_kind = :head and head.subject = :number
    and (:line is null or exists (
        select 1 from posts as line join texts on texts.text_id = line.subject
        where line.under = head.post_id and line.subject_kind = :text
        and coalesce(json_extract(facts, '$.company_number[1]'), :line) = :line
    ))
"""


class Texts:
    """Texts, by their ID and by the customer's number (E.164)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text_id: str) -> Text | None:
        """Return a text, or None if it is unknown."""
        row = self._database.row(f"{_SELECT} where t.text_id = ?", [text_id])
        return _text(row) if row else None

    def latest_with(self, numbers: Collection[str], *, limit: int) -> list[Text]:
        """Return the latest texts with any of these numbers, newest first."""
        found = [
            _text(row)
            for number in numbers
            for row in self._database.rows(
                f"{_SELECT} where t.number = ? order by t.at desc, t.rowid desc limit ?",
                [number, limit],
            )
        ]
        return sorted(found, key=lambda text: text.at or 0, reverse=True)[:limit]

    def latest_in(self, channel: str, number: str) -> Text | None:
        """Return the latest text with a number (E.164) that a channel shows, or None."""
        row = self._database.row(
            f"{_SELECT} where t.number = ? and {_IN_CHANNEL}"
            " order by t.at desc, t.rowid desc limit 1",
            [number, Subject.TEXT, channel],
        )
        return _text(row) if row else None

    def latest_about(self, call_id: str) -> Text | None:
        """Return the latest text that was written from the card of a call."""
        row = self._database.row(
            f"{_SELECT} where r.call_id = ? order by r.written_at desc limit 1", [call_id]
        )
        return _text(row) if row else None

    def last_heard(self, number: str, platform: str) -> float | None:
        """Return when a number last wrote to us on a platform (unix seconds)."""
        row = self._database.row(
            "select max(at) as at from texts where number = ? and is_incoming"
            " and coalesce(json_extract(facts, '$.platform[1]'), 'text') = ?",
            [number, platform],
        )
        return row["at"] if row else None

    def has_texted_us(self, number: str) -> bool:
        """Return whether a number (E.164) ever wrote to us."""
        sql = "select 1 from texts where number = ? and is_incoming limit 1"
        return self._database.row(sql, [number]) is not None

    def channels_with_threads(self, number: str) -> list[str]:
        """Return the channels that have the thread of a number (E.164)."""
        sql = "select channel from posts where subject_kind = ? and subject = ?"
        return [row[0] for row in self._database.rows(sql, [Subject.CONVERSATION, number])]

    def written_between(self, start: float, end: float) -> Iterator[Text]:
        """Yield the texts that were written here in a span (unix seconds), oldest first."""
        after: tuple[float, str] = (start, "")
        while rows := self._database.rows(
            f"{_SELECT} where (r.written_at, r.text_id) > (?, ?) and r.written_at < ?"
            " order by r.written_at, r.text_id limit ?",
            [*after, end, AT_ONCE],
        ):
            yield from map(_text, rows)
            after = (rows[-1]["written_at"], rows[-1]["text_id"])

    def to_route(self) -> list[RoutableText]:
        """Return the texts that changed since they were last routed, oldest first."""
        rows = self._database.rows(
            f"{_SELECT} where routed < version and t.number is not null and is_quiet = 0"
            " order by t.at, t.rowid limit ?",
            [AT_ONCE],
        )
        return [RoutableText(_text(row), row["version"], row["channel"]) for row in rows]

    def routable(self, text_id: str) -> RoutableText | None:
        """Return a text that channels may show, or None."""
        row = self._database.row(
            f"{_SELECT} where t.text_id = ? and t.number is not null and is_quiet = 0", [text_id]
        )
        return RoutableText(_text(row), row["version"], row["channel"]) if row else None

    def route(
        self,
        chosen: Sequence[tuple[RoutableText, Collection[str], Sequence[Notice]]],
        held: Collection[str],
        *,
        now: float,
        hiding: Collection[str] = (),
    ) -> None:
        """Record the channels of these texts, each in the thread of its number.

        A conversation with a company number continues in each channel where it is posted already,
        except in the `hiding` ones, which show only what is routed there. The notices go into the
        same threads. In the `held` channels, incoming texts are deferred.
        """

        def work(db: SqliteDatabase) -> None:
            for text, channels, notices in chosen:
                _route(db, text, channels, notices, held, hiding, now)

        self._database.write(work)


def _text(row: sqlite3.Row) -> Text:
    reply = None
    if row["step"] is not None:
        reply = OutgoingText(
            slack_user=row["slack_user"],
            state=SendState(row["step"]),
            written_at=row["written_at"],
            call_id=row["call_id"],
            sending_since=row["sending_since"],
            leaves_at=row["leaves_at"],
            reason=row["reason"],
            send_at=row["send_at"],
            zone=row["zone"],
        )
    return text_from_reports(row["text_id"], row["message_id"], json.loads(row["facts"]), reply)


def _route(
    db: SqliteDatabase,
    routed: RoutableText,
    channels: Collection[str],
    notices: Sequence[Notice],
    held: Collection[str],
    hiding: Collection[str],
    now: float,
) -> None:
    text = routed.text
    known = db.execute("select number from texts where text_id = ?", [text.text_id]).fetchone()
    if known != (text.number,):
        return  # it was erased, or changed, since it was read
    standing = db.execute(
        _STANDING,
        {
            "head": Subject.CONVERSATION,
            "number": text.number,
            "text": Subject.TEXT,
            "line": text.company_number,
        },
    ).fetchall()
    shown_in = [*channels, *(row[0] for row in standing if row[0] not in hiding)]
    if text.is_incoming and _is_spam(db, text):
        shown_in = []
    # Automatic texts are deferred too, like the call that they answer.
    is_somebody_there = not text.is_incoming and not (text.reply and text.reply.slack_user is None)
    for channel in dict.fromkeys(shown_in):
        head, is_new = _head_in(db, text, channel, now)
        aloud = text.is_incoming and not is_new and _breaks_silence(db, text, channel)
        _put_under(db, head, text.text_id, channel, now, aloud=aloud)
        for notice in notices:
            add_notice(db, notice, [channel], now, under=head)
        if is_somebody_there:
            release_conversation(db, head)
        elif channel in held:
            defer_posts(db, head, text.text_id, channel)
    enqueue_attachments_of(db, text, now)
    db.execute(
        "update posts set wanted = ? where subject_kind = ? and subject = ?",
        [routed.version, Subject.TEXT, text.text_id],
    )
    db.execute(
        "update texts set routed = ? where text_id = ? and routed < ?",
        [routed.version, text.text_id, routed.version],
    )


def _is_spam(db: SqliteDatabase, text: Text) -> bool:
    sql = "select 1 from screened_numbers where number = ? and kind = 'spam'"
    return db.execute(sql, [text.number]).fetchone() is not None


def _put_under(
    db: SqliteDatabase, head: int, text_id: str, channel: str, now: float, *, aloud: bool
) -> None:
    """Queue a text in the thread of a head, unless it is posted already."""
    insert_post(db, Subject.TEXT, text_id, channel, 0, now, under=head, aloud=aloud)
    # If its number was first reported wrongly, it may be queued under another head.
    db.execute(
        "update posts set under = ?, parked = null where subject_kind = ? and subject = ?"
        " and channel = ? and under != ? and ts is null and sending_since is null",
        [head, Subject.TEXT, text_id, channel, head],
    )


def _head_in(db: SqliteDatabase, text: Text, channel: str, now: float) -> tuple[int, bool]:
    """Return the head of the conversation in a channel, marked for an update; and if it is new."""
    wanted = db.execute(
        "update posts set wanted = wanted + 1, urgent = max(urgent, ?),"
        # One that could never be posted is tried again with each text.
        " parked = case when ts is null then null else parked end"
        " where subject_kind = ? and subject = ? and channel = ? returning post_id",
        [text.is_incoming, Subject.CONVERSATION, text.number, channel],
    ).fetchone()
    if wanted is None:
        insert_post(db, Subject.CONVERSATION, str(text.number), channel, 1, now)
    row = db.execute(
        "select post_id from posts where subject_kind = ? and subject = ? and channel = ?",
        [Subject.CONVERSATION, text.number, channel],
    ).fetchone()
    return int(row[0]), wanted is None


def _breaks_silence(db: SqliteDatabase, text: Text, channel: str) -> bool:
    """Return whether a channel showed no text with this number for a long time before a text."""
    if text.at is None:
        return True
    # Vocatech's times are whole seconds, ours aren't.
    before = db.execute(
        "select 1 from texts as t where number = ? and at >= ? and (at < ?"
        " or at = ? and rowid < (select rowid from texts where text_id = ?)"
        f" or at < ? + 1 and is_incoming = 0) and {_IN_CHANNEL} limit 1",
        [
            *(text.number, text.at - SECONDS_OF_SILENCE, text.at, text.at, text.text_id, text.at),
            *(Subject.TEXT, channel),
        ],
    ).fetchone()
    return before is None
