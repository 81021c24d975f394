"""Logs have named events, no secrets and no whole phone numbers."""

import json
import logging

import pytest
import structlog

from bot.server.logs import redact, set_up_logs


@pytest.fixture(autouse=True)
def _as_before():
    """Restore the log settings for other tests."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


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
