"""Handler of steps in workflows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import BoltContext

from bot.workflow_steps.service import StepRun, WorkflowStepService


@dataclass(frozen=True)
class WorkflowStepHandlers:
    """Runs steps; reports of how they ended follow from a worker."""

    steps: WorkflowStepService

    def run_step(self, ack: Callable[[], Any], event: dict[str, Any], context: BoltContext) -> None:
        """Run a step and acknowledge it once its result is stored.

        If that fails, Slack gets no acknowledgment and sends the event again.
        """
        self.steps.run(
            StepRun(
                execution_id=str(event["function_execution_id"]),
                callback_id=str(event["function"]["callback_id"]),
                inputs=event.get("inputs"),
                token=context.function_bot_access_token,
            )
        )
        ack()
