"""The app with a slow fake Slack, and two smaller servers to compare it with, as processes."""

import json
import logging
import multiprocessing
import os
import sqlite3
import threading
import time
from pathlib import Path

import httpx
from waitress.server import create_server

from bot.sandbox.demo.bot_process import BotProcess, free_port
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import FakeSlack
from bot.server.web import THREADS

CHANNELS = [f"C0BENCH{n:03d}" for n in range(100)]
DIGEST_CHANNELS = [f"C0DIGEST{n:03d}" for n in range(200)]
POST = "/api/chat.postMessage"


def keep_quiet():
    """Log nothing: waitress logs how many requests wait, after each one."""
    logging.disable(logging.WARNING)


def answer_with(start_response):
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def serve_bare(port):
    """Answer each request with a constant."""
    keep_quiet()

    def handle(environ, start_response):
        environ["wsgi.input"].read()
        return answer_with(start_response)

    create_server(handle, host="127.0.0.1", port=port, threads=THREADS).run()


def serve_insert(port, path):
    """Put each body on the disk, with a commit of its own, before the answer."""
    keep_quiet()
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")
    db.execute("create table bodies (id integer primary key, body text not null)")
    lock = threading.Lock()

    def handle(environ, start_response):
        body = environ["wsgi.input"].read().decode()
        with lock:
            db.execute("insert into bodies (body) values (?)", [body])
        return answer_with(start_response)

    create_server(handle, host="127.0.0.1", port=port, threads=THREADS).run()


class Reference:
    """A small waitress server in a process of its own."""

    def __init__(self, serve, *arguments):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=serve, args=[port, *arguments], daemon=True)

    def __enter__(self):
        self._process.start()
        for _ in range(500):
            try:
                httpx.post(self.url, timeout=1)
            except httpx.HTTPError:
                time.sleep(0.02)
            else:
                break
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.join()

    def processor_seconds(self):
        return processor_seconds(self._process.pid)


def processor_seconds(pid):
    """Return the processor time that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve_slack(pipe):
    """Serve a fake Slack with Slack's limits; call the functions that it is sent, until `None`."""
    slack = FakeSlack(limits=True)
    for number, channel in enumerate([*CHANNELS, *DIGEST_CHANNELS]):
        slack.add_channel(channel, f"bench-{number}")
    slack.start()
    pipe.send(slack.api_url)
    while (asked := pipe.recv()) is not None:
        work, *arguments = asked
        pipe.send(work(slack, *arguments))


def stall(slack, seconds):
    """Delay each answer of the fake Slack by some seconds."""
    slack.faults.clear()
    slack.faults.add(Fault(path="/api/", stall=seconds))


def fail_once(slack):
    """Answer the next message to the fake Slack with 500."""
    slack.faults.clear()
    slack.faults.add(Fault(path=POST, status=500, times=1))


def posts_of(slack):
    """Return when each message came to the fake Slack, and its call's ID."""
    calls = [one for one in list(slack.calls) if one.method == "chat.postMessage"]
    return [(one.at, call_id_of(one.params)) for one in calls]


def refusals_of(slack):
    """Return how many requests the fake Slack answered with 429."""
    return slack.counts["ratelimited"]


def calls_shown(slack):
    """Return the IDs of the calls in each channel of the fake Slack."""
    return {channel: slack.posted_call_ids(channel) for channel in CHANNELS}


def digests_shown(slack):
    """Return when the last digest was posted in each channel of the fake Slack."""
    return {
        channel: float(message["ts"])
        for channel in DIGEST_CHANNELS
        for message in slack.messages(channel)
    }


def call_id_of(params):
    metadata = params.get("metadata")
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    return (metadata or {}).get("event_payload", {}).get("call_id")


class Stage:
    """The app, and a fake Slack in a process of its own that takes `latency` seconds."""

    def __init__(self, folder, *, latency=0.0):
        self._latency = latency
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
        self.ask(stall, self._latency)
        return self

    def __exit__(self, *_):
        self.bot.stop()
        self.pipe.send(None)
        self.slack.join(5)

    def wait_until_idle(self):
        """Wait for the jobs at start, which read the whole database, and for the disk."""
        os.sync()
        for _ in range(60):
            before = self.processor_seconds()
            time.sleep(1)
            if self.processor_seconds() - before < 0.1:
                break

    @property
    def url(self):
        return self.bot.url

    def ask(self, work, *arguments):
        """Call a function of a module in the process of the fake Slack; return what it returns."""
        self.pipe.send((work, *arguments))
        return self.pipe.recv()

    def memory(self):
        """Return the resident memory in MB."""
        status = Path(f"/proc/{self.bot.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def processor_seconds(self):
        return processor_seconds(self.bot.pid)
