"""SMS send queue, and the send state of each text."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.texts import NOT_FILLED, DeliveryStatus, Filled, Platform, SendState, TextSource
from bot.store.claims import take_claim
from bot.store.contact_rows import owners_of
from bot.store.database.connection import Database
from bot.store.text_ingest import show_call_of

_NOT_OUT = "not exists (select 1 from opt_outs where opt_outs.number = replies.number and is_out)"

# What a text repeats, maybe not for the first time; or itself.
_FIRST = (
    "select coalesce(json_extract(facts, '$.resends[1]'), text_id) from texts where text_id = ?"
)

# Another of the texts that are the same one sent again, that left or will leave: neither ?1 nor ?2.
# If no one knows about it, that is no reason against a later one.
_RESENT = f"""
    with one as (
        select number, at, coalesce(json_extract(facts, '$.resends[1]'), text_id) as first
        from texts where text_id = ?1
    )
    select 1 from one join texts on texts.number = one.number
    join replies on replies.text_id = texts.text_id
    where one.first in (texts.text_id, json_extract(facts, '$.resends[1]'))
    and texts.text_id not in (?1, ?2)
    and step not in ('refused', 'taken back')
    and coalesce(json_extract(facts, '$.fate[1]'), 0) != {int(DeliveryStatus.FAILED)}
    and not (step = 'asked' and texts.at <= one.at) limit 1
"""

# One of these may say STOP.
_UNREAD_TEXT = "select 1 from events where is_unread = 1 and kind = 'message.received'"


class ReplySteps:
    """Outgoing texts, moved from one state to the next by their ID."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, text_id: str, *, now: float) -> bool:
        """Record that a text is about to be sent; return False if it must not be sent any more."""
        return self._move(
            text_id,
            f"step = 'sending', sending_since = ?, leaves_at = null where text_id = ?"
            f" and step = 'queued' and {_NOT_OUT} and not exists ({_UNREAD_TEXT})",
            [now, text_id],
        )

    def wait(self, times: Mapping[str, float | None]) -> None:
        """Store when queued texts will be sent (unix seconds; None: unknown), if that changed."""

        def work(db: SqliteDatabase) -> None:
            for text_id, at in times.items():
                moved = db.execute(
                    "update replies set leaves_at = ? where text_id = ? and step = 'queued'"
                    # Slack shows minutes, so seconds alone change nothing.
                    " and coalesce(abs(leaves_at - ?) > 30, leaves_at is not ?)",
                    [at, text_id, at, at],
                )
                if moved.rowcount > 0:
                    show_text(db, text_id)

        self._database.write(work)

    def mark_sent(self, text_id: str) -> None:
        """Record that Vocatech accepted a text."""
        self._move(text_id, "step = 'sent', reason = null where text_id = ?", [text_id])

    def requeue(self, text_id: str) -> None:
        """Record that a text was certainly not sent, and queue it again."""
        self._move(
            text_id,
            "step = 'queued', sending_since = null where text_id = ? and step = 'sending'",
            [text_id],
        )

    def refuse(self, text_id: str, reason: str) -> None:
        """Record that a text was certainly not sent and won't be."""
        self._move(
            text_id,
            "step = 'refused', reason = ? where text_id = ? and step in ('queued', 'sending')",
            [reason, text_id],
        )

    def mark_unconfirmed(self, text_id: str, *, look_at: float, looks: int = 0) -> None:
        """Record a text as unconfirmed, after `looks` searches without a result.

        `look_at` is when to search (again), in unix seconds.
        """
        self._move(
            text_id,
            "step = 'unsure', look_at = ?, looks = ? where text_id = ?"
            " and step in ('sending', 'unsure')",
            [look_at, looks, text_id],
        )

    def ask(self, text_id: str) -> None:
        """Record that a person must confirm what happened to a text."""
        self._move(
            text_id,
            "step = 'asked' where text_id = ? and step in ('sending', 'unsure')",
            [text_id],
        )

    def confirm_sent(self, text_id: str) -> bool:
        """Record that a person confirmed a text as sent; return False if it was settled already."""
        return self._move(text_id, "step = 'sent' where text_id = ? and step = 'asked'", [text_id])

    def cancel(self, text_id: str, *, reason: str) -> bool:
        """Cancel a queued or scheduled text; return False if it was sent, or may have been."""
        return self._move(
            text_id,
            "step = 'taken back', reason = ? where text_id = ? and step in ('queued', 'scheduled')",
            [reason, text_id],
        )

    def _move(self, text_id: str, assignment: str, arguments: list[object]) -> bool:
        def work(db: SqliteDatabase) -> bool:
            if db.execute(f"update replies set {assignment}", arguments).rowcount == 0:
                return False
            show_text(db, text_id)
            return True

        return self._database.write(work)


def show_text(db: SqliteDatabase, text_id: str) -> None:
    """Have a text and the card of its call rendered again. Call it inside a write."""
    db.execute("update texts set version = version + 1 where text_id = ?", [text_id])
    show_call_of(db, text_id)


@dataclass(frozen=True)
class Draft:
    """A text as it was written; numbers in E.164. `slack_user` is None for automatic texts.

    `call_id` is the call that it answers, which is claimed with it if `claims`; `channel` is where
    it was written. `send_at` (unix seconds) and `zone` are set for one that is sent later.
    `resends` is the ID of the text that it sends again. `filled` is what a template filled in.
    `needed_at` (unix seconds) is set for one with only the template for a missed call: its writer
    saw then that the call was open.
    """

    text_id: str
    number: str
    company_number: str
    body: str
    slack_user: str | None
    platform: Platform = Platform.SMS
    call_id: str | None = None
    channel: str | None = None
    claims: bool = False
    send_at: float | None = None
    zone: str | None = None
    resends: str | None = None
    filled: Filled = NOT_FILLED
    needed_at: float | None = None


