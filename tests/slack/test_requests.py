"""Requests to and from Slack, seen on the wire."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from structlog.testing import capture_logs

from bot.slack.client import SlackClient
from bot.slack.errors import Retry
from bot.ui.message import Message
from tests.handlers.test_bad_input import post_to_slack_door, refusals, slack_signature

UPDATE_ARGUMENTS = {
    "token",
    "channel",
    "ts",
    "as_user",
    "attachments",
    "blocks",
    "file_ids",
    "link_names",
    "markdown_text",
    "metadata",
    "parse",
    "reply_broadcast",
    "text",
}
MESSAGE = Message(text="A call", blocks=[], plain_blocks=[], metadata={})


class RecordingSlack:
    """A Slack API that records requests and returns a fixed response."""

    def __init__(self):
        self.requests = []
        self.status, self.headers, self.body = 200, {}, {"ok": True, "ts": "1.2"}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length).decode()
                is_json = "json" in self.headers.get("content-type", "")
                outer.requests.append(
                    (self.path, json.loads(body) if is_json else dict(parse_qs(body)))
                )
                content = json.dumps(outer.body).encode()
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, store):
        url = f"http://127.0.0.1:{self.server.server_port}/api/"
        web = WebClient("xoxb-1", base_url=url, timeout=5, retry_handlers=[])
        return SlackClient(web, store.key_values, lambda: 0.0)


@pytest.fixture
def slack_api():
    recording = RecordingSlack()
    yield recording
    recording.server.shutdown()
    recording.server.server_close()


def test_an_update_sends_only_arguments_that_slack_lists(slack_api, store):
    slack_api.client(store).update("C0CALLS001", "1.2", MESSAGE)
    [(path, sent)] = slack_api.requests
    assert path.endswith("chat.update")
    assert set(sent) <= UPDATE_ARGUMENTS


def test_a_post_asks_slack_not_to_unfurl_links(slack_api, store):
    slack_api.client(store).post("C0CALLS001", MESSAGE)
    [(path, sent)] = slack_api.requests
    assert path.endswith("chat.postMessage")
    assert {"unfurl_links", "unfurl_media"} <= set(sent)


@pytest.mark.parametrize(
    "retry_after",
    ["nan", "-nan", "inf", "-inf", "-5", "0", "1e400", "9" * 400, "soon", "", "1,5", "0x10"],
)
def test_a_retry_after_without_sense_gives_a_sane_pause(slack_api, store, retry_after):
    slack_api.status, slack_api.body = 429, {"ok": False, "error": "ratelimited"}
    slack_api.headers = {"Retry-After": retry_after}
    outcome = slack_api.client(store).post("C0CALLS001", MESSAGE)
    assert isinstance(outcome, Retry)
    assert 1.0 <= outcome.seconds <= 600.0


def test_a_sensible_retry_after_is_kept(slack_api, store):
    slack_api.status, slack_api.body = 429, {"ok": False, "error": "ratelimited"}
    slack_api.headers = {"retry-after": "30"}
    assert slack_api.client(store).post("C0CALLS001", MESSAGE) == Retry(30.0, "ratelimited")


SIGNATURES = {
    "a body that is not UTF-8": (b"\xff", "v0=00"),
    "a signature beyond ASCII": (b"payload=%7B%7D", b"v0=\xe9"),
    "both": (b"\xff\xfe", b"v0=\xe9"),
    "an empty body and signature": (b"", ""),
}


@pytest.mark.parametrize("case", SIGNATURES)
def test_forged_bytes_get_401_and_are_counted(bot, slack, case):
    body, signature = SIGNATURES[case]
    stamp = slack_signature(b"", secret="guessed")["X-Slack-Request-Timestamp"]
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    with capture_logs() as logs:
        assert post_to_slack_door(bot, body, headers).status_code == 401
    assert refusals(bot) == {"slack_signature": 1}
    assert not [line for line in logs if line["event"] == "request_failed"]


def test_a_flood_of_forged_bodies_writes_one_log_line(bot, slack):
    stamp = slack_signature(b"", secret="guessed")["X-Slack-Request-Timestamp"]
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=00"}
    with capture_logs() as logs:
        for number in range(50):
            body = b"\xff" * 1_000 if number % 2 else b"payload=%7B%7D"
            assert post_to_slack_door(bot, body, headers).status_code == 401
    assert refusals(bot) == {"slack_signature": 50}
    assert [line["event"] for line in logs].count("slack_request_rejected") == 1
    assert len(logs) < 25  # those of the start included


def test_a_signed_ssl_check_gets_200(bot, slack):
    body = b"token=abc&ssl_check=1"
    headers = slack_signature(body, secret=slack.signing_secret)
    assert post_to_slack_door(bot, body, headers).status_code == 200
    assert post_to_slack_door(bot, body, {}).status_code == 401
