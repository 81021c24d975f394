"""Owns how far the sending of a text that was written here has come: its steps, each once.

`queued`, then `sending` while a request is on its way, then `sent` or `refused`; where the answer
was lost it is `unsure` until the provider's list tells, or `asked` where that does not. The
intake of texts is what notes that one is out after all.
"""

from collections.abc import Mapping

from sqlite_utils import Database as SqliteDatabase

from bot.store.connection import Database
from bot.store.text_ingest import show_call_of

_NOT_OUT = "not exists (select 1 from opt_outs where opt_outs.number = replies.number and is_out)"


class ReplySteps:
    """Texts written here, taken from one step to the next by their id."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def begin(self, text_id: str, *, now: float) -> bool:
        """Note that a text is about to be sent; False where it must not be any more."""
        return self._move(
            text_id,
            f"step = 'sending', sending_since = ?, leaves_at = null where text_id = ?"
            f" and step = 'queued' and {_NOT_OUT}",
            [now, text_id],
        )

    def wait(self, times: Mapping[str, float | None]) -> None:
        """Note when queued texts will leave (unix seconds; None: unknown), where that is news."""

        def work(db: SqliteDatabase) -> None:
            for text_id, at in times.items():
                moved = db.execute(
                    "update replies set leaves_at = ? where text_id = ? and step = 'queued'"
                    # Seconds make no other minute: nobody is shown more.
                    " and coalesce(abs(leaves_at - ?) > 30, leaves_at is not ?)",
                    [at, text_id, at, at],
                )
                if moved.rowcount > 0:
                    _show(db, text_id)

        self._database.write(work)

    def mark_sent(self, text_id: str) -> None:
        """Note that the provider has taken a text."""
        self._move(text_id, "step = 'sent', reason = null where text_id = ?", [text_id])

    def give_back(self, text_id: str) -> None:
        """Note that a text was surely not sent and is to be, later."""
        self._move(
            text_id,
            "step = 'queued', sending_since = null where text_id = ? and step = 'sending'",
            [text_id],
        )

    def refuse(self, text_id: str, reason: str) -> None:
        """Note that a text was surely not sent and will not be."""
        self._move(
            text_id,
            "step = 'refused', reason = ? where text_id = ? and step in ('queued', 'sending')",
            [reason, text_id],
        )

    def doubt(self, text_id: str, *, look_at: float, looks: int = 0) -> None:
        """Note that nobody knows whether a text was sent; `looks` were in vain so far.

        `look_at` is when to look (again) for it, in unix seconds.
        """
        self._move(
            text_id,
            "step = 'unsure', look_at = ?, looks = ? where text_id = ?"
            " and step in ('sending', 'unsure')",
            [look_at, looks, text_id],
        )

    def ask(self, text_id: str) -> None:
        """Note that a person must say what became of a text."""
        self._move(
            text_id,
            "step = 'asked' where text_id = ? and step in ('sending', 'unsure')",
            [text_id],
        )

    def believe(self, text_id: str) -> bool:
        """Note that a person says it was sent; False where that was settled already."""
        return self._move(text_id, "step = 'sent' where text_id = ? and step = 'asked'", [text_id])

    def take_back(self, text_id: str, *, reason: str) -> bool:
        """Take back a text that waits; False where it is out, or may be."""
        return self._move(
            text_id,
            "step = 'taken back', reason = ? where text_id = ? and step = 'queued'",
            [reason, text_id],
        )

    def _move(self, text_id: str, assignment: str, arguments: list[object]) -> bool:
        def work(db: SqliteDatabase) -> bool:
            if db.execute(f"update replies set {assignment}", arguments).rowcount == 0:
                return False
            _show(db, text_id)
            return True

        return self._database.write(work)


def _show(db: SqliteDatabase, text_id: str) -> None:
    db.execute("update texts set version = version + 1 where text_id = ?", [text_id])
    show_call_of(db, text_id)
