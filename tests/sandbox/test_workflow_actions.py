"""The fake Slack's workflows: strict about the names and types of steps."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.demo.workflows import Workflows
from bot.sandbox.slack.workspace import ANA, CALLS
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.ui.workflow_steps import manifest_functions

GOOD = {"count": 1, "has_more": False, "heading": "Missed calls", "calls": "One"}


@pytest.fixture
def run(slack):
    """Return the ID of a run that no app ends."""
    slack.install_steps(manifest_functions())
    slack.connect("http://127.0.0.1:9")
    return slack.run_step(ANA, "search_calls", query="missed")


def complete(slack, run, outputs, *, token=None):
    client = WebClient(token or slack.token, slack.api_url, retry_handlers=[])
    try:
        client.functions_completeSuccess(function_execution_id=run, outputs=outputs)
    except SlackApiError as error:
        return error.response["error"]
    return "ok"


def test_outputs_must_have_the_names_and_types_of_the_manifest(slack, run):
    for wrong in (
        {**GOOD, "count": "1"},
        {**GOOD, "count": True},
        {**GOOD, "has_more": 0},
        {**GOOD, "calls": None},
        {**GOOD, "more": "x"},
        {name: value for name, value in GOOD.items() if name != "heading"},
    ):
        assert complete(slack, run, wrong) == "parameter_validation_failed", wrong
    assert complete(slack, "Fx404", GOOD) == "function_execution_not_found"
    assert complete(slack, run, GOOD) == "ok"
    assert complete(slack, run, GOOD) == "execution_not_in_running_state"
    assert slack.execution(run).outputs == GOOD


def test_token_of_a_run_expires_with_it(slack, run):
    token = slack.execution(run).token
    assert complete(slack, run, GOOD, token=token) == "ok"
    assert complete(slack, run, GOOD, token=token) == "token_expired"
    assert complete(slack, run, GOOD, token="xwfp-guessed") == "invalid_auth"


def test_inputs_must_have_the_names_and_types_of_the_manifest(slack, run):
    for wrong in ({"limit": "ten"}, {"limit": True}, {"query": 1}, {"words": "x"}):
        with pytest.raises(ValueError, match=r"wrong type|unknown parameter"):
            slack.run_step(ANA, "search_calls", **wrong)
    with pytest.raises(ValueError, match="missing parameter: to"):
        slack.run_step(ANA, "send_sms", message="Hello")
    with pytest.raises(LookupError, match="no step"):
        slack.run_step(ANA, "make_coffee")


def test_demo_posts_what_a_workflow_found(slack, start_bot):
    slack.install_steps(manifest_functions())
    start_bot()  # with the steps off, which the workflow shows
    with FakeVocatech() as vocatech:
        Workflows(slack, person=ANA).report_missed_calls(vocatech)
    message = slack.messages(CALLS)[-1]
    assert message["username"] == "Missed calls workflow"
    assert message["text"].count(":warning: Steps of Vocatech are turned off.") == 2
