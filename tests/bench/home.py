"""Measures App Home with a million calls: loading, rendering, and skipping unchanged views."""

import json
import random
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from bot.business_hours import BusinessHours
from bot.channels.presenter import ChannelPresenter
from bot.clock import Clock
from bot.digests.generator import DigestGenerator
from bot.health.surfaces import SlackSurfaces
from bot.home.presenter import HomePresenter
from bot.missed_calls.callback_times import CallbackMeter
from bot.models.people import Person
from bot.people.guests import Guests
from bot.people.permissions import Permissions
from bot.store import Store
from bot.ui.formatting import Locale

ADMIN = "U0ADMIN01"
EXTENSIONS, NUMBERS, DAYS = 200, 50_000, 90
OUTCOMES = ("answered", "answered", "answered", "missed", "voicemail")


class Sink:
    """A fake Slack that accepts every view immediately."""

    def publish_home(self, slack_user, view):
        self.shown = view


def fill_calls(store, count):
    """Create calls of ninety days; one extension is as busy as forty others."""
    rng, now = random.Random(1), time.time()

    def rows():
        for number in range(count):
            extension = "100" if rng.random() < 0.2 else str(100 + rng.randrange(EXTENSIONS))
            at, outcome = now - rng.random() * DAYS * 86_400, rng.choice(OUTCOMES)
            remote = f"+1212{rng.randrange(NUMBERS):07}"
            direction = rng.choice(("incoming", "incoming", "outgoing"))
            facts = {
                "direction": [4, direction],
                "remote_number": [4, remote],
                "our_side": [4, [extension, "Ana Torres"]],
                "started_at": [4, at],
                "stage": [4, 3],
                "status": [4, "answered" if outcome == "answered" else "missed"],
            }
            yield (f"c{number}", json.dumps(facts), direction, outcome, remote, extension, at)

    store.database.write(
        lambda db: db.conn.executemany(
            "insert into calls (call_id, version, routed, hold, facts, direction, outcome,"
            " remote_number, extension, started_at) values (?, 1, 1, 'quiet', ?, ?, ?, ?, ?, ?)",
            rows(),
        )
    )


def measure_home(row, folder, count):
    """Repeatedly open the App Home of an admin with the busiest extension."""
    store, clock = Store.open(Path(folder) / "home.db"), Clock()
    fill_calls(store, count)
    store.people.replace([Person("usr_100", "Ana Torres", "100", None)])
    store.links.link(ADMIN, "usr_100", how="hand", now=time.time())
    home = HomePresenter(
        store=store,
        slack=Sink(),
        vocatech=SimpleNamespace(quota_left=lambda: 50),
        permissions=Permissions((ADMIN,), store, clock),
        guests=Guests(store, Sink(), clock, frozenset({ADMIN})),
        locale=Locale(),
        clock=clock,
        channel_presenter=ChannelPresenter(store, Locale(), clock.now),
        generator=DigestGenerator(store, Locale()),
        meter=CallbackMeter(store, BusinessHours.read("Mon-Sun 0:00-24:00"), Locale()),
        surfaces=SlackSurfaces(store, clock, True, True, True),
        expects_webhooks=True,
    )
    took = []
    for _ in range(50):
        began = time.perf_counter()
        home.show(ADMIN, is_shown=False)
        took.append((time.perf_counter() - began) * 1000)
    store.close()
    took.sort()
    row(
        f"App Home of the busiest extension, {count:,} calls stored",
        f"median {took[25]:.0f} ms, slowest {took[-1]:.0f} ms",
        "at most 300 ms",
    )
    return {"App Home": took[25]}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        measure_home(print, place, 1_000_000)
