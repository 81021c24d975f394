"""Checks of whether the workspace can use the parts of Slack that not every plan has."""

from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.config import Settings
from bot.doctor.model import CheckResult, Verdict, make_plain
from bot.slack.errors import FAILURES, MISSING_SCOPE, classify
from bot.slack.manifest import STEP_SCOPES

WORKFLOW_STEPS, SLACKBOT = "slack.workflow_steps", "slack.slackbot"
MCP_SCOPE = "mcp:connect"
FREE, ENTERPRISE = "free", ("enterprise", "compliance")
WITH_SLACKBOT = ("plus", *ENTERPRISE)
# What Slack's API calls its plans, and what people know them as.
_PLANS: Mapping[str, str] = {
    FREE: "Free",
    "std": "Pro",
    "plus": "Business+",
    "enterprise": "Enterprise",
    "compliance": "Enterprise",
}


@dataclass(frozen=True)
class SlackPlan:
    """What Slack says about the workspace; `plan` is None with a `reason` if it doesn't say."""

    plan: str | None = None
    reason: str = "not checked"
    scopes: frozenset[str] = frozenset()

    @property
    def plan_name(self) -> str:
        """The plan as people know it; empty if it is unknown."""
        return _PLANS.get(self.plan or "", make_plain(self.plan or ""))


def optional_scopes(settings: Settings) -> list[str]:
    """Return the scopes that the settings make useful, and that Slack may grant or not."""
    scopes = list(STEP_SCOPES) if settings.workflow_steps else []
    return [*scopes, MCP_SCOPE] if settings.mcp_server else scopes


def ask_plan(client: WebClient) -> SlackPlan:
    """Return what Slack says about the plan and the scopes."""
    try:
        answer = client.api_call("team.billing.info")
        return SlackPlan(str(answer["plan"]), "", _scopes(answer.headers))
    except FAILURES as error:
        answered = error.response if isinstance(error, SlackApiError) else None
        scopes = _scopes(getattr(answered, "headers", None) or {})
        return SlackPlan(None, make_plain(classify(error).reason), scopes)


def check_surfaces(settings: Settings, told: SlackPlan) -> list[CheckResult]:
    """Report whether the workspace can use workflow steps, and Slackbot."""
    return [_workflow_steps(settings, told), _slackbot(settings, told)]


def _workflow_steps(settings: Settings, told: SlackPlan) -> CheckResult:
    plan, name = told.plan, told.plan_name
    state = "on" if settings.workflow_steps else "off"
    facts = {"workflow_steps": settings.workflow_steps, "plan": plan}
    if plan == FREE:
        remedy = "Set WORKFLOW_STEPS=false, or choose a paid Slack plan."
        found = f"{state}; the Free plan of this workspace has no workflow steps"
        return _steps(found, facts, remedy if settings.workflow_steps else "")
    if not settings.workflow_steps:
        known = f"this workspace's plan ({name}) has them" if name else "they need a paid plan"
        return _steps(f"off; {known}", facts)
    if plan is None and told.reason == MISSING_SCOPE:
        # The scope is in the same manifest as the steps.
        pane = " --side-pane" if settings.work_objects else ""
        remedy = (
            "The Slack app may have no steps yet. Paste the output of `vocatech-slack manifest"
            f" --workflow-steps{pane}` into App Manifest in your Slack app's settings, save, and"
            " reinstall the app. They need a paid Slack plan."
        )
        return _steps("on; the Slack app has an older manifest", facts, remedy)
    if plan is None:
        found = f"on; Slack doesn't say which plan this workspace has ({told.reason})"
        return CheckResult(WORKFLOW_STEPS, "Workflow steps", found, Verdict.UNTRIED, facts=facts)
    if plan in ENTERPRISE:
        found = f"on; the plan ({name}) has them, if the app is installed for the organization"
        return _steps(found, facts)
    return _steps(f"on; this workspace's plan ({name}) has them", facts)


def _steps(found: str, facts: Mapping[str, object], remedy: str = "") -> CheckResult:
    verdict = Verdict.WARNING if remedy else Verdict.OK
    return CheckResult(WORKFLOW_STEPS, "Workflow steps", found, verdict, remedy, facts)


def _slackbot(settings: Settings, told: SlackPlan) -> CheckResult:
    """Report whether Slackbot can use the MCP server; other AI clients need none of this."""
    plan, name = told.plan, told.plan_name
    has_scope = MCP_SCOPE in told.scopes
    facts = {"mcp_server": settings.mcp_server, "plan": plan, "has_scope": has_scope}
    state = "on" if settings.mcp_server else "off"
    if plan and plan not in WITH_SLACKBOT:
        found = f"{state}; MCP in Slackbot needs Business+, and this workspace has {name}"
    elif not settings.mcp_server:
        known = f"this workspace's plan ({name}) has it" if name else "it needs Business+"
        found = f"off; {known}"
    elif not settings.public_url:
        found = "on, but Slackbot can't reach it without a PUBLIC_URL"
    elif settings.slack_signing_secret is None:
        # In Socket Mode nothing else needs it.
        found = "on, but Slackbot's signature can't be checked without SLACK_SIGNING_SECRET"
    elif not has_scope:
        found = f"on, but the Slack app lacks the scope {MCP_SCOPE}"
    else:
        found = f"on; {f'the plan ({name}) has it' if name else 'it needs Business+'}"
    return CheckResult(SLACKBOT, "Slackbot (MCP)", found, facts=facts)


def _scopes(headers: Mapping[str, object]) -> frozenset[str]:
    """Return the scopes in the headers of a response."""
    told = {str(name).lower(): str(value) for name, value in headers.items()}
    listed = told.get("x-oauth-scopes", "").split(",")
    return frozenset(one.strip() for one in listed if one.strip())
