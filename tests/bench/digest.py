"""Measures digests: the totals of a month, and two hundred channels due at the same hour."""

import json
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.digests.generator import DigestGenerator
from bot.models.digest_schedule import EVERY_DAY, Cadence, DigestPlan, last_whole
from bot.models.digests import sum_totals
from bot.store import Store
from bot.ui.formatting import Locale
from tests.bench.stage import DIGEST_CHANNELS as CHANNELS
from tests.bench.stage import Stage, digests_shown, refusals_of
from tests.bench.wire import connect, exchange, p99, raw_request, resident, row
from tests.support.digest_calls import call_row, put_calls
from tests.support.webhooks import ended

EXTENSIONS, NUMBERS, MONTHS = 200, 50_000, 10
MONTH = 30 * 86_400
OUTCOMES = ("answered", "answered", "answered", "missed", "voicemail")
DIRECTIONS = ("incoming", "incoming", "outgoing")
MOODS = (None, "positive", "neutral", "negative")


def make_calls(count, end):
    """Return calls of ten months, evenly distributed."""
    rng = random.Random(1)
    for number in range(count):
        yield call_row(
            f"call-{number:08}",
            end - MONTHS * MONTH + number * MONTHS * MONTH / count,
            direction=rng.choice(DIRECTIONS),
            outcome=rng.choice(OUTCOMES),
            number=f"+1212{rng.randrange(NUMBERS):07}",
            extension=str(100 + rng.randrange(EXTENSIONS)),
            seconds=rng.randrange(600),
            sentiment=rng.choice(MOODS),
        )


def fill(folder, count):
    store = Store.open(Path(folder) / "bot.db")
    put_calls(store, make_calls(count, time.time()))
    store.close()


def measure_month(row, folder, count):
    """Build the digest of the last month repeatedly, including comparisons and weeks."""
    fill(folder, count)
    store = Store.open(Path(folder) / "bot.db")
    plan = DigestPlan("C0DIGEST000", "America/New_York", Cadence.MONTHLY, per_person=True)
    maker, now = DigestGenerator(store, Locale()), time.time()
    due = last_whole(plan, now)
    idle, _ = resident()
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    zone = ZoneInfo(plan.zone)
    span = due.period.span(zone)
    totals, took = [], []
    for _ in range(9):
        began = time.perf_counter()
        sum_totals(store.call_statistics.by_hour(span, zone))
        counted = time.perf_counter()
        digest = maker.make(plan, due, now)
        totals.append((counted - began) * 1000)
        took.append((time.perf_counter() - counted) * 1000)
    _, most = resident()
    store.close()
    row(
        f"totals of a month: {digest.totals.calls:,} calls of {count:,}",
        f"median {statistics.median(totals):.0f} ms, best {min(totals):.0f} ms",
        "at most 300 ms",
    )
    row(
        "the whole digest, with what it is compared with, people and call-backs",
        f"median {statistics.median(took):.0f} ms, best {min(took):.0f} ms",
        "",
    )
    row("memory for that, above idle", f"{most - idle:z.0f} MB", "at most 50 MB")
    return {"digest of a month": statistics.median(took)}


def answers_during(stage, seconds, prefix):
    """Send twenty webhooks per second; return the milliseconds that each answer took."""
    times, until, number = [], time.monotonic() + seconds, 0
    with connect(stage.url) as connection:
        while time.monotonic() < until:
            body = json.dumps(ended(f"{prefix}-{number}")).encode()
            began = time.monotonic()
            exchange(connection, raw_request(body))
            times.append((time.monotonic() - began) * 1000)
            number += 1
            time.sleep(0.05)
    return sorted(times)


def plan_digests(folder):
    """Make every channel's digest due a minute ago."""
    now = datetime.now(UTC)
    minute = max(0, now.hour * 60 + now.minute - 1)
    store = Store.open(Path(folder) / "bot.db")
    for channel in CHANNELS:
        plan = DigestPlan(
            channel, "UTC", Cadence.DAILY, EVERY_DAY, minute, since=time.time() - 3_600
        )
        store.digests.set_plan(plan)
        # As after the first post there: for a new channel, the app asks Slack who its members are.
        store.channels.set_shared(channel, is_shared=False, now=time.time())
    store.close()


def posted(stage):
    return stage.ask(digests_shown)


def measure_channels(row, folder):
    """Have two hundred channels due at the same hour, while webhooks arrive."""
    with Stage(folder) as stage:
        time.sleep(2)
        answers_during(stage, 2, "warm")
        idle = answers_during(stage, 10, "idle")
        plan_digests(folder)
        began, busy = time.monotonic(), []
        while len(posted(stage)) < len(CHANNELS) and time.monotonic() < began + 90:
            busy += answers_during(stage, 1, f"busy{len(busy)}")
        took, found = time.monotonic() - began, posted(stage)
        refused = stage.ask(refusals_of)
    first = min(found.values(), default=0.0)
    span = max(found.values(), default=0.0) - first
    row(
        f"{len(CHANNELS)} channels with the same hour: all posted within",
        f"{span:.1f} s ({took:.0f} s with the wait), {refused} times 429",
        f"{len(CHANNELS)} posted, no 429",
    )
    assert len(found) == len(CHANNELS), "digests are missing"
    middle, slow = statistics.median(idle), p99(idle)
    busy_middle, busy_slow = statistics.median(busy), p99(busy)
    row(
        "a webhook's answer during that, to idle: median",
        f"{busy_middle / middle:.2f} ({busy_middle:.2f} to {middle:.2f} ms)",
        "at most 2",
    )
    row(
        "a webhook's answer during that, to idle: 99th percentile",
        f"{busy_slow / slow:.2f} ({busy_slow:.2f} to {slow:.2f} ms)",
        "",
    )


def measure_digests(row, folder, count):
    """Measure both with the same calls; return the month's figure."""
    figures = measure_month(row, folder, count)
    measure_channels(row, folder)
    return figures


def main():
    count = 50_000 if "--quick" in sys.argv else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        measure_digests(row, folder, count)


if __name__ == "__main__":
    main()
