"""Claims on missed calls, and their reminders."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database as SqliteDatabase

from bot.models.missed_calls import Claim
from bot.store.audit import record_action
from bot.store.database.connection import Database
from bot.store.missed_calls import open_group_of
from bot.store.outbox.invalidation import show_cards_of
from bot.store.outbox.notices import Notice, add_notice

HANDED_OVER = "handed over"
# Of one person; older ones are closed, or too old for a callback.
MOST_CLAIMS = 1_000

_THEM = "call_id in (select value from json_each(?))"


class Claims:
    """Claims, at most one per call.

    Every action on a call applies to all open calls from the same caller.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, call_id: str) -> Claim | None:
        """Return who claimed a call."""
        row = self._database.row("select * from claims where call_id = ?", [call_id])
        return Claim(row["slack_user"], row["at"]) if row else None

    def owners(self) -> set[str]:
        """Return the Slack users who ever claimed a call that is still stored."""
        return {row[0] for row in self._database.rows("select distinct slack_user from claims")}

    def claimed_by(self, slack_user: str) -> list[str]:
        """Return the calls that a person claimed, the latest first, closed ones included."""
        rows = self._database.rows(
            "select call_id from claims where slack_user = ? order by at desc limit ?",
            [slack_user, MOST_CLAIMS],
        )
        return [row["call_id"] for row in rows]

    def take(self, call_id: str, slack_user: str, *, now: float) -> Claim | None:
        """Claim a call; return the owner, or None if it doesn't need a callback."""
        return self._database.write(lambda db: take_claim(db, call_id, slack_user, now=now))

    def release(self, call_id: str, owner: str, *, by: str, now: float) -> bool:
        """Release a call that `owner` has; return False if `owner` no longer has it."""
        return self._with_owner(
            call_id,
            owner,
            lambda db, ids: db.execute(f"delete from claims where {_THEM}", [ids]),
            lambda db: record_action(db, by, "released a call", call_id, now=now),
        )

    def hand_over(self, call_id: str, owner: str, to: str, *, by: str, now: float) -> bool:
        """Reassign a call and notify the new owner; return False if `owner` doesn't have it."""
        sql = f"update claims set slack_user = ?, at = ? where {_THEM}"

        def note(db: SqliteDatabase) -> None:
            record_action(db, by, "handed a call over", f"{call_id} to {to}", now=now)
            if to != by:
                detail = {"call_id": call_id, "by": by, "owner": to}
                add_notice(
                    db, Notice(f"{HANDED_OVER} {call_id} {now}", HANDED_OVER, detail), [to], now
                )

        return self._with_owner(
            call_id, owner, lambda db, ids: db.execute(sql, [to, now, ids]), note
        )

    def call_back(self, call_id: str, slack_user: str, *, now: float) -> bool:
        """Mark a call as called back; return False if it no longer needs a callback."""

        def work(db: SqliteDatabase) -> bool:
            group = open_group_of(db, call_id)
            rows = [(one, slack_user, now) for one in group]
            # A person who called back without a claim becomes the owner, also after a reopening.
            db.conn.executemany(
                "insert or ignore into claims (call_id, slack_user, at) values (?, ?, ?)", rows
            )
            db.conn.executemany(
                "insert into closings (call_id, slack_user, at) values (?, ?, ?)", rows
            )
            if group:
                record_action(db, slack_user, "called back", call_id, now=now)
                show_cards_of(db, group)
            return bool(group)

        return self._database.write(work)

    def reopen(self, call_id: str, slack_user: str, *, now: float) -> bool:
        """Reopen all calls that were marked as called back together; return False if none were."""

        def work(db: SqliteDatabase) -> bool:
            rows = db.execute(
                "delete from closings where (slack_user, at) ="
                " (select slack_user, at from closings where call_id = ?) returning call_id",
                [call_id],
            ).fetchall()
            if rows:
                record_action(db, slack_user, "took a call up again", call_id, now=now)
                # Cards of the caller's later calls count these, too.
                show_cards_of(db, {*(row[0] for row in rows), *open_group_of(db, call_id)})
            return bool(rows)

        return self._database.write(work)

    def _with_owner(
        self,
        call_id: str,
        owner: str,
        change: Callable[[SqliteDatabase, str], object],
        note: Callable[[SqliteDatabase], None],
    ) -> bool:
        """Change a call's claim, unless its owner has changed."""

        def work(db: SqliteDatabase) -> bool:
            group = open_group_of(db, call_id)
            row = db.execute(
                "select slack_user from claims where call_id = ?", [call_id]
            ).fetchone()
            if not group or not row or row[0] != owner:
                return False
            change(db, json.dumps(group))
            note(db)
            show_cards_of(db, group)
            return True

        return self._database.write(work)


