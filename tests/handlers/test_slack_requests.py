"""Slack's HTTP requests reach Bolt as they were sent."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.slack.workspace import ANA
from tests.conftest import CHANNEL

PIECES = [
    "payload",
    "payload=1",
    "&payload={}",
    "{",
    "}",
    "&",
    "=",
    "%70ayload",
    "ssl_check=1",
    " ",
]


@pytest.mark.parametrize("command", ["/calls", "/contact", "/sms", "/vocatech"])
def test_command_with_the_word_payload_is_answered(bot, slack, command):
    answer = slack.type_command(ANA, CHANNEL, command, "payload")
    assert (answer.status, answer.problem) == (200, "")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(st.sampled_from(PIECES), max_size=5).map("".join))
def test_commands_are_answered_whatever_form_syntax_they_contain(bot, slack, typed):
    answer = slack.type_command(ANA, CHANNEL, "/contact", typed)
    assert answer.status == 200
    assert "contact" in str(dict(answer))
