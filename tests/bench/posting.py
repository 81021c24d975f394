"""Measures posting while Slack is slow: from the webhook to the request to Slack."""

import argparse
import tempfile
import time

from tests.bench.stage import (
    CHANNELS,
    Stage,
    calls_shown,
    fail_once,
    posts_of,
    refusals_of,
)
from tests.bench.wire import answer_times, connect, exchange, in_ms, requests_for, row

# The seconds that Slack takes, webhooks a second, and the bar.
LOADS = (
    (0.1, 100, ""),
    (0.3, 100, "p50 15 ms, p99 150 ms, all posted"),
    (1.0, 20, "p99 300 ms, all posted"),
    (1.0, 100, ""),
)


def send_over_channels(stage, *, count, a_second, prefix):
    """Return when each call's webhook was sent, and the seconds until each was answered."""
    sent, answered = answer_times(stage.url, requests_for(count, prefix), a_second)
    return {f"{prefix}-{n}": at for n, at in enumerate(sent)}, answered


def to_slack(stage, *, count, a_second, prefix):
    """Return the seconds from webhook to Slack of first posts and of later ones, and the answers'.

    The first hundred calls are the first posts in their channels. Calls that weren't posted some
    seconds after the last webhook are missing.
    """
    sent, answered = send_over_channels(stage, count=count, a_second=a_second, prefix=prefix)
    time.sleep(4)
    called = {}
    for at, call_id in stage.ask(posts_of):
        called.setdefault(call_id, at)
    delays = {one: called[one] - at for one, at in sent.items() if one in called}
    first = [delay for one, delay in delays.items() if int(one.split("-")[1]) < len(CHANNELS)]
    later = [delay for one, delay in delays.items() if int(one.split("-")[1]) >= len(CHANNELS)]
    return first, later, answered


def measure_posting(row, latency, *, count, a_second, bar):
    with tempfile.TemporaryDirectory() as folder, Stage(folder, latency=latency) as stage:
        time.sleep(2)
        first, later, answered = to_slack(stage, count=count, a_second=a_second, prefix="call")
        what = f"Slack takes {latency * 1000:,.0f} ms, {a_second} a second over 100 channels"
        missing = count - len(first) - len(later)
        row(f"{what}: webhook to Slack", f"{in_ms(later)}; {missing} not posted", bar)
        row("    the first post in each channel", in_ms(first), "")
        row("    answers to these webhooks", in_ms(answered), "")
        row("    memory", f"{stage.memory():.0f} MB", "")


def measure_after_error(row):
    """Have Slack answer one post with 500."""
    with tempfile.TemporaryDirectory() as folder, Stage(folder) as stage:
        time.sleep(2)
        stage.ask(fail_once)
        began = time.monotonic()
        with connect(stage.url) as connection:
            exchange(connection, requests_for(1, "after500")[0])
        while not stage.ask(calls_shown)[CHANNELS[0]] and time.monotonic() < began + 60:
            time.sleep(0.1)
        row("a card after a Slack 500", f"{time.monotonic() - began:.1f} s", "at most 8 s")


def measure_burst(row, count):
    """Send many calls of one channel."""
    with tempfile.TemporaryDirectory() as folder, Stage(folder, latency=0.1) as stage:
        requests, began = requests_for(count, "burst", line=1099), time.monotonic()
        with connect(stage.url) as connection:
            for request in requests:
                exchange(connection, request)
        burst = []
        while len(burst) < count and time.monotonic() < began + 10 + 2 * count:
            time.sleep(0.2)
            burst = stage.ask(calls_shown)[CHANNELS[99]]
        lost, doubled = count - len(set(burst)), len(burst) - len(set(burst))
        row(
            f"burst of {count} to one channel",
            f"{time.monotonic() - began:.0f} s, {lost} lost, {doubled} doubled,"
            f" {stage.ask(refusals_of)} times 429",
            "one a second, 0, 0",
        )


def measure_all_posting(row, *, quick):
    for latency, a_second, bar in LOADS:
        count = (300 if quick else 1500) if a_second == 100 else (160 if quick else 400)
        measure_posting(row, latency, count=count, a_second=a_second, bar=bar)
    measure_after_error(row)
    measure_burst(row, 10 if quick else 100)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--a-second", type=int, default=50)
    parser.add_argument("latencies", nargs="*", type=float, default=[0.1, 0.3, 1.0])
    given = parser.parse_args()
    for latency in given.latencies:
        measure_posting(row, latency, count=given.count, a_second=given.a_second, bar="")


if __name__ == "__main__":
    main()
