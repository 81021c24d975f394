"""Measures webhooks while the app backs up, purges, and erases, and without that.

`python -m tests.bench.maintenance 60` runs an hour of maintenance; `make bench` runs a minute.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

from bot.sandbox.demo.bot_process import run_command
from bot.store import Store
from tests.bench.home import DAYS, fill_calls
from tests.bench.stage import Stage
from tests.bench.wire import answer_times, in_ms, p99, requests_for, row

CALLS = 50_000
CALLS_OF_ERASED = 500
WORDS = "the quarterly order leaves the warehouse when the customer has signed and paid for it"
SECONDS_BETWEEN = 5.0
SECONDS_WITHOUT = 15.0
SECONDS_OF_SIGNATURES = 60.0  # they are valid for five minutes


def fill(database, *, erased):
    """Create calls of ninety days with transcripts, some of them of numbers to erase."""
    store, rng = Store.open(database), random.Random(1)
    fill_calls(store, CALLS)
    words = WORDS.split()

    def work(db):
        rows = db.execute("select call_id, facts from calls order by random() limit 10000")
        changed = []
        for call_id, stored in rows.fetchall():
            said = " ".join(rng.choice(words) for _ in range(300))
            facts = json.loads(stored) | {"transcript": [4, said]}
            changed.append((json.dumps(facts), call_id))
        db.conn.executemany("update calls set facts = ?, indexed = 0 where call_id = ?", changed)
        ids = db.execute("select call_id from calls order by random()").fetchall()
        for place, number in enumerate(erased):
            mine = ids[place * CALLS_OF_ERASED : (place + 1) * CALLS_OF_ERASED]
            db.conn.executemany(
                "update calls set remote_number = ? where call_id = ?",
                [(number, call_id) for (call_id,) in mine],
            )

    store.database.write(work)
    store.close()


class Maintenance:
    """Backups, purges, and erasures in turn, as an operator's commands, without a pause."""

    def __init__(self, folder, erased):
        self._folder, self._erased, self._days = Path(folder), list(erased), DAYS
        self.spans = {"backup": [], "prune": [], "forget": []}

    def run_once(self, over):
        """Run each command once."""
        self._days -= 1
        (self._folder / ".env").write_text(
            f"DATABASE_URL=sqlite:///{self._folder}/bot.db\nSLACK_BOT_TOKEN=xoxb-demo\n"
            "SLACK_SIGNING_SECRET=s\nVOCATECH_API_KEY=k\nSLACK_DEFAULT_CHANNEL=C0BENCH000\n"
            f"RETENTION_CALLS={max(self._days, 1)}\n"
        )
        backups = self._folder / "backups"
        self._run("backup", str(backups))
        for old in sorted(backups.glob("*"))[:-1]:
            old.unlink()
        self._run("prune")
        if self._erased:
            self._run("forget", self._erased.pop(), "--yes")
        over.wait(SECONDS_BETWEEN)

    def _run(self, command, *words):
        began = time.monotonic()
        ran = run_command(command, *words, "--env-file", str(self._folder / ".env"))
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        self.spans[command].append((began, time.monotonic()))

    @contextmanager
    def going_on(self):
        """Keep running it in a thread."""
        over = threading.Event()

        def run():
            while not over.is_set():
                self.run_once(over)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def measure_maintenance(row, folder, *, minutes, a_second=50):
    """Send webhooks at an even pace, with and without maintenance; compare the answers.

    A tenth of the time goes by without maintenance before it, and a tenth after it, so that what
    else the machine does at one hour counts on both sides.
    """
    seconds = minutes * 60
    phases = {
        "before": max(seconds / 10, SECONDS_WITHOUT),
        "with": seconds,
        "after": max(seconds / 10, SECONDS_WITHOUT),
    }
    erased = [f"+121255{number:05}" for number in range(int(minutes * 4) + 2)]
    fill(Path(folder) / "bot.db", erased=erased[: CALLS // CALLS_OF_ERASED])
    maintenance = Maintenance(folder, erased)
    with Stage(folder, latency=0.1) as app:
        time.sleep(max(10, seconds / 60))  # the jobs at start
        sent, took = {}, {}
        for name, lasting in phases.items():
            with maintenance.going_on() if name == "with" else nullcontext():
                sent[name], took[name] = _answers(app.url, name, lasting, a_second)
            row(f"answer at {a_second} a second, {name} maintenance", in_ms(took[name]), "")
    for command, spans in maintenance.spans.items():
        during = [
            seconds
            for at, seconds in zip(sent["with"], took["with"], strict=True)
            if any(began <= at <= ended for began, ended in spans)
        ]
        row(f"    during {command}, {len(spans)} times", in_ms(during), "")
    without = took["before"] + took["after"]
    row(
        "    p99 with maintenance to p99 without",
        f"{p99(took['with']) / p99(without):.1f}",
        "at most 2",
    )
    slow = 2 * statistics.median(without)
    for name, times in (("without", without), ("with", took["with"])):
        share = sum(seconds > slow for seconds in times) / len(times)
        row(f"    slower than twice the median, {name} maintenance", f"{share:.2%}", "")


def _answers(url, name, lasting, a_second):
    """Return when each webhook was sent, and the seconds until its answer."""
    sent, times, end = [], [], time.monotonic() + lasting
    while (left := end - time.monotonic()) > 1 / a_second:
        count = int(a_second * min(left, SECONDS_OF_SIGNATURES))
        requests = requests_for(count, f"{name}-{len(times)}")
        more = answer_times(url, requests, a_second)
        sent, times = sent + more[0], times + more[1]
    return sent, times


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=1.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure_maintenance(row, place, minutes=given.minutes)