@dataclass(frozen=True)
class Queued:
    """A stored draft, and how often it was searched for; times in unix seconds."""

    draft: Draft
    step: SendState
    written_at: float
    sending_since: float | None
    looks: int
    look_at: float | None


_COLUMNS = (
    "text_id, number, company_number, body, slack_user, platform, call_id, channel, step,"
    " written_at, sending_since, looks, look_at, send_at, zone"
)

_IN_TURN = "order by slack_user is null, written_at, text_id"


class SendQueue(ReplySteps):
    """Outgoing texts, by their ID."""

    def add(self, draft: Draft, *, now: float) -> bool:
        """Store a text to be sent, now or at its time.

        Return False if its ID is stored already, or if what it repeats was sent again before.
        """

        def work(db: SqliteDatabase) -> bool:
            again = [draft.resends, draft.text_id]
            if db.execute(_RESENT, again).fetchone() or not _insert(db, draft, now):
                return False
            if draft.claims and draft.call_id and draft.slack_user:
                take_claim(db, draft.call_id, draft.slack_user, now=now)
            show_call_of(db, draft.text_id)
            return True

        return self._database.write(work)

    def was_resent(self, text_id: str, *, by_other_than: str = "") -> bool:
        """Return whether a text was sent again, or will be, by another than the one with an ID.

        For one that repeats another, that is if the other was sent after all.
        """
        return self._database.row(_RESENT, [text_id, by_other_than]) is not None

    def next_queued(self) -> Queued | None:
        """Return the text to send next. Texts from people go before automatic ones."""
        row = self._database.row(
            f"select {_COLUMNS} from replies where step = 'queued' {_IN_TURN} limit 1"
        )
        return _queued(row) if row else None

    def must_wait(self) -> bool:
        """Return whether no text may be sent until webhooks that a burst left unread are read."""
        return self._database.row(f"{_UNREAD_TEXT} limit 1") is not None

    def queued(self) -> list[str]:
        """Return the IDs of all queued texts, in the order in which they are sent."""
        rows = self._database.rows(f"select text_id from replies where step = 'queued' {_IN_TURN}")
        return [row["text_id"] for row in rows]

    def unconfirmed(self) -> list[Queued]:
        """Return the texts that were sent without an answer."""
        rows = self._database.rows(
            f"select {_COLUMNS} from replies where step in ('sending', 'unsure')"
            " order by sending_since"
        )
        return [_queued(row) for row in rows]

    def latest_by_others(
        self, number: str, *, than: str | None, since: float
    ) -> tuple[str | None, float] | None:
        """Return who else wrote to a number since a time, and when (unix seconds).

        None is the app. While its text waits, it doesn't count: that of a person replaces it.
        """
        row = self._database.row(
            "select slack_user, written_at from replies where number = ? and written_at >= ?"
            " and slack_user is not ? and step not in ('refused', 'taken back')"
            " and (slack_user is not null or step != 'queued') order by written_at desc limit 1",
            [number, since, than],
        )
        return (row["slack_user"], row["written_at"]) if row else None

    def last_writer(self, number: str, *, since: float, before: float) -> str | None:
        """Return the Slack user who last wrote to a number in a span (unix seconds)."""
        row = self._database.row(
            "select slack_user from replies where number = ? and slack_user is not null"
            " and sending_since >= ? and sending_since < ? order by sending_since desc limit 1",
            [number, since, before],
        )
        return row["slack_user"] if row else None


def _insert(db: SqliteDatabase, draft: Draft, now: float) -> bool:
    first = db.execute(_FIRST, [draft.resends]).fetchone() if draft.resends else None
    told = {
        "is_incoming": False,
        "platform": draft.platform,
        "number": draft.number,
        "company_number": draft.company_number,
        "at": now,
        "body": draft.body,
        **({} if draft.send_at is None else {"owners": owners_of(db, draft.number)}),
        **({"filled": draft.filled} if any(draft.filled) else {}),
        **({} if draft.needed_at is None else {"needed_at": draft.needed_at}),
        **({"resends": first[0] if first else draft.resends} if draft.resends else {}),
    }
    facts = {name: (int(TextSource.OURS), value) for name, value in told.items()}
    added = db.execute(
        "insert or ignore into texts (text_id, facts, number, is_incoming, at)"
        " values (?, ?, ?, 0, ?)",
        [draft.text_id, json.dumps(facts), draft.number, now],
    )
    if added.rowcount == 0:
        return False
    db.execute(
        "insert into replies (text_id, number, company_number, platform, body, slack_user,"
        " call_id, channel, step, written_at, send_at, zone)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            draft.text_id,
            draft.number,
            draft.company_number,
            draft.platform,
            draft.body,
            draft.slack_user,
            draft.call_id,
            draft.channel,
            SendState.QUEUED if draft.send_at is None else SendState.SCHEDULED,
            now,
            draft.send_at,
            draft.zone,
        ],
    )
    return True


def _queued(row: sqlite3.Row) -> Queued:
    draft = Draft(
        text_id=row["text_id"],
        number=row["number"],
        company_number=row["company_number"],
        body=row["body"],
        slack_user=row["slack_user"],
        platform=Platform(row["platform"]),
        call_id=row["call_id"],
        channel=row["channel"],
        send_at=row["send_at"],
        zone=row["zone"],
    )
    step = SendState(row["step"])
    return Queued(
        draft, step, row["written_at"], row["sending_since"], row["looks"], row["look_at"]
    )
