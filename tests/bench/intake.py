"""Measures webhooks: how many a second, how soon each is answered, and what each costs.

Two smaller servers are measured beside the app in turn, since only ratios hold on a busy machine: a
handler that answers with a constant, and one that puts the body on the disk.
"""

import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.stage import Reference, Stage, serve_bare, serve_insert
from tests.bench.wire import answer_times, in_ms, p99, rate, requests_for

ROUNDS = 3


def measure_rate(row, servers, connections, count):
    """Send as fast as the answers allow; compare requests a second, and processor time."""
    rates = {name: [] for name in servers}
    costs = {name: [] for name in servers}
    for turn in range(ROUNDS):
        for name, server in servers.items():
            requests = requests_for(count, f"rate{connections}-{turn}")
            before = server.processor_seconds()
            rates[name].append(rate(server.url, requests, connections))
            costs[name].append((server.processor_seconds() - before) / count)
    ratios = {
        name: statistics.median(
            ours / bare for ours, bare in zip(rates[name], rates["bare"], strict=True)
        )
        for name in servers
    }
    usual = {name: statistics.median(found) for name, found in rates.items()}
    spent = {name: statistics.median(found) * 1e6 for name, found in costs.items()}
    row(
        f"durable intake, {connections} connections, to the bare handler",
        f"{ratios['app']:.2f} ({usual['app']:,.0f}/s to {usual['bare']:,.0f}/s)",
        "at least 0.5",
    )
    row(
        "    the bare durable insert, to the bare handler",
        f"{ratios['insert']:.2f} ({usual['insert']:,.0f}/s)",
        "",
    )
    row(
        "    processor time a webhook: app, insert, bare",
        ", ".join(f"{spent[name]:,.0f}" for name in ("app", "insert", "bare")) + " µs",
        "",
    )


def measure_pace(row, servers, a_second, seconds, bar):
    """Send at an even pace; compare the slowest answers with the bare handler's."""
    count, took = a_second * seconds, {}
    for name, server in servers.items():
        _, took[name] = answer_times(server.url, requests_for(count, f"pace{a_second}"), a_second)
        row(f"answer at {a_second} a second, {name}", in_ms(took[name]), "")
    slow = p99(took["app"]) / p99(took["bare"])
    usual = statistics.median(took["app"]) / statistics.median(took["bare"])
    row(
        f"answer at {a_second} a second to the bare handler's, p99",
        f"{slow:.1f} (median {usual:.1f})",
        f"at most {bar}",
    )


def measure_intake(row, *, quick):
    """Measure start, memory, and webhooks, with a Slack that takes 100 ms."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Reference(serve_bare) as bare,
        Reference(serve_insert, Path(folder) / "insert.db") as insert,
        Stage(folder, latency=0.1) as app,
    ):
        row("ready after", f"{app.seconds_to_ready:.2f} s", "at most 1.0 s")
        time.sleep(3)  # the jobs at start
        row("idle memory", f"{app.memory():.0f} MB", "at most 70 MB")
        servers = {"bare": bare, "insert": insert, "app": app}
        for a_second, bar in ((20, 3), (100, 4)):
            measure_pace(row, servers, a_second, 10 if quick else 30, bar)
        for connections in (16, 32):
            measure_rate(row, servers, connections, 600 if quick else 3000)
        row("memory after that, with a backlog of posts", f"{app.memory():.0f} MB", "")
    row(
        "durable intake to Node-RED's in the same run",
        "measured outside this repository",
        "at least 2",
    )
