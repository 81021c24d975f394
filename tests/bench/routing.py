"""Measures routing of calls with 200 rules to 100 channels, with a full store."""

import random
import statistics
import tempfile
import time
from pathlib import Path

from bot.models.calls import Call, Direction, Outcome
from bot.models.channels import ChannelSettings, QuietHours
from bot.models.contacts import Contact
from bot.models.rules import Conditions, DefaultRoutes, Rule
from bot.rules.router import Router
from bot.store import Store
from tests.bench.home import fill_calls

RULES, CHANNELS, WORDS_SAID = 200, 100, 2_000


def make_rules(rng):
    """Return rules of every kind; most continue, so that all are evaluated."""
    for number in range(RULES):
        asked = (
            {"directions": ("incoming",), "extensions": (str(number), str(number + 1))},
            {"words": (f"word{number} again", "refund now", "a.*b")},
            {"callers": (f"+1212{number:07}", f"Name{number}")},
            {"field": "Tier", "values": (f"tier{number}",), "outcomes": ("missed", "answered")},
            {"calls": 2 + number % 5, "minutes": 30 + number % 5},
            {"lines": (f"+1646{number:07}",), "at_least": 30, "sentiments": ("negative",)},
        )[number % 6]
        channel = f"C0ROUTE{rng.randrange(CHANNELS):03}"
        yield Rule(number + 1, f"Rule {number}", channel, None, Conditions(**asked), goes_on=True)


def make_call(rng, number):
    said = " ".join(f"word{rng.randrange(WORDS_SAID)}" for _ in range(WORDS_SAID // 2))
    return Call(
        f"bench-{number}",
        Direction.INCOMING,
        Outcome.ANSWERED,
        remote_number=f"+1212{rng.randrange(50_000):07}",
        extension=str(rng.randrange(RULES)),
        company_number=f"+1646{rng.randrange(RULES):07}",
        started_at=time.time(),
        seconds=60,
        summary=said[:500],
        transcript=said,
        sentiment="negative",
    )


def measure_routing(row, folder, count):
    """Route calls with transcripts of a thousand words."""
    rng, store = random.Random(1), Store.open(Path(folder) / "routing.db")
    fill_calls(store, count)
    contacts = [
        Contact(n, {"Name": f"Name{n}", "Tier": f"tier{n % 300}"}, (f"+1212{n:07}",))
        for n in range(min(count, 50_000))
    ]
    store.contacts.upsert(contacts, seen=time.time())
    store.rules.replace(store.rules.book(), list(make_rules(rng)), by="bench", now=time.time())
    for number in range(CHANNELS):
        quiet = QuietHours("America/New_York", 18 * 60, 8 * 60, (5, 6))
        store.channels.set(ChannelSettings(f"C0ROUTE{number:03}", quiet, 20))
    router = Router(store, DefaultRoutes("C0BENCH000"))
    calls = [make_call(rng, number) for number in range(500)]
    router.route(calls[0])
    took = []
    for call in calls:
        began = time.perf_counter()
        routed = router.route(call)
        store.channels.receptions(routed.places, now=began)
        took.append((time.perf_counter() - began) * 1000)
    store.close()
    took.sort()
    row(
        f"{RULES} rules, {CHANNELS} channels with quiet hours, {count:,} calls stored: one call",
        f"median {statistics.median(took):.2f} ms, p99 {took[494]:.2f} ms",
        "at most 1 ms",
    )
    return {"routing of a call": statistics.median(took)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure_routing(print, place, 1_000_000)
