"""Measures claims: two people at the same time, a thousand times, and the search for open calls."""

import tempfile
import time
from pathlib import Path

from bot.store import Store
from tests.bench.home import fill_calls
from tests.missed_calls.test_claims import race


def measure_claims(row, folder, count):
    """Race for a thousand calls, then search many calls for the ones that need a callback."""
    store = Store.open(Path(folder) / "claims.db")
    began = time.perf_counter()
    outcomes = race(store)
    took = time.perf_counter() - began
    same = sum(to_one == to_other for to_one, to_other in outcomes)
    row(
        "two people claim at once, 1,000 times",
        f"{same} times one winner, {took:.1f} s",
        "1,000 times one winner",
    )
    fill_calls(store, count)
    store.database.write(lambda db: db.execute("update calls set hold = null"))
    times = []
    for _ in range(20):
        began = time.perf_counter()
        store.missed_calls.all_since(time.time() - 7 * 86_400)
        times.append((time.perf_counter() - began) * 1000)
    store.close()
    row(
        f"who is to be called back, {count:,} calls stored",
        f"median {sorted(times)[10]:.0f} ms, slowest {max(times):.0f} ms",
        "at most 300 ms",
    )
    return {"list of callbacks": sorted(times)[10]}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure_claims(print, place, 1_000_000)
