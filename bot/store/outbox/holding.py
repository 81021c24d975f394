"""Owns what waits while a channel is quiet, and comes by itself when it no longer is."""

from sqlite_utils import Database as SqliteDatabase

from bot.models.outbox import Subject


def hold_back(db: SqliteDatabase, head: int, text_id: str, channel: str) -> None:
    """Have a text wait that has not been shown yet, and the head of its thread with it."""
    db.execute(
        "update posts set held = 1 where (post_id = ? or subject_kind = ? and subject = ?"
        " and channel = ?) and ts is null and sending_since is null",
        [head, Subject.TEXT, text_id, channel],
    )


def hold_notice(db: SqliteDatabase, notice_id: str) -> None:
    """Have a notice wait that has not been shown yet."""
    db.execute(
        "update posts set held = 1 where subject_kind = ? and subject = ? and ts is null"
        " and sending_since is null",
        [Subject.NOTICE, notice_id],
    )


def go_on(db: SqliteDatabase, head: int) -> None:
    """Let a conversation be shown in which one of us writes: nobody is disturbed who is there."""
    db.execute(
        "update posts set held = 0 where held = 1 and (post_id = ? or under = ?)", [head, head]
    )


def let_go(db: SqliteDatabase, channel: str) -> None:
    """Let all come that waits for a channel."""
    db.execute("update posts set held = 0 where channel = ? and held = 1", [channel])
