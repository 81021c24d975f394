"""Measures how fast past calls are imported, compared with the rate limit."""

import multiprocessing
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bot.clock import Clock
from bot.models.rules import DefaultRoutes
from bot.models.sync import BackfillRequest
from bot.rules.router import Router
from bot.sandbox.company.model import make_call
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.store import Store
from bot.sync.backfill import Backfill
from bot.vocatech.client import VocatechClient
from bot.vocatech.downloads import Downloads
from bot.vocatech.http import HttpClient
from bot.vocatech.rate_limiter import SEARCHES, QuotaLimiter
from tests.support.api_client import MadeTime

A_DAY = 34


def serve_past(pipe, days, quotas):
    stand_in = FakeVocatech(quotas=quotas)
    rng, now = random.Random(1), datetime.now(UTC)
    for number in range(days * A_DAY):
        moment = now - timedelta(days=(number + 1) / A_DAY)
        stand_in.add_call(make_call(rng, stand_in.company, at=moment))
    stand_in.start()
    pipe.send((stand_in.api_url, stand_in.key))
    pipe.recv()
    seen = [one for one in stand_in.requests if one.path.endswith("/calls")]
    pipe.send(([one.at for one in seen], stand_in.counts["429"]))
    pipe.recv()


class Past:
    """A fake Vocatech with a history, in a separate process."""

    def __init__(self, days, *, quotas):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve_past, args=[theirs, days, quotas], daemon=True)

    def __enter__(self):
        self.process.start()
        self.url, self.key = self.pipe.recv()
        return self

    def __exit__(self, *_):
        self.process.terminate()

    def requests(self):
        """Return when each search was answered, and the number of 429 responses."""
        self.pipe.send("requests")
        return self.pipe.recv()


def measure_allowed_rate(row, folder, days):
    with Past(days, quotas=True) as past:
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_SIGNING_SECRET": "d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0",
            "SLACK_DEFAULT_CHANNEL": "C0BENCH000",
            "VOCATECH_API_KEY": past.key,
            "VOCATECH_API_URL": past.url,
            "DATABASE_URL": f"sqlite:///{folder}/allowed.db",
        }
        command = [sys.executable, "-m", "bot", "backfill", "--since", f"{days}d"]
        subprocess.run(command, env=environment, capture_output=True, check=True)
        asked, refused = past.requests()
    # The theoretical best: all requests that a minute allows, at the start of each minute.
    best = (len(asked) - 1) // SEARCHES.most * 60
    share = best / (asked[-1] - asked[0])
    row(
        f"backfill of {days * A_DAY:,} calls: share of the allowed request rate",
        f"{share:.1%} ({len(asked)} in {asked[-1] - asked[0]:.0f} s), {refused} times 429",
        "at least 95 %, no 429",
    )


def measure_intake_of_past(row, folder, days):
    made = MadeTime()
    store = Store.open(Path(folder) / "unlimited.db")
    with (
        Past(days, quotas=False) as past,
        httpx.Client(
            base_url=past.url,
            headers={"Authorization": f"Bearer {past.key}", "Content-Type": "application/json"},
            timeout=20,
        ) as http,
    ):
        wire = HttpClient(http, QuotaLimiter(store.request_log, clock=made.clock, wait=made.wait))
        backfill = Backfill(
            order=BackfillRequest(time.time() - days * 86_400),
            vocatech=VocatechClient(wire, Downloads(http, home=past.url, monotonic=made.now), "US"),
            store=store,
            router=Router(store, DefaultRoutes("C0BENCH000")),
            clock=Clock(),
            region="US",
            is_stopping=lambda: False,
        )
        began = time.monotonic()
        result = backfill.run()
        seconds = time.monotonic() - began
    store.close()
    row(
        f"backfill of {result.taken_in:,} calls, were there no limits",
        f"{result.taken_in / seconds:,.0f} calls/s",
        "at least 250 (500 in 2 s)",
    )


def measure_backfill(row, folder, *, quick):
    # The requests of one or two minutes and a few more: only those after the first thirty wait.
    days = 300 if quick else 588
    measure_intake_of_past(row, folder, days)
    measure_allowed_rate(row, folder, days)
