"""Token status, scopes, and clock skew, taken from Slack's API responses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clock import seconds_ahead
from bot.slack.connections import PooledClient, SlackConnections
from bot.slack.errors import MISSING_SCOPE, TOKEN_REFUSED
from bot.slack.manifest import SCOPES


@dataclass
class ApiHealth:
    """The state of the connection to Slack, according to its responses so far.

    `refused` is the reason that Slack rejects the token, or None. `needed` are the scopes that
    Slack reported missing. `ahead` is how many seconds the local clock was ahead of Slack's at
    the last response.
    """

    refused: str | None = None
    needed: frozenset[str] = frozenset()
    granted: frozenset[str] | None = None
    ahead: float | None = None

    @property
    def missing(self) -> frozenset[str]:
        """The needed scopes that have not been granted since."""
        return self.needed - (self.granted or frozenset())

    def record(self, body: Mapping[str, Any], headers: Mapping[str, Any], *, now: float) -> None:
        """Record the response to any request; `now` is unix seconds."""
        lowered = {str(name).lower(): str(value) for name, value in headers.items()}
        self.ahead = seconds_ahead(lowered.get("date"), now)
        if (scopes := lowered.get("x-oauth-scopes")) is not None:
            self.granted = _split(scopes)
        reason = body.get("error")
        if reason == MISSING_SCOPE:
            self.needed |= _missing_scopes(body)
        elif body.get("ok") is True or reason in TOKEN_REFUSED:
            self.refused = None if body.get("ok") else str(reason)


class WatchedClient(PooledClient):
    """Slack Web API client that records the health information in each response."""

    def __init__(
        self,
        connections: SlackConnections,
        api_health: ApiHealth,
        now: Callable[[], float],
        **given: Any,
    ) -> None:
        """Store where to record it."""
        super().__init__(connections, **given)
        self._api_health = api_health
        self._now = now

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        """Call the method as usual and record the response."""
        try:
            answer = super().api_call(api_method, **given)
        except SlackApiError as error:
            self._note(error.response)
            raise
        self._note(answer)
        return answer

    def _note(self, answer: Any) -> None:
        body, headers = getattr(answer, "data", None), getattr(answer, "headers", None)
        if isinstance(body, dict) and isinstance(headers, Mapping):
            self._api_health.record(body, headers, now=self._now())


def _missing_scopes(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the missing scopes; of several alternatives, those in the manifest."""
    needed = _split(str(body.get("needed", ""))) - _split(str(body.get("provided", "")))
    return needed & SCOPES.keys() or needed


def _split(scopes: str) -> frozenset[str]:
    return frozenset(one.strip()[:80] for one in scopes.split(",") if one.strip())
