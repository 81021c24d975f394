"""Owns what Slack's answers tell besides: whether our token counts, what it may, and the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.clock import seconds_ahead
from bot.slack.errors import MISSING_SCOPE, TOKEN_REFUSED
from bot.slack.manifest import SCOPES


@dataclass
class ApiHealth:
    """How we stand with Slack, by its answers so far.

    `refused` is why our token is refused, None where it is not. `needed` are the scopes for want
    of which something was refused. `ahead` are the seconds by which our clock was ahead of theirs
    at the last answer.
    """

    refused: str | None = None
    needed: frozenset[str] = frozenset()
    granted: frozenset[str] | None = None
    ahead: float | None = None

    @property
    def missing(self) -> frozenset[str]:
        """The scopes that were needed, and have not been granted since."""
        return self.needed - (self.granted or frozenset())

    def record(self, said: Mapping[str, Any], headers: Mapping[str, Any], *, now: float) -> None:
        """Take in an answer, whatever it was about; `now` in unix seconds."""
        lowered = {str(name).lower(): str(value) for name, value in headers.items()}
        self.ahead = seconds_ahead(lowered.get("date"), now)
        if (scopes := lowered.get("x-oauth-scopes")) is not None:
            self.granted = _listed(scopes)
        reason = said.get("error")
        if reason == MISSING_SCOPE:
            self.needed |= _of_ours(said)
        elif said.get("ok") is True or reason in TOKEN_REFUSED:
            self.refused = None if said.get("ok") else str(reason)


class WatchedClient(WebClient):
    """Slack's Web API, with an eye on its answers."""

    def __init__(self, api_health: ApiHealth, now: Callable[[], float], **given: Any) -> None:
        """Keep where to note what is told."""
        super().__init__(**given)
        self._api_health = api_health
        self._now = now

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        """Ask as ever; raises what it raises."""
        try:
            answer = super().api_call(api_method, **given)
        except SlackApiError as error:
            self._note(error.response)
            raise
        self._note(answer)
        return answer

    def _note(self, answer: Any) -> None:
        said, headers = getattr(answer, "data", None), getattr(answer, "headers", None)
        if isinstance(said, dict) and isinstance(headers, Mapping):
            self._api_health.record(said, headers, now=self._now())


def _of_ours(said: Mapping[str, Any]) -> frozenset[str]:
    """Give what was missing; where any of several would do, those that we ask for."""
    needed = _listed(str(said.get("needed", ""))) - _listed(str(said.get("provided", "")))
    return needed & SCOPES.keys() or needed


def _listed(scopes: str) -> frozenset[str]:
    return frozenset(one.strip()[:80] for one in scopes.split(",") if one.strip())
