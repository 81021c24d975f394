"""Building of what the settings may switch on in Slack: workflow steps, and their state."""

from functools import partial

from bot.calls.service import CallSearchService
from bot.clock import Clock, Timing
from bot.config import Settings
from bot.follow_ups.service import FollowUpService
from bot.health.surfaces import SlackSurfaces
from bot.people.permissions import Permissions
from bot.people.slack_sync import Newcomers
from bot.server.workers import STEPS_QUEUE, WorkerPool
from bot.slack import app as slack_app
from bot.slack.functions import FunctionReports
from bot.store import Store
from bot.texts.service import TextService
from bot.ui.formatting import Locale
from bot.workflow_steps.actions import StepActions
from bot.workflow_steps.reporter import StepReporter
from bot.workflow_steps.service import RunTokens, WorkflowStepService


def build_workflow_steps(
    settings: Settings,
    workers: WorkerPool,
    *,
    store: Store,
    permissions: Permissions,
    newcomers: Newcomers,
    texts: TextService,
    follow_ups: FollowUpService,
    calls: CallSearchService,
    clock: Clock,
    timing: Timing,
    locale: Locale,
) -> tuple[WorkflowStepService, StepReporter]:
    """Return the service that runs steps, and the worker that reports their results."""
    tokens = RunTokens()
    service = WorkflowStepService(
        store,
        permissions,
        newcomers,
        StepActions(store, texts, follow_ups, calls, clock, locale).by_callback_id(),
        clock,
        tokens,
        report=partial(workers.run_now, STEPS_QUEUE),
        is_on=settings.workflow_steps,
    )
    client = slack_app.make_web_client(settings, timing.slack_timeout)
    return service, StepReporter(store, FunctionReports(client), tokens, clock)


def build_slack_surfaces(settings: Settings, store: Store, clock: Clock) -> SlackSurfaces:
    """Return what admins see about what is switched on."""
    return SlackSurfaces(
        store,
        clock,
        has_workflow_steps=settings.workflow_steps,
        has_side_pane=settings.work_objects,
        has_mcp=settings.mcp_server,
    )
