"""Socket Mode: the same listeners, without a public address."""

import httpx

from bot.sandbox.slack.workspace import ANA
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import event, send


def start(start_bot, slack):
    bot = start_bot(slack_app_token=slack.app_token, slack_signing_secret=None)
    wait_for(lambda: slack.sender.socket and slack.sender.socket.is_connected(), seconds=10)
    return bot


def open_transcript(bot, slack):
    send(bot.url, event("call.transcription", "c", transcription="Ana: hello"))
    card = wait_for(lambda: slack.messages(CHANNEL))[0]
    assert slack.click(ANA, CHANNEL, card["ts"], "open_transcript").ok
    return wait_for(lambda: slack.open_view(ANA))


def test_a_click_arrives_over_socket_mode(start_bot, slack):
    bot = start(start_bot, slack)
    slack.connect("http://127.0.0.1:9")
    assert "hello" in str(open_transcript(bot, slack))


def test_without_a_signing_secret_http_requests_get_401(start_bot, slack):
    bot = start(start_bot, slack)
    answer = httpx.post(
        f"{bot.url}/slack/events",
        content=b"payload=%7B%7D",
        headers={"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"},
    )
    assert answer.status_code == 401
