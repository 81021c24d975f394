"""The timeline of a number or contact, read from the indexes of what happened."""

import json
from collections.abc import Collection

from bot.models.calls import Call, call_from_reports
from bot.models.customers.timeline import TimelineEntry, TimelineKind, TimelineSubject
from bot.store.database.connection import Database

MAX_COUNTED = 100  # calls of a week
MAX_LOOKED_AT = 50  # of the caller's last calls, for one that was answered
# Each has an index in this order, so that a page costs the same among a million calls.
_BY_NUMBER = {
    TimelineKind.CALL: "select started_at as at, call_id as key from calls"
    " where remote_number = ? order by started_at desc limit ?",
    TimelineKind.TEXT: "select at, text_id as key from texts"
    " where number = ? order by at desc limit ?",
    TimelineKind.NOTE: "select at, note_id as key from customer_notes"
    " where number = ? order by at desc limit ?",
    TimelineKind.FOLLOW_UP: "select created_at as at, follow_up_id as key from follow_ups"
    " where number = ? order by created_at desc limit ?",
}
_NOTES_OF_CONTACT = (
    "select at, note_id as key from customer_notes where contact_id = ? order by at desc limit ?"
)


class Timelines:
    """Timelines, by number and contact."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, subject: TimelineSubject, *, limit: int, offset: int = 0) -> list[TimelineEntry]:
        """Return entries, newest first."""
        most = limit + offset
        found: dict[tuple[TimelineKind, str], TimelineEntry] = {}
        for number in subject.numbers:
            for kind, sql in _BY_NUMBER.items():
                self._collect(found, kind, sql, number, most)
        if subject.contact_id is not None:
            self._collect(found, TimelineKind.NOTE, _NOTES_OF_CONTACT, subject.contact_id, most)
        newest = sorted(found.values(), key=lambda one: (one.at or 0.0, one.key), reverse=True)
        return newest[offset:most]

    def count(self, number: str, *, since: float, until: float) -> int:
        """Return how many incoming calls a number made in a span, both ends included.

        Counting stops at a hundred.
        """
        row = self._database.row(
            "select count(*) as n from (select 1 from calls where remote_number = ?"
            " and started_at >= ? and started_at <= ? and direction = 'incoming' limit ?)",
            [number, since, until, MAX_COUNTED],
        )
        return row["n"] if row else 0

    def last_talk(self, number: str, *, before: float) -> Call | None:
        """Return the last answered call with a number that began before a time (unix seconds)."""
        row = self._database.row(
            "select call_id, facts from calls where call_id = (select call_id from"
            " (select call_id, outcome, started_at from calls where remote_number = ?"
            " and started_at < ? order by started_at desc limit ?)"
            " where outcome = 'answered' order by started_at desc limit 1)",
            [number, before, MAX_LOOKED_AT],
        )
        return call_from_reports(row["call_id"], json.loads(row["facts"])) if row else None

    def _collect(
        self,
        found: dict[tuple[TimelineKind, str], TimelineEntry],
        kind: TimelineKind,
        sql: str,
        value: str | int,
        limit: int,
    ) -> None:
        for row in self._database.rows(sql, [value, limit]):
            key = str(row["key"])
            found[kind, key] = TimelineEntry(kind, key, row["at"])


def kinds_in(entries: Collection[TimelineEntry], kind: TimelineKind) -> list[str]:
    """Return the IDs of the entries of one kind."""
    return [one.key for one in entries if one.kind is kind]
