"""Measures the bytes that a call takes on the disk, by table."""

import json
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.calls.indexing import index_calls
from bot.sandbox.company.model import make_call, make_company
from bot.store import Store
from bot.vocatech.events import parse_event
from tests.bench.wire import row

SHOWN = 6


def take_calls(store, count):
    """Store each call with its webhooks: started, answered, ended, and transcribed."""
    rng, company, now = random.Random(1), make_company(), datetime.now(UTC)
    for number in range(count):
        call = make_call(rng, company, at=now - timedelta(minutes=7 * (count - number)))
        call["call_id"] = f"5f0c1c9e-6b1d-4c53-9a8e-{number:012}"
        early = {name: call.get(name) for name in ("call_id", "direction", "remote_number")}
        for kind, data in (
            ("call.started", early),
            ("call.answered", early),
            ("call.ended", {**call, "journey": [], "transcription": None, "summary": None}),
            ("call.transcription", call),
        ):
            body = json.dumps({"id": f"evt_{kind}_{number}", "event_type": kind, "data": data})
            event = parse_event(body.encode("utf-8", "replace"), region="US")
            store.calls.save(event, now=time.time(), signature="observed")


def sizes(path):
    """Return the bytes of each table with its indexes, the greatest first; full-text parts are one.

    The free pages of a growing file don't count.
    """
    with sqlite3.connect(path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        owners = dict(db.execute("select name, tbl_name from sqlite_schema").fetchall())
        found = {}
        for name, size in db.execute("select name, sum(pgsize) from dbstat group by name"):
            owner = owners.get(name, name).removesuffix("_data").removesuffix("_idx")
            found[owner] = found.get(owner, 0) + size
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def measure_size(row, count):
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "bot.db")
        empty = sum(sum(sizes(path).values()) for path in Path(folder).glob("*.db"))
        take_calls(store, count)
        index_calls(store=store)
        said = store.database.row("select avg(length(facts)) as n from calls")["n"]
        store.close()
        found = {}
        for path in Path(folder).glob("*.db"):
            found |= sizes(path)
    kept = sum(found.values()) - empty - found["events"]
    row("bytes a call on disk, kept for years", f"{kept / count:,.0f} (its facts: {said:,.0f})", "")
    row("    and for thirty days, its webhooks", f"{found['events'] / count:,.0f}", "")
    largest = ", ".join(f"{name} {size / count:,.0f}" for name, size in [*found.items()][:SHOWN])
    row("    by table", largest, "")


if __name__ == "__main__":
    measure_size(row, 2_000)
