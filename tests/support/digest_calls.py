"""Stored sample calls for digest tests and benchmarks."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.store import Store

COLUMNS = (
    "call_id, version, routed, hold, facts, direction, outcome, remote_number, extension,"
    " started_at, ended_at, seconds, sentiment"
)


def at(zone, year, month, day, hour=0, minute=0):
    """Return a local time as unix seconds."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


def call_row(call_id, moment, **facts):
    """Return a call as a table row."""
    known = {
        "direction": "incoming",
        "outcome": "answered",
        "number": "+12125550123",
        "extension": "101",
        "seconds": 60,
        "sentiment": None,
        "name": None,
        **facts,
    }
    listed = {
        "direction": [4, known["direction"]],
        "remote_number": [4, known["number"]],
        "remote_name": [4, known["name"]],
        "our_side": [4, [known["extension"], None]],
        "started_at": [4, moment],
        "stage": [4, 3],
        "status": [4, known["outcome"]],
        "seconds": [4, known["seconds"]],
        "sentiment": [4, known["sentiment"]],
    }
    return (
        call_id,
        1,
        1,
        "quiet",
        json.dumps({name: value for name, value in listed.items() if value[1] is not None}),
        known["direction"],
        known["outcome"],
        known["number"],
        known["extension"],
        moment,
        moment + (known["seconds"] or 0),
        known["seconds"],
        known["sentiment"],
    )


def put_calls(store: Store, rows) -> None:
    """Insert calls into the store, as if they were received long ago."""
    places = ", ".join("?" * len(COLUMNS.split(",")))
    store.database.write(
        lambda db: db.conn.executemany(f"insert into calls ({COLUMNS}) values ({places})", rows)
    )
