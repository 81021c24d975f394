"""The outbox: what each channel must show, and what it already shows."""

import itertools
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import RoutableCall, call_from_reports
from bot.models.channels import DeliveryPolicy
from bot.models.outbox import Post, Subject
from bot.models.rules import How, Why
from bot.store.database.connection import Database
from bot.store.database.restore_marks import RESTORED_FROM
from bot.store.outbox.enqueue import enqueue_card, route_call, share_card
from bot.store.outbox.invalidation import show_card_of
from bot.store.outbox.rows import why_as_json

_COLUMNS = (
    "post_id, subject_kind, subject, channel, wanted, announced, ts, shown, sending_since,"
    " created_at, under, menu_uses, (select ts from posts as head where head.post_id = posts.under)"
    " as thread_ts, aloud, coalesce(sending_since = (select cast(value as real) from notes"
    f" where name = '{RESTORED_FROM}'), 0) as is_restored"
)
_NEVER_EDITED = (Subject.NOTICE, Subject.MEDIA, Subject.DIGEST)
_HAS_HEAD = (
    "(under is null or exists (select 1 from posts as head"
    " where head.post_id = posts.under and head.ts is not null))"
)
# The texts of a thread keep their order.
_IS_NEXT_IN_THREAD = (
    "(under is null or not exists (select 1 from posts as other"
    " where other.channel = posts.channel and other.sending_since is not null"
    " and other.ts is null and other.parked is null and other.under = posts.under))"
)
_IS_NEXT_POST = f"sending_since is null and {_IS_NEXT_IN_THREAD}"
_IS_EDIT = "true"
# A thread can have no posts before its head is posted.
_DUE = f"announced < wanted and parked is null and bundle is null and held = 0 and {_HAS_HEAD}"


