"""Demo button that runs a workflow of Slack's Workflow Builder."""

import time
from typing import Any, Final

from bot.sandbox.demo.call_scenarios import DemoAction, make_action
from bot.sandbox.slack.function_methods import StepExecution
from bot.sandbox.slack.workspace import CALLS, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.ui.mrkdwn import escape
from bot.ui.workflow_steps import SEARCH_CALLS, SEND_SMS

GROUP: Final = "Workflow Builder"
NAME: Final = "Missed calls workflow"
WORDS: Final = "Sorry we missed you. Reply with a good time, and we'll call you back."
MOST_LISTED: Final = 5
# So few that the limit for texts soon holds one back, and says when it leaves.
RECIPIENTS: Final = 4
SECONDS_TO_WAIT: Final = 60.0


class Workflows:
    """A workflow of one fake Slack, started by a person."""

    def __init__(self, slack: FakeSlack, *, person: str) -> None:
        self._slack = slack
        self._person = person

    def report_missed_calls(self, vocatech: FakeVocatech, **_more: object) -> list[str]:
        """A workflow lists today's missed calls, texts a customer, and posts what it did."""
        found = self._run(SEARCH_CALLS, query="missed today", limit=MOST_LISTED)
        customer = vocatech.random.choice(vocatech.company.callers[:RECIPIENTS])
        texted = self._run(SEND_SMS, to=customer.number, message=WORDS)
        heading, listed = ("Missed calls today", _result(found, "calls"))
        said = f"*{heading}*\n{listed}\n\n*SMS to a customer*\n{_result(texted, 'details')}"
        self._slack.post_as_workflow(NAME, CALLS, said)
        return []

    def buttons(self) -> dict[str, DemoAction]:
        """Return the buttons by name."""
        return {"workflow": make_action("Run a workflow", self.report_missed_calls, GROUP)}

    def _run(self, step: str, **inputs: Any) -> StepExecution:
        """Run a step, and wait for its end as Slack does."""
        run = self._slack.execution(self._slack.run_step(self._person, step, **inputs))
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while not run.is_over and time.monotonic() < deadline:
            time.sleep(0.05)
        return run


def _result(run: StepExecution, output: str) -> str:
    """Return an output of a step, or what the workflow shows if it failed."""
    if run.outputs is not None:
        return escape(str(run.outputs[output]))
    return f":warning: {escape(run.error or 'The app did not answer.')}"
