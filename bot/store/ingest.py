"""Event ingestion: each event once, merged into its call or text."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlite_utils import Database as SqliteDatabase

from bot.models.calls import Call, add_report, call_from_reports, pack_facts, unpack_facts
from bot.models.events import Event
from bot.models.merge import Fields
from bot.store.integrations.enqueue import enqueue_calls
from bot.store.missed_calls import follow_calls
from bot.store.privacy.report_filter import drop_erased
from bot.store.text_ingest import add_text

ROWS_A_STATEMENT = 200
T = TypeVar("T")


class Hold(StrEnum):
    """Why a call or a text isn't announced individually."""

    LATE = "late"  # found by polling, which decides about all its calls together
    QUIET = "quiet"  # ended before the app was installed


class Saved(StrEnum):
    """Result of storing an event."""

    NEWS = "news"
    NOTHING_NEW = "nothing new"
    DUPLICATE = "duplicate"
    KEPT = "kept"  # of a kind that nothing uses yet


@dataclass(frozen=True)
class Arrival:
    """An event as received; `hold` applies only to new calls and texts.

    `signature` is the scheme that a webhook was signed with; polled events have none. An event that
    `is_unread` is stored without its report, which is read and merged later.
    """

    event: Event
    at: float
    hold: Hold | None
    signature: str | None = None
    is_unread: bool = False


