"""Measures speed and size, compared with a minimal server: `make bench`."""

import argparse
import json
import multiprocessing
import os
import platform
import socket
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from waitress.server import create_server

from bot.models.calls import Report, Source
from bot.models.events import Event
from bot.sandbox.demo.bot_process import BotProcess, free_port
from bot.sandbox.slack.workspace import FakeSlack
from bot.store import Store
from tests.bench.backfill import measure_backfill
from tests.bench.claims import measure_claims
from tests.bench.commands import measure_calls_command
from tests.bench.contacts import measure_contact_command, measure_contacts
from tests.bench.digest import CHANNELS as DIGEST_CHANNELS
from tests.bench.digest import measure_digests
from tests.bench.home import measure_home
from tests.bench.page import measure_page
from tests.bench.routing import measure_routing
from tests.bench.texts import measure_sending
from tests.support.webhooks import ended, signed

CHANNELS = [f"C0BENCH{n:03d}" for n in range(100)]
CONNECTIONS = 16


def row(what, measured, goal):
    print(f"| {what:<58} | {measured:<34} | {goal:<28} |", flush=True)


def quantiles(seconds):
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99) - 1] * 1000


def bare_answer(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def serve_bare(port):
    create_server(bare_answer, host="127.0.0.1", port=port, threads=8).run()


class Bare:
    """A waitress server with a constant answer, in a separate process."""

    def __enter__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = multiprocessing.get_context("spawn").Process(
            target=serve_bare, args=[port], daemon=True
        )
        self.process.start()
        wait_for_door(self.url)
        return self

    def __exit__(self, *_):
        self.process.terminate()


def wait_for_door(url):
    for _ in range(500):
        try:
            httpx.get(url, timeout=1)
        except httpx.HTTPError:
            time.sleep(0.02)
        else:
            return


def serve_slack(pipe):
    slack = FakeSlack(limits=True)
    for number, channel in enumerate(CHANNELS):
        slack.add_channel(channel, f"bench-{number}")
    for number, channel in enumerate(DIGEST_CHANNELS):
        slack.add_channel(channel, f"digest-{number}")
    slack.start()
    pipe.send(slack.api_url)
    while (wanted := pipe.recv()) is not None:
        if wanted == "posts":
            calls = [c for c in list(slack.calls) if c[1] == "chat.postMessage"]
            pipe.send([(at, call_id_of(params)) for at, _, params in calls])
        elif wanted == "refused":
            pipe.send(slack.counts["ratelimited"])
        elif wanted == "digests":
            pipe.send(
                {
                    channel: float(message["ts"])
                    for channel in DIGEST_CHANNELS
                    for message in slack.messages(channel)
                }
            )
        elif wanted == "shown":
            pipe.send({channel: slack.posted_call_ids(channel) for channel in CHANNELS})


def call_id_of(params):
    metadata = params.get("metadata")
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    return metadata["event_payload"].get("call_id")


class Stage:
    """The app, and a fake Slack in a separate process."""

    def __init__(self, folder):
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.slack = context.Process(target=serve_slack, args=[theirs], daemon=True)
        self.slack.start()
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-demo",
            "SLACK_SIGNING_SECRET": "d3e0d3e0d3e0d3e0d3e0d3e0d3e0d3e0",
            "SLACK_API_URL": self.pipe.recv(),
            "SLACK_DEFAULT_CHANNEL": CHANNELS[0],
            "SLACK_ROUTES": ",".join(f"{n}={channel}" for n, channel in enumerate(CHANNELS, 1000)),
            "VOCATECH_API_KEY": "nobody-answers",
            "VOCATECH_API_URL": "http://127.0.0.1:9/v1",
            "VOCATECH_WEBHOOK_SECRETS": "demo-webhook-secret",
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
            "POLL_SECONDS": "3600",
            "LOG_FORMAT": "json",
        }
        self.bot = BotProcess(environment, log=Path(folder) / "bot.log")

    def __enter__(self):
        began = time.monotonic()
        self.bot.start()
        self.bot.wait_for("/readyz")
        self.seconds_to_ready = time.monotonic() - began
        return self

    def __exit__(self, *_):
        self.bot.stop()
        self.pipe.send(None)
        self.slack.join(5)

    def ask(self, what):
        self.pipe.send(what)
        return self.pipe.recv()

    def memory(self):
        status = Path(f"/proc/{self.bot.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def raw_request(body):
    headers = {**signed(body), "Host": "127.0.0.1", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /vocatech/webhooks HTTP/1.1\r\n{head}\r\n".encode() + body


def requests_for(count, prefix, line=None):
    payloads = [ended(f"{prefix}-{n}", extension=str(line or 1000)) for n in range(count)]
    return [raw_request(json.dumps(payload).encode()) for payload in payloads]


def connect(url):
    host, port = url.removeprefix("http://").split(":")
    made = socket.create_connection((host, int(port)))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def exchange(connection, request):
    connection.sendall(request)
    answer = connection.recv(65536)
    while not is_whole(answer):
        answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]


def is_whole(answer):
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def rate(url, requests):
    """Send all requests over sixteen connections; return requests per second."""

    def work(mine):
        with connect(url) as connection:
            for request in mine:
                exchange(connection, request)

    threads = [
        threading.Thread(target=work, args=[requests[n::CONNECTIONS]]) for n in range(CONNECTIONS)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(requests) / (time.monotonic() - began)


def answer_times(urls, requests, pause):
    """Send to each address in turn at a fixed pace; return the seconds of each answer."""
    connections = [connect(url) for url in urls]
    times = [[] for _ in urls]
    for request in requests:
        for number, connection in enumerate(connections):
            began = time.monotonic()
            exchange(connection, request)
            times[number].append(time.monotonic() - began)
        time.sleep(pause)
    return times


def to_slack(stage, *, count, a_second, prefix):
    """Return the seconds from sending a webhook to the call to Slack, over a hundred channels."""
    sent = {}
    with connect(stage.bot.url) as connection:
        began = time.monotonic()
        for number in range(count):
            call_id = f"{prefix}-{number}"
            body = json.dumps(ended(call_id, extension=str(1000 + number % 100))).encode()
            request = raw_request(body)
            time.sleep(max(0.0, began + number / a_second - time.monotonic()))
            sent[call_id] = time.monotonic()
            exchange(connection, request)
    time.sleep(3)
    called = {}
    for at, call_id in stage.ask("posts"):
        called.setdefault(call_id, at)
    assert set(sent) <= set(called), "calls were lost"
    return [called[call_id] - at for call_id, at in sent.items()]


def measure_intake(stage, bare, count):
    rates = []
    for turn in range(3):
        plain = rate(bare.url, requests_for(count, f"bare{turn}"))
        durable = rate(stage.bot.url, requests_for(count, f"durable{turn}"))
        rates.append((plain, durable))
    ratios = [durable / plain for plain, durable in rates]
    plain, durable = (statistics.median(side) for side in zip(*rates, strict=True))
    row(
        "durable intake at 16 connections, to the bare handler",
        f"{statistics.median(ratios):.2f} ({durable:.0f}/s to {plain:.0f}/s)",
        "at least 0.50",
    )


def measure_answers(stage, bare, count):
    requests = requests_for(count, "answer")
    plain, durable = answer_times([bare.url, stage.bot.url], requests, 0.05)
    (p50, p99), (d50, d99) = quantiles(plain), quantiles(durable)
    row(
        "answer at 20 a second: median, to the bare handler",
        f"{d50 / p50:.2f} ({d50:.2f} to {p50:.2f} ms)",
        "at most 2.5",
    )
    row(
        "answer at 20 a second: 99th percentile",
        f"{d99 / p99:.2f} ({d99:.2f} to {p99:.2f} ms)",
        "at most 5",
    )


def measure_to_slack(stage, what, **load):
    p50, p99 = quantiles(to_slack(stage, **load))
    row(f"webhook to Slack called, {what}", f"{p50:.1f} ms, p99 {p99:.1f} ms", "20 ms, p99 100 ms")


def measure_burst(stage, count):
    requests = requests_for(count, "burst", line=1099)
    began = time.monotonic()
    rate(stage.bot.url, requests)
    while True:
        shown = stage.ask("shown")[CHANNELS[99]]
        burst = [call_id for call_id in shown if call_id.startswith("burst")]
        if len(burst) >= count:
            break
        time.sleep(0.2)
    seconds = time.monotonic() - began
    lost, doubled = count - len(set(burst)), len(burst) - len(set(burst))
    row(
        f"burst of {count} to one channel",
        f"{seconds:.0f} s, {lost} lost, {doubled} doubled, {stage.ask('refused')} times 429",
        "Slack's rate, 0, 0",
    )


def fill(folder, count):
    """Create a store with many calls, each posted already."""
    store = Store.open(Path(folder) / "bot.db")
    now = time.time()
    report = Report("one", Source.ENDED, {"stage": 3, "direction": "incoming", "seconds": 60})
    store.calls.save(Event("seed", "call.ended", "{}", report), now=now)
    store.close()
    with sqlite3.connect(Path(folder) / "bot.db") as db:
        db.execute(
            """
            with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
            insert into calls select 'old-' || i, 1, 1, null, c.facts, c.direction, c.outcome,
                '+1212555' || (1000 + i % 9000), '101', null, ? - i, ? - i, 1, 60, null
            from n, calls c where c.call_id = 'one'
            """,
            [count, now, now],
        )
        db.execute(
            "insert into posts (subject_kind, subject, channel, wanted, announced, ts, created_at)"
            " select 'call', call_id, 'C0BENCH000', 1, 1, '1.0', 0 from calls"
            " where call_id != 'one'"
        )
        db.execute("update calls set routed = version")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, for a first look")
    quick = parser.parse_args().quick
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()},")
    print(f"{os.cpu_count()} processors, {platform.system()} {platform.release()}\n")
    row("what", "measured", "goal")
    print(f"|{'-' * 60}|{'-' * 36}|{'-' * 30}|")
    with tempfile.TemporaryDirectory() as folder, Bare() as bare, Stage(folder) as stage:
        time.sleep(2)
        row("ready after", f"{stage.seconds_to_ready:.2f} s", "1.5 s")
        row("resident memory, idle", f"{stage.memory():.0f} MB", "80 MB")
        measure_to_slack(stage, "idle", count=60 if quick else 200, a_second=5, prefix="idle")
        measure_to_slack(
            stage, "100 a second", count=500 if quick else 1500, a_second=100, prefix="busy"
        )
        measure_answers(stage, bare, 100 if quick else 400)
        measure_intake(stage, bare, 800 if quick else 3000)
        row("resident memory after that", f"{stage.memory():.0f} MB", "")
    with tempfile.TemporaryDirectory() as folder, Stage(folder) as stage:
        measure_burst(stage, 20 if quick else 200)
    with tempfile.TemporaryDirectory() as folder:
        measure_backfill(row, folder, quick=quick)
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, 50_000 if quick else 1_000_000)
        with Stage(folder) as stage:
            measure_to_slack(stage, "a million calls stored", count=100, a_second=5, prefix="many")
    with tempfile.TemporaryDirectory() as folder:
        count = 50_000 if quick else 1_000_000
        measure_calls_command(row, folder, Stage, (connect, exchange), count)
    with tempfile.TemporaryDirectory() as folder:
        measure_contacts(row, folder, 10_000 if quick else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        measure_contact_command(row, folder, Stage, 10_000 if quick else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        measure_home(row, folder, 50_000 if quick else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        measure_claims(row, folder, 50_000 if quick else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        measure_routing(row, folder, 50_000 if quick else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        wire = (connect, exchange, raw_request)
        measure_digests(row, folder, Stage, wire, 50_000 if quick else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        measure_sending(row, folder, 10_000 if quick else 100_000, sends=20 if quick else 60)
    measure_page(row)


if __name__ == "__main__":
    sys.exit(main())
