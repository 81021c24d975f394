"""Logs have named events, no secrets and no whole phone numbers."""

import json
import logging

import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.sandbox.faults import Fault
from bot.server.logs import _SILENT, _TALKATIVE, redact, set_up_logs
from tests.conftest import wait_for
from tests.support.webhooks import ended, send

BODY = "The parcel smells of fish"
LEVELS = ("debug", "info", "warning", "error")


@pytest.fixture(autouse=True)
def _as_before():
    """Restore the log settings for other tests."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = {name: logging.getLogger(name).level for name in _SILENT + _TALKATIVE}
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, own in libraries.items():
        logging.getLogger(name).setLevel(own)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("token xoxb-123-abc refused", "token xoxb-… refused"),
        ("Authorization: Bearer vt-key.1", "Authorization: Bearer …"),
        ("call from +12125550123", "call from +…23"),
        ("evt_\x1b[2J", "evt_�[2J"),
        ("ts 1795428000.123456", "ts 1795428000.123456"),
    ],
)
def test_secrets_and_numbers_are_masked(text, kept):
    assert redact(None, "info", {"event": text, "n": 3}) == {"event": kept, "n": 3}


def test_machines_get_one_json_object_a_line(capsys):
    set_up_logs("json")
    structlog.get_logger().info("webhook_stored", kind="call.ended", secret="xoxb-1-2")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["kind"], line["secret"]) == (
        "webhook_stored",
        "call.ended",
        "xoxb-…",
    )


@pytest.mark.parametrize("level", LEVELS)
def test_log_level_hides_less_severe_events(capsys, level):
    set_up_logs("json", level)
    for one in LEVELS:
        structlog.get_logger().bind().log(getattr(logging, one.upper()), f"{one}_event")
    shown = [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()]
    assert shown == list(LEVELS[LEVELS.index(level) :])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["slack_bolt.App", "slack_sdk", "vocatech-slack:Check", "httpx"])
def test_libraries_that_log_bodies_are_silent_at_every_level(capsys, level, name):
    set_up_logs("json", level)
    library = logging.getLogger(name)
    before = library.level
    library.setLevel(logging.DEBUG)  # as Bolt does if the root logger has this level
    for severity in (logging.DEBUG, logging.INFO, logging.ERROR, logging.CRITICAL):
        library.log(severity, "Invalid request signature detected (body: %s)", BODY)
    library.setLevel(before)
    assert capsys.readouterr().err == ""


def test_other_libraries_log_warnings_without_secrets(capsys):
    set_up_logs("json")
    logging.getLogger("some.library").info("started")
    logging.getLogger("some.library").warning("no answer for %s", "xoxb-1-2")
    lines = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["no answer for xoxb-…"]


def test_all_lines_of_one_request_have_its_id(bot):
    with capture_logs(processors=[merge_contextvars]) as logs:
        assert send(bot.url, ended("call-1")).status_code == 200
        assert send(bot.url, ended("call-2")).status_code == 200
    received = [one for one in logs if one["event"] == "webhook_received"]
    stored = [one for one in logs if one["event"] == "webhook_stored"]
    assert [one["call"] for one in received] == ["call-1", "call-2"]
    assert received[0]["event_id"].endswith("evt_call.ended_call-1")
    ids = [one["request_id"] for one in received]
    assert ids == [one["request_id"] for one in stored]
    assert len(set(ids)) == 2
    assert {one["log_level"] for one in received} == {"debug"}


def test_log_has_one_line_for_each_call_posted(bot):
    with capture_logs() as logs:
        assert send(bot.url, ended("call-1")).status_code == 200
        [line] = wait_for(lambda: [one for one in logs if one["event"] == "message_posted"])
    assert (line["log_level"], line["call"]) == ("info", "call-1")


def test_log_says_that_a_message_was_found_instead_of_posted_again(bot, slack):
    slack.faults.add(Fault(path="chat.postMessage", drop="after", times=1))
    with capture_logs() as logs:
        assert send(bot.url, ended("call-1")).status_code == 200
        [line] = wait_for(lambda: [one for one in logs if one["event"] == "message_found"])
    assert line["call"] == "call-1"
    assert not [one for one in logs if one["event"] == "message_posted"]