class Posts:
    """Posts, at most one per subject and channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def route(
        self,
        chosen: Sequence[tuple[RoutableCall, Mapping[str, Why]]],
        receptions: Mapping[str, DeliveryPolicy],
        *,
        now: float,
    ) -> None:
        """Record the channels of these calls, and why; posted cards are updated.

        `receptions` has the delivery policy of each channel.
        """

        def work(db: SqliteDatabase) -> None:
            for call, places in chosen:
                route_call(db, call, places, receptions, now)

        self._database.write(work)

    def add(
        self,
        call: RoutableCall,
        places: Mapping[str, Why],
        receptions: Mapping[str, DeliveryPolicy],
        *,
        now: float,
    ) -> None:
        """Post a call in further channels, unless it is there; its other posts stay as they are."""

        def work(db: SqliteDatabase) -> None:
            for channel, why in places.items():
                enqueue_card(db, call, channel, why, receptions[channel], now)

        self._database.write(work)

    def place_waiting(
        self,
        call_id: str,
        places: Mapping[str, Why],
        receptions: Mapping[str, DeliveryPolicy],
        *,
        now: float,
    ) -> None:
        """Record the channels of a call that routing left without any."""

        def work(db: SqliteDatabase) -> None:
            row = db.execute(
                "select version, facts from calls where call_id = ? and not exists (select 1 from"
                " posts where subject_kind = 'call' and subject = call_id"
                " and coalesce(json_extract(why, '$.how'), '') not in ('own', 'shared'))",
                [call_id],
            ).fetchone()
            if row:
                call = call_from_reports(call_id, json.loads(row[1]))
                route_call(db, RoutableCall(call, row[0]), places, receptions, now)

        self._database.write(work)

    def channels_with_work(self) -> list[str]:
        """Return the channels that have something to post or to edit."""
        # From one channel to the next by index: many posts in one cost no more than one.
        rows = self._database.rows(
            f"""
            with recursive found (channel) as (
                select min(channel) from posts where {_DUE}
                union all
                select (select min(channel) from posts where {_DUE} and channel > found.channel)
                from found where found.channel is not null
            )
            select channel from found where channel is not null
            """
        )
        return [row["channel"] for row in rows]

    def unconfirmed(self, channel: str) -> list[Post]:
        """Return the posts of the channel that were sent without an answer, oldest first."""
        rows = self._database.rows(
            f"select {_COLUMNS} from posts where channel = ? and sending_since is not null"
            f" and ts is null and parked is null and bundle is null and held = 0 and {_HAS_HEAD}"
            " order by post_id",
            [channel],
        )
        return [_post(row) for row in rows]

    def next_due(
        self,
        channel: str,
        *,
        with_posts: bool = True,
        with_edits: bool = True,
        but: Iterable[int] = (),
    ) -> Post | None:
        """Return the next post to send in the channel: missed calls first, posts before edits.

        Posts go in order; of the edits, the newest card's goes first. Unconfirmed posts are left
        out, and those in the same thread wait for them.
        """
        skipped = ",".join(str(int(post_id)) for post_id in but)
        allowed = [is_edit for is_edit, may in ((0, with_posts), (1, with_edits)) if may]
        for urgent, is_edit in itertools.product((1, 0), allowed):
            # One index entry each: a backlog costs nothing.
            row = self._database.row(
                f"select {_COLUMNS} from posts where channel = ? and {_DUE} and urgent = ?"
                f" and (ts is not null) = ? and {_IS_EDIT if is_edit else _IS_NEXT_POST}"
                f" and post_id not in ({skipped})"
                f" order by post_id {'desc' if is_edit else 'asc'} limit 1",
                [channel, urgent, is_edit],
            )
            if row:
                return _post(row)
        return None

    def has_newer_edits(self, post_id: int, *, count: int) -> bool:
        """Return whether newer cards, in any channel, wait for that many edits."""
        row = self._database.row(
            f"select count(*) as n from (select 1 from posts where {_DUE} and ts is not null"
            " and post_id > ? limit ?)",
            [post_id, count],
        )
        return bool(row and row["n"] >= count)

    def acquire_lease(self, post_id: int, *, now: float) -> bool:
        """Acquire the lease before sending a post; return False if another process was first.

        Also return False if its channel was muted in the meantime and the call belongs to a batch.
        """
        return self._change(
            "sending_since = ? where post_id = ? and sending_since is null and ts is null"
            " and bundle is null",
            [now, post_id],
        )

    def renew_lease(self, post: Post, *, now: float) -> bool:
        """Take over the lease of a post that was searched for and not found."""
        return self._change(
            "sending_since = ? where post_id = ? and sending_since = ? and ts is null",
            [now, post.post_id, post.sending_since],
        )

    def release_lease(self, post_id: int) -> None:
        """Release the lease of a post that Slack certainly rejected."""
        self._change("sending_since = null where post_id = ? and ts is null", [post_id])

    def mark_posted(self, post: Post, *, ts: str, shown: str) -> None:
        """Record that the post exists, and the version that it shows."""
        self._change(
            "ts = ?, shown = ?, announced = ? where post_id = ? and ts is null",
            [ts, shown, post.wanted, post.post_id],
        )

    def mark_reconciled(self, post: Post, *, ts: str) -> None:
        """Reconcile a post found in Slack; it counts as out of date."""
        announced = 1 if post.kind in _NEVER_EDITED else post.announced
        self._change(
            "ts = ?, announced = ? where post_id = ? and ts is null", [ts, announced, post.post_id]
        )

    def mark_shown(self, post: Post, *, shown: str) -> None:
        """Record the version that the post shows."""
        self._change(
            "shown = ?, announced = ? where post_id = ?", [shown, post.wanted, post.post_id]
        )

    def mark_dead_letter(self, post_id: int, reason: str) -> None:
        """Move a post to the dead letters, with the reason; the posts in its thread go with it."""
        self._change(
            "parked = ? where post_id = ? or (under = ? and ts is null"
            " and (select ts from posts as head where head.post_id = ?) is null)",
            [reason, post_id, post_id, post_id],
        )

    def has_grown(self, post: Post) -> bool:
        """Return whether a batch got more calls since its message was posted."""
        row = self._database.row(
            "select 1 from posts where bundle = ? and created_at > ? limit 1",
            [post.subject if post.kind is Subject.BUNDLE else None, float(post.ts or 0)],
        )
        return row is not None

    def post_again(self, post_id: int) -> None:
        """Post a message again that someone deleted."""
        self._change(
            "ts = null, shown = null, sending_since = null, announced = 0, parked = null"
            " where post_id = ?",
            [post_id],
        )

    def share(self, call_id: str, channel: str, *, by: str, now: float) -> bool:
        """Show a call in a channel because a Slack user shared it.

        Return False if it is shown or queued there already.
        """
        # From now on the call is updated there, like every card.
        why = why_as_json(Why(How.SHARED, by=by))
        return self._database.write(lambda db: share_card(db, call_id, channel, why=why, now=now))

    def place_of(self, call_id: str, channel: str) -> tuple[str | None, str | None]:
        """Return the `ts` of a call's message in a channel, and the dead-letter reason, if any."""
        row = self._database.row(
            "select coalesce(ts, (select ts from posts as told where told.channel = posts.channel"
            " and told.subject_kind = 'bundle' and told.subject = cast(posts.bundle as text)))"
            " as ts, parked from posts where subject_kind = 'call' and subject = ?"
            " and channel = ?",
            [call_id, channel],
        )
        return (row["ts"], row["parked"]) if row else (None, None)

    def subject_at(self, channel: str, ts: str) -> tuple[str, str] | None:
        """Return the kind and the subject of the post in a place; None if it isn't ours."""
        row = self._database.row(
            "select subject_kind, subject from posts where channel = ? and ts = ?", [channel, ts]
        )
        return (row["subject_kind"], row["subject"]) if row else None

    def reset_menu(self, call_id: str, channel: str) -> None:
        """Have the menu of a card shown again as if nothing were chosen."""

        def work(db: SqliteDatabase) -> None:
            db.execute(
                "update posts set menu_uses = menu_uses + 1"
                " where subject_kind = 'call' and subject = ? and channel = ?",
                [call_id, channel],
            )
            show_card_of(db, call_id)

        self._database.write(work)

    def is_shown(self, call_id: str, channel: str) -> bool:
        """Return whether a channel shows a call: on a card, in a batch, or in a summary."""
        ts, _ = self.place_of(call_id, channel)
        if ts is not None:
            return True
        row = self._database.row(
            "select 1 from posts join notices on notice_id = subject, json_each(detail, ?) as one"
            " where subject_kind = 'notice' and channel = ? and ts is not null and one.value = ?",
            ["$.call_ids", channel, call_id],
        )
        return row is not None

    def has_card(self, call_id: str, channel: str) -> bool:
        """Return whether a call has its own card in a channel, and isn't part of a summary."""
        row = self._database.row(
            "select 1 from posts where subject_kind = 'call' and subject = ? and channel = ?"
            " and bundle is null and parked is null",
            [call_id, channel],
        )
        return row is not None

    def why(self, call_id: str, channel: str) -> Why | None:
        """Return why a call's card is in a channel, if that was recorded."""
        row = self._database.row(
            "select why from posts where subject_kind = 'call' and subject = ? and channel = ?",
            [call_id, channel],
        )
        return Why.from_json(json.loads(row["why"])) if row and row["why"] else None

    def channels_of(self, call_id: str) -> list[str]:
        """Return the channels that the rules, or the settings, chose for a call."""
        rows = self._database.rows(
            "select channel from posts where subject_kind = 'call' and subject = ?"
            " and coalesce(json_extract(why, '$.how'), '') not in ('own', 'shared')"
            " order by post_id",
            [call_id],
        )
        return [row["channel"] for row in rows]

    def waiting(self) -> int:
        """Return how many posts and edits are queued."""
        row = self._database.row(f"select count(*) as n from posts where {_DUE}")
        return row["n"] if row else 0

    def _change(self, assignment: str, arguments: Sequence[Any]) -> bool:
        return self._database.write(
            lambda db: db.execute(f"update posts set {assignment}", arguments).rowcount > 0
        )


def _post(row: sqlite3.Row) -> Post:
    known = dict(row)
    kind = Subject(known.pop("subject_kind"))
    aloud, is_restored = bool(known.pop("aloud")), bool(known.pop("is_restored"))
    return Post(kind=kind, aloud=aloud, is_restored=is_restored, **known)
