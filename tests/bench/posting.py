"""Measures posting over a hundred channels while Slack is slow: `python -m tests.bench.posting`."""

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path

from bot.sandbox.demo.bot_process import BotProcess
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import FakeSlack

CHANNELS = [f"C0BENCH{number:03d}" for number in range(100)]


def serve_slack(pipe):
    """Serve a fake Slack that answers posts after a delay; `None` ends it."""
    slack = FakeSlack(limits=True)
    for number, channel in enumerate(CHANNELS):
        slack.add_channel(channel, f"bench-{number}")
    slack.start()
    pipe.send(slack.api_url)
    while (wanted := pipe.recv()) is not None:
        if isinstance(wanted, float):
            slack.faults.clear()
            slack.faults.add(Fault(path="/api/", stall=wanted))
            pipe.send(None)
        else:
            posts = [one for one in list(slack.calls) if one.method == "chat.postMessage"]
            pipe.send([(one.at, call_id_of(one.params)) for one in posts])


def call_id_of(params):
    metadata = params.get("metadata")
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    return metadata["event_payload"].get("call_id")


def measure_posting(latency, *, count, a_second):
    """Return the delays from webhook to post, posts a second, and the memory in MB.

    The first hundred calls are the first posts of new channels, and are listed apart.
    """
    # Imported here, because the benchmark's main module imports this one.
    from tests.bench.__main__ import connect, exchange, raw_request
    from tests.support.webhooks import ended

    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    server = context.Process(target=serve_slack, args=[theirs], daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_SIGNING_SECRET": "demo-signing-secret",
            "SLACK_API_URL": pipe.recv(),
            "SLACK_DEFAULT_CHANNEL": CHANNELS[0],
            "SLACK_ROUTES": ",".join(f"{n}={channel}" for n, channel in enumerate(CHANNELS, 1000)),
            "VOCATECH_API_KEY": "nobody-answers",
            "VOCATECH_API_URL": "http://127.0.0.1:9/v1",
            "VOCATECH_WEBHOOK_SECRETS": "demo-webhook-secret",
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
            "POLL_SECONDS": "3600",
            "LOG_FORMAT": "json",
        }
        app = BotProcess(environment, log=Path(folder) / "bot.log")
        app.start()
        app.wait_for("/readyz")
        pipe.send(latency)
        pipe.recv()
        idle = memory_of(app)
        sent = {}
        with connect(app.url) as connection:
            began = time.monotonic()
            for number in range(count):
                payload = ended(f"c-{number}", extension=str(1000 + number % 100))
                request = raw_request(json.dumps(payload).encode())
                time.sleep(max(0.0, began + number / a_second - time.monotonic()))
                sent[f"c-{number}"] = time.monotonic()
                exchange(connection, request)
        time.sleep(4)
        pipe.send("posts")
        posted = {}
        for at, call_id in pipe.recv():
            posted.setdefault(call_id, at)
        busy = memory_of(app)
        app.stop()
        pipe.send(None)
        server.join(5)
    delays = {one: posted[one] - at for one, at in sent.items() if one in posted}
    first = [delay for one, delay in delays.items() if int(one[2:]) < len(CHANNELS)]
    later = [delay for one, delay in delays.items() if int(one[2:]) >= len(CHANNELS)]
    seconds = max(posted.values()) - min(sent.values())
    return first, later, len(delays) / seconds, count - len(delays), (idle, busy)


def memory_of(app):
    status = Path(f"/proc/{app.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def in_ms(delays):
    if not delays:
        return "none"
    ordered = sorted(delays)
    p99 = ordered[int(len(ordered) * 0.99) - 1]
    return f"p50 {statistics.median(ordered) * 1000:,.0f} ms, p99 {p99 * 1000:,.0f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--a-second", type=int, default=50)
    parser.add_argument("latencies", nargs="*", type=float, default=[0.1, 0.3, 1.0])
    given = parser.parse_args()
    for latency in given.latencies:
        first, later, rate, missing, (idle, busy) = measure_posting(
            latency, count=given.count, a_second=given.a_second
        )
        print(
            f"{latency * 1000:.0f} ms: first posts {in_ms(first)}; later {in_ms(later)};"
            f" {rate:.0f} posts a second, {missing} not posted yet;"
            f" memory {idle:.0f} MB idle, {busy:.0f} MB busy",
            flush=True,
        )


if __name__ == "__main__":
    main()