def take_claim(db: SqliteDatabase, call_id: str, slack_user: str, *, now: float) -> Claim | None:
    """Claim a call, as `Claims.take` does. Call it inside a write."""
    group = open_group_of(db, call_id)
    if not group:
        return None
    ids = json.dumps(group)
    row = db.execute(
        f"select slack_user, at from claims where {_THEM} order by call_id != ?, at limit 1",
        [ids, call_id],
    ).fetchone()
    claim = Claim(*row) if row else Claim(slack_user, now)
    added = db.execute(
        "insert or ignore into claims (call_id, slack_user, at)"
        " select value, ?, ? from json_each(?)",
        [claim.slack_user, claim.at, ids],
    )
    if row is None:
        record_action(db, slack_user, "claimed a call", call_id, now=now)
    if added.rowcount > 0:
        show_cards_of(db, group)
    return claim


@dataclass(frozen=True)
class Place:
    """Where a card is: its channel, and the post that its thread belongs to."""

    channel: str
    post_id: int


class Reminders:
    """Reminder stages, by call; a reminder counts for all open calls of its caller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stages(self, call_ids: list[str]) -> set[str]:
        """Return the stages that these calls have gone through."""
        rows = self._database.rows(
            "select stage from reminders where call_id in (select value from json_each(?))",
            [json.dumps(call_ids)],
        )
        return {row["stage"] for row in rows}

    def places(self, call_id: str) -> list[Place]:
        """Return the channels that show a call, alone or in a batch, except direct messages."""
        rows = self._database.rows(
            "select channel, post_id from posts where subject_kind = 'call' and subject = ?"
            " and ts is not null and channel glob '[CG]*'"
            " union select told.channel, told.post_id from posts as card join posts as told"
            " on told.subject_kind = 'bundle' and told.subject = cast(card.bundle as text)"
            " and told.channel = card.channel where card.subject_kind = 'call'"
            " and card.subject = ? and told.ts is not null and told.channel glob '[CG]*'",
            [call_id, call_id],
        )
        return [Place(row["channel"], row["post_id"]) for row in rows]

    def remind(
        self,
        call_id: str,
        stage: str,
        notice: Notice,
        to: list[Place] | str,
        *,
        owner: str | None,
        now: float,
    ) -> bool:
        """Send a reminder to a Slack user, or to the threads of cards.

        Return False if it was sent before, the call needs no callback, or `owner` isn't the owner
        any more.
        """

        def work(db: SqliteDatabase) -> bool:
            group = open_group_of(db, call_id)
            row = db.execute(
                "select slack_user from claims where call_id = ?", [call_id]
            ).fetchone()
            if not group or (row[0] if row else None) != owner:
                return False
            ids = json.dumps(group)
            if db.execute(
                "select 1 from reminders where stage = ?"
                " and call_id in (select value from json_each(?))",
                [stage, ids],
            ).fetchone():
                return False
            db.execute(
                "insert into reminders (call_id, stage, at) select value, ?, ? from json_each(?)",
                [stage, now, ids],
            )
            if isinstance(to, str):
                return add_notice(db, notice, [to], now)
            for place in to:
                add_notice(db, notice, [place.channel], now, under=place.post_id, aloud=True)
            return True

        return self._database.write(work)
