"""Reports to Slack of how a step of a workflow ended."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.slack.errors import FAILURES, Rejected, Retry, Sent, Unknown, classify

# Slack needs no more: the run ended, or was never one of this app.
OVER = frozenset({"execution_not_in_running_state", "function_execution_not_found"})
LONGEST_ERROR = 900


class FunctionReports:
    """The methods with which an app ends a step; each request is made once."""

    def __init__(self, client: WebClient) -> None:
        """Store the client, which must have been built with `retry_handlers=[]`.

        It must not be the one that records the health of the bot's token: Slack may reject the
        token of a run, and such a token has other scopes.
        """
        self._client = client

    def complete(
        self, execution_id: str, outputs: Mapping[str, Any], *, token: str | None = None
    ) -> Sent | Retry | Rejected | Unknown:
        """End a step with its outputs; a `token` is used in place of the bot's."""
        return _report(
            self._client.functions_completeSuccess,
            token,
            function_execution_id=execution_id,
            outputs=dict(outputs),
        )

    def fail(
        self, execution_id: str, error: str, *, token: str | None = None
    ) -> Sent | Retry | Rejected | Unknown:
        """End a step with an error, which the workflow shows."""
        return _report(
            self._client.functions_completeError,
            token,
            function_execution_id=execution_id,
            error=error[:LONGEST_ERROR],
        )


def _report(
    method: Callable[..., Any], token: str | None, **arguments: Any
) -> Sent | Retry | Rejected | Unknown:
    try:
        method(**arguments, **({"token": token} if token else {}))
    except FAILURES as error:
        return classify(error)
    return Sent("")
