"""The HTTP paths of the app."""

from collections.abc import Callable

from slack_bolt import App

from bot.server.web import Endpoint, Request, Table
from bot.services import Services
from bot.sync.subscription import PATH
from handlers.endpoints.health import HealthEndpoints
from handlers.endpoints.mcp import MCP_PATH, McpEndpoint
from handlers.endpoints.slack_requests import SlackRequests
from handlers.endpoints.vocatech_webhooks import VocatechWebhooks


def make_paths(
    s: Services,
    *,
    bolt: App,
    is_signed: Callable[[Request], bool],
    obstacles: Callable[[], list[str]],
) -> Table:
    """Return the HTTP handlers by path and method."""
    vocatech_webhooks = VocatechWebhooks(
        secrets=s.settings.webhook_secrets,
        region=s.settings.default_region,
        opt_out_words=tuple(s.settings.opt_out_words),
        store=s.store,
        metrics=s.metrics,
        webhook_refusals=s.webhook_refusals,
        load=s.webhook_load,
        clock=s.clock,
        wake=s.wake,
        failpoint=s.failpoint,
    )
    slack_requests = SlackRequests(bolt, is_signed, s.metrics, s.slack_refusals, s.clock)
    health = HealthEndpoints(obstacles, s.metrics)
    paths: dict[str, dict[str, Endpoint]] = {
        PATH: {"POST": vocatech_webhooks.receive_webhook},
        "/slack/events": {"POST": slack_requests.answer_slack},
        "/healthz": {"GET": health.healthz},
        "/readyz": {"GET": health.readyz},
        "/metrics": {"GET": health.metrics_page},
    }
    if s.settings.mcp_server:
        mcp = McpEndpoint(
            s.mcp, s.store, s.slack, s.metrics, s.clock, is_signed, s.settings.public_url
        )
        paths[MCP_PATH] = {"POST": mcp.answer_mcp}
    return paths