def ingest_events(db: SqliteDatabase, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Store events in a few statements for all, since each one yields to other threads."""
    erased = drop_erased(db, [arrival.event for arrival in arrivals])
    kept = [one for one, is_erased in zip(arrivals, erased, strict=True) if not is_erased]
    unseen = _insert_events(db, kept)
    fresh, saved = [], []
    for arrival, is_erased in zip(arrivals, erased, strict=True):
        if is_erased:
            saved.append(Saved.NOTHING_NEW)
            continue
        is_fresh = arrival.event.event_id in unseen
        unseen.discard(arrival.event.event_id)  # the same event again is a duplicate
        saved.append(Saved.KEPT if is_fresh else Saved.DUPLICATE)
        if is_fresh:
            fresh.append(arrival)
    became = iter(_add_reports(db, fresh))
    return [next(became) if one is Saved.KEPT else one for one in saved]


def store_unread(db: SqliteDatabase, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Store events as they are, with little work; new ones count as news until they are read."""
    unseen = _insert_events(db, arrivals)
    saved = []
    for arrival in arrivals:
        saved.append(Saved.NEWS if arrival.event.event_id in unseen else Saved.DUPLICATE)
        unseen.discard(arrival.event.event_id)
    return saved


def merge_unread(db: SqliteDatabase, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Merge events that were stored unread; an erased one is deleted.

    Those that are no longer unread, or no longer there, change nothing.
    """
    erased = drop_erased(db, [arrival.event for arrival in arrivals])
    read: list[Arrival] = []
    for arrival, is_erased in zip(arrivals, erased, strict=True):
        event = arrival.event
        if is_erased:
            db.execute("delete from events where event_id = ? and is_unread = 1", [event.event_id])
        elif db.execute(
            "update events set is_unread = 0, call_id = ?, body = ? where event_id = ?"
            " and is_unread = 1",
            [event.report and event.report.call_id, _kept(event), event.event_id],
        ).rowcount:
            read.append(arrival)
    return _add_reports(db, read)


def _kept(event: Event) -> str:
    return event.body if event.kept is None else event.kept


def _insert_events(db: SqliteDatabase, arrivals: Sequence[Arrival]) -> set[str]:
    """Insert the events that are new; return their IDs."""
    unseen: set[str] = set()
    for some in _slices(arrivals):
        values = [
            value
            for arrival in some
            for value in (
                arrival.event.event_id,
                arrival.event.kind,
                arrival.event.report and arrival.event.report.call_id,
                arrival.event.body if arrival.is_unread else _kept(arrival.event),
                arrival.at,
                arrival.signature,
                arrival.is_unread,
            )
        ]
        inserted = db.execute(
            "insert or ignore into events (event_id, kind, call_id, body, received_at, signature,"
            f" is_unread) values {_places(7, len(some))} returning event_id",
            values,
        )
        unseen.update(row[0] for row in inserted)
    return unseen


def _add_reports(db: SqliteDatabase, arrivals: Sequence[Arrival]) -> list[Saved]:
    """Merge reports into their calls; return the result for each event."""
    call_ids = {a.event.report.call_id for a in arrivals if a.event.report is not None}
    calls: dict[str, Fields] = {
        call_id: unpack_facts(json.loads(facts))
        for call_id, facts in _select(db, "call_id, facts", "calls", "call_id", call_ids)
    }
    saved: list[Saved] = []
    changed: dict[str, Hold | None] = {}
    for arrival in arrivals:
        report = arrival.event.report
        if report is None:
            saved.append(_add_text(db, arrival))
            continue
        facts = add_report(calls.get(report.call_id, {}), report)
        is_news = facts != calls.get(report.call_id)
        saved.append(Saved.NEWS if is_news else Saved.NOTHING_NEW)
        if is_news:
            calls[report.call_id] = facts
            changed.setdefault(report.call_id, arrival.hold)
    known = [call_from_reports(call_id, calls[call_id]) for call_id in changed]
    _write_calls(db, [(call, calls[call.call_id], changed[call.call_id]) for call in known])
    follow_calls(db, known)
    if arrivals:
        news = [call for call in known if changed[call.call_id] is not Hold.QUIET]
        enqueue_calls(db, news, now=max(arrival.at for arrival in arrivals))
    return saved


def _add_text(db: SqliteDatabase, arrival: Arrival) -> Saved:
    event = arrival.event
    if event.text is None:
        return Saved.KEPT
    is_quiet = arrival.hold is Hold.QUIET
    is_news = add_text(db, event.text, event.authority, now=arrival.at, is_quiet=is_quiet)
    return Saved.NEWS if is_news else Saved.NOTHING_NEW


def _write_calls(db: SqliteDatabase, calls: Sequence[tuple[Call, Fields, Hold | None]]) -> None:
    for some in _slices(calls):
        values = [value for one in some for value in _call_row(*one)]
        db.execute(
            f"""
            insert into calls (call_id, version, hold, facts, direction, outcome, remote_number,
                               extension, company_number, started_at, ended_at, seconds,
                               sentiment)
            values {_places(13, len(some))}
            on conflict (call_id) do update set
                version = version + 1, facts = excluded.facts, direction = excluded.direction,
                outcome = excluded.outcome, remote_number = excluded.remote_number,
                extension = excluded.extension, company_number = excluded.company_number,
                started_at = excluded.started_at, ended_at = excluded.ended_at,
                seconds = excluded.seconds, sentiment = excluded.sentiment
            """,
            values,
        )


def _call_row(call: Call, facts: Fields, hold: Hold | None) -> list[Any]:
    return [
        call.call_id,
        1,
        hold,
        json.dumps(pack_facts(facts)),
        call.direction,
        call.outcome,
        call.remote_number,
        call.extension,
        call.company_number,
        call.started_at,
        call.ended_at,
        call.seconds,
        call.sentiment,
    ]


def _select(
    db: SqliteDatabase, columns: str, table: str, key: str, keys: Collection[str]
) -> Iterator[tuple[Any, ...]]:
    for some in _slices(list(keys)):
        where = f"{key} in {_places(len(some), 1)}"
        yield from db.execute(f"select {columns} from {table} where {where}", list(some))


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split into pieces that keep below SQLite's limit on values in a statement."""
    for start in range(0, len(items), ROWS_A_STATEMENT):
        yield items[start : start + ROWS_A_STATEMENT]


def _places(columns: int, rows: int) -> str:
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)
