"""The Model Context Protocol endpoint: who asks, and whether they may."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.mcp.protocol import McpMessage, ProtocolError, error, parse_message
from bot.mcp.service import McpService
from bot.models.health import SLACKBOT_ASKED
from bot.server.metrics import Metrics
from bot.server.web import Request, Response, answer_json
from bot.slack.client import SlackClient
from bot.store import Store
from bot.store.access.tokens import SECONDS_BETWEEN_NOTES

MCP_PATH = "/mcp"
MOST_BYTES = 65_536
SLACKBOT = "Slackbot"
BEARER = "bearer "


class McpRefusal(Exception):
    """A request that isn't answered, with the status of the response."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class McpEndpoint:
    """`POST /mcp`: Slack signs its requests; other clients send an access token."""

    service: McpService
    store: Store
    slack: SlackClient
    metrics: Metrics
    clock: Clock
    is_signed: Callable[[Request], bool]
    public_url: str | None

    def answer_mcp(self, request: Request) -> Response:
        """Respond to one message; 401 without a valid signature or token, 403 without the right."""
        try:
            self._check(request)
            message = parse_message(request.body)
            user, client = self._identify(request, message)
            content = self.service.answer(user, message, client=client)
        except McpRefusal as refusal:
            return self._refuse(refusal)
        except ProtocolError as problem:
            return Response(400 if problem.message_id is None else 200, _json(error(problem)))
        return Response(202, b"") if content is None else Response(200, _json(content))

    def _check(self, request: Request) -> None:
        """Refuse what is too large, and web pages that a person visits."""
        if len(request.body) > MOST_BYTES:
            raise McpRefusal(413, "body too large")
        origin = request.headers.get("origin")
        if origin is not None and origin != self.public_url:
            raise McpRefusal(403, "origin not allowed")

    def _identify(self, request: Request, message: McpMessage) -> tuple[str, str]:
        """Return the person who asks, and through what."""
        if "x-slack-signature" not in request.headers:
            user, client = self._token_user(request)
        elif self.is_signed(request):
            user, client = self._slack_user(message), SLACKBOT
        else:
            raise McpRefusal(401, "signature missing, stale, or forged")
        if not self.service.is_allowed(user):
            raise McpRefusal(403, "this person may not read calls")
        if "x-slack-signature" in request.headers:
            self._note_use()
        return user, client

    def _note_use(self) -> None:
        """Remember when Slackbot asked; the list of tokens has it for other clients."""
        now, last = self.clock.now(), self.store.key_values.moment(SLACKBOT_ASKED)
        if last is None or abs(now - last) > SECONDS_BETWEEN_NOTES:
            self.store.key_values.set_moment(SLACKBOT_ASKED, now)

    def _token_user(self, request: Request) -> tuple[str, str]:
        """Return the person of an access token, and the token's name."""
        given = request.headers.get("authorization", "")
        is_given = given.lower().startswith(BEARER)
        secret = given[len(BEARER) :].strip() if is_given else ""
        token = self.store.access_tokens.find(secret, now=self.clock.now())
        if token is None:
            raise McpRefusal(401, "access token missing, unknown, or revoked")
        return token.slack_user, token.name

    def _slack_user(self, message: McpMessage) -> str:
        """Return the person whom Slack names in a signed request."""
        meta = message.params.get("_meta")
        slack = meta.get("slack") if isinstance(meta, dict) else None
        told = slack if isinstance(slack, dict) else {}
        if str(told.get("team_id")) not in self.slack.own_teams:
            raise McpRefusal(403, "another workspace asks")
        return str(told.get("user_id"))

    def _refuse(self, refusal: McpRefusal) -> Response:
        self.metrics.count_refusal(f"mcp {refusal.reason}")
        body = answer_json(refusal.status, error=refusal.reason).body
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}  # noqa: PLR2004
        return Response(refusal.status, body, headers=headers)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
