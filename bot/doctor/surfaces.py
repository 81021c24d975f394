"""Checks of whether the workspace can use the parts of Slack that not every plan has."""

from collections.abc import Mapping

from slack_sdk import WebClient

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, make_plain
from bot.slack.errors import FAILURES, MISSING_SCOPE, classify

WORKFLOW_STEPS = "slack.workflow_steps"
_STEPS = "Workflow steps"
FREE, ENTERPRISE = "free", ("enterprise", "compliance")
# What Slack's API calls its plans, and what people know them as.
_PLANS: Mapping[str, str] = {
    FREE: "Free",
    "std": "Pro",
    "plus": "Business+",
    "enterprise": "Enterprise",
    "compliance": "Enterprise",
}


def find_plan(client: WebClient) -> tuple[str | None, str]:
    """Return what Slack calls the plan, None if it doesn't say, and then the reason."""
    try:
        return str(client.api_call("team.billing.info")["plan"]), ""
    except FAILURES as error:
        return None, make_plain(classify(error).reason)


def check_workflow_steps(settings: Settings, plan: str | None, reason: str) -> CheckResult:
    """Report whether the plan includes steps of Workflow Builder."""
    name = _PLANS.get(plan or "", make_plain(plan or ""))
    facts = {"workflow_steps": settings.workflow_steps, "plan": plan}
    state = "on" if settings.workflow_steps else "off"
    if plan == FREE:
        found = f"{state}; the Free plan of this workspace has no workflow steps"
        remedy = "Set WORKFLOW_STEPS=false, or choose a paid Slack plan."
        return _steps(found, facts, remedy if settings.workflow_steps else "")
    if not settings.workflow_steps:
        known = f"this workspace's plan ({name}) has them" if name else "they need a paid plan"
        return _steps(f"off; {known}", facts)
    if plan is None and reason == MISSING_SCOPE:
        # The scope is in the same manifest as the steps.
        remedy = (
            "The Slack app may have no steps yet. Paste the output of `vocatech-slack manifest"
            " --workflow-steps` into App Manifest in your Slack app's settings, save, and reinstall"
            " the app. They need a paid Slack plan."
        )
        return _steps("on; the Slack app has an older manifest", facts, remedy)
    if plan is None:
        found = f"on; Slack doesn't say which plan this workspace has ({reason})"
        return CheckResult(WORKFLOW_STEPS, _STEPS, found, Verdict.UNTRIED, facts=facts)
    if plan in ENTERPRISE:
        found = f"on; the plan ({name}) has them, if the app is installed for the organization"
        return _steps(found, facts)
    return _steps(f"on; this workspace's plan ({name}) has them", facts)


def _steps(found: str, facts: Mapping[str, object], remedy: str = "") -> CheckResult:
    verdict = Verdict.WARNING if remedy else Verdict.OK
    return CheckResult(WORKFLOW_STEPS, _STEPS, found, verdict, remedy, facts)
