"""Service for steps of workflows: each runs once, for a member of the workspace."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import BotError, StepFailed
from bot.people.permissions import Permissions
from bot.people.slack_sync import Newcomers
from bot.store import Store
from bot.store.workflows.step_results import StepResult
from bot.ui.error_messages import words_for
from bot.ui.mrkdwn import clean
from bot.ui.workflow_steps import PERSON, STEPS_BY_ID
from bot.workflow_steps.validation import parse_inputs
from bot.workflow_steps.words import NOT_FOR_YOU, OFF, UNKNOWN_STEP

log = structlog.get_logger()
NOT_ALLOWED = "not allowed: run a workflow step"
RAN = "ran a workflow step"
MOST_TOKENS = 1_000


@dataclass(frozen=True)
class StepRun:
    """A run of a step, as Slack requests it; `execution_id` is the same when Slack asks again.

    `token` is valid for this run. It is kept in memory only.
    """

    execution_id: str
    callback_id: str
    inputs: object
    token: str | None


class RunTokens:
    """The tokens of runs whose results Slack doesn't have yet."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, execution_id: str, token: str | None) -> None:
        """Keep the token of a run; without room for it, the bot's own token must do."""
        with self._lock:
            if token and len(self._tokens) < MOST_TOKENS:
                self._tokens[execution_id] = token

    def of(self, execution_id: str) -> str | None:
        """Return the token of a run."""
        return self._tokens.get(execution_id)

    def drop(self, execution_id: str) -> None:
        """Forget the token of a run."""
        with self._lock:
            self._tokens.pop(execution_id, None)


@dataclass(frozen=True)
class WorkflowStepService:
    """Runs steps, and stores their results until Slack has them; `report` starts reporting."""

    store: Store
    permissions: Permissions
    newcomers: Newcomers
    actions: Mapping[str, Callable[[str, Mapping[str, Any], str], dict[str, Any]]]
    clock: Clock
    tokens: RunTokens
    report: Callable[[], None]
    is_on: bool
    # Slack may send an event twice at the same time.
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, run: StepRun) -> None:
        """Run a step, unless it has run, and store its result."""
        with self._lock:
            if not self.store.step_results.knows(run.execution_id):
                self.tokens.keep(run.execution_id, run.token)
                result = self._result_of(run)
                step = run.callback_id if run.callback_id in STEPS_BY_ID else ""
                now = self.clock.now()
                self.store.step_results.add(run.execution_id, step, result, now=now)
                log.info("workflow_step_run", step=step, has_failed=result.error is not None)
        self.report()

    def _result_of(self, run: StepRun) -> StepResult:
        step = STEPS_BY_ID.get(run.callback_id)
        if not self.is_on:
            return StepResult(error=OFF)
        if step is None:
            return StepResult(error=UNKNOWN_STEP)
        try:
            inputs = parse_inputs(step, run.inputs)
            person = str(inputs[PERSON])
            self._check_person(person, step.callback_id)
            # Without the inputs: what is typed may be a number that is erased one day.
            now = self.clock.now()
            self.store.audit.note(person, RAN, step.callback_id, now=now)
            outputs = self.actions[step.callback_id](person, inputs, run.execution_id)
        except BotError as error:
            return StepResult(error=clean(words_for(error)))
        return StepResult(outputs)

    def _check_person(self, person: str, step: str) -> None:
        if self.permissions.is_member(person):
            return
        self.newcomers.notice(person)
        self.store.audit.note(person, NOT_ALLOWED, step, now=self.clock.now())
        raise StepFailed(NOT_FOR_YOU)
