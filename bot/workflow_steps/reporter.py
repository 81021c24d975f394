"""The worker that reports to Slack how steps ended."""

from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.slack.errors import Rejected, Retry, Sent
from bot.slack.functions import OVER, FunctionReports
from bot.store import Store
from bot.store.workflows.step_results import PendingResult, StepResult
from bot.workflow_steps.service import RunTokens
from bot.workflow_steps.words import NOT_ACCEPTED

log = structlog.get_logger()
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
DAY = 86_400.0


@dataclass(frozen=True)
class StepReporter:
    """Reports each result until Slack has it, for a day."""

    store: Store
    reports: FunctionReports
    tokens: RunTokens
    clock: Clock

    def has_work(self) -> bool:
        """Return whether a result should be reported now."""
        return self.store.step_results.has_due(now=self.clock.now())

    def report_next(self) -> float:
        """Report the oldest result; return the seconds until the next."""
        pending = self.store.step_results.next_due(now=self.clock.now())
        return self._report(pending) if pending else 0.0

    def _report(self, pending: PendingResult) -> float:
        run, result, results = pending.execution_id, pending.result, self.store.step_results
        token = self.tokens.of(run)
        outcome = (
            self.reports.complete(run, result.outputs, token=token)
            if result.error is None
            else self.reports.fail(run, result.error, token=token)
        )
        now = self.clock.now()
        if isinstance(outcome, Sent):
            return self._settle(run)
        log.warning("workflow_step_not_reported", step=pending.step, reason=outcome.reason)
        if isinstance(outcome, Retry):
            results.hold_all(until=now + outcome.seconds)
            return outcome.seconds
        if isinstance(outcome, Rejected) and outcome.about == "token" and token:
            # The token of a run expires; the bot's own doesn't.
            self.tokens.drop(run)
            return 0.0
        is_refused = isinstance(outcome, Rejected) and outcome.about != "token"
        if is_refused and result.error is None and outcome.reason not in OVER:
            # The app in Slack was made from an older manifest, so the outputs don't fit.
            results.replace(run, StepResult(error=NOT_ACCEPTED))
            return 0.0
        if is_refused or now - pending.made_at > DAY:
            return self._settle(run)
        results.try_again(run, at=now + min(FIRST_PAUSE * 2**pending.tries, LONGEST_PAUSE))
        return 0.0

    def _settle(self, run: str) -> float:
        self.store.step_results.settle(run, now=self.clock.now())
        self.tokens.drop(run)
        return 0.0
