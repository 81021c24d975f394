"""Owns what an answer of Slack means for what was asked: done, not now, refused, or unknown."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

RATE_LIMITED = "ratelimited"
# Answers after which the same request cannot succeed, by what they are true of.
CHANNEL_GONE = {"channel_not_found", "is_archived", "not_in_channel", "restricted_action"}
MISSING_SCOPE = "missing_scope"
TOKEN_REFUSED = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}
# Slack may or may not have done what was asked.
UNCONFIRMED_ERRORS = {"internal_error", "fatal_error", "request_timeout"}
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
# What is true of this one message for ever; any other refusal may pass.
PERMANENT_ERRORS = {
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    "msg_too_long",
    "no_text",
}
# The modal was closed meanwhile, or shows something newer of ours: nobody waits for this any more.
VIEW_CHANGED = {"hash_conflict", "not_found"}
NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
# The SDK itself stumbles, in the last four ways, over answers that are not Slack's.
FAILURES = (
    SlackApiError,
    OSError,
    http.client.HTTPException,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Sent:
    """Slack did it; `ts` names the message."""

    ts: str


@dataclass(frozen=True)
class Retry:
    """Slack surely did not do it, and may later: after so many seconds."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Rejected:
    """Slack surely did not do it, and says what stands in the way, at times with a detail."""

    reason: str
    about: Literal["channel", "token", "message"]
    detail: str = ""

    @property
    def is_permanent(self) -> bool:
        """Say whether nobody can do anything about it."""
        return self.reason in PERMANENT_ERRORS


NOT_FROM_SLACK = "an answer that is not Slack's"
# What stands in for Slack may not know all that can be asked of it.
UNKNOWN_METHOD = ("unknown_method", NOT_FROM_SLACK)


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether Slack did it."""

    reason: str


Outcome = Sent | Retry | Rejected | Unknown


@dataclass(frozen=True)
class Absent:
    """The message is not in the channel."""


@dataclass(frozen=True)
class Unreadable:
    """The channel may not be read, so it cannot be told."""

    reason: str


def classify(error: Exception) -> Retry | Rejected | Unknown:  # noqa: PLR0911 (one line a meaning)
    """Tell what a failed request means: not done for now, not done for good, or unknown."""
    if not isinstance(error, SlackApiError):
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, NOT_SENT):
            return Retry(2.0, "unreachable")
        return Unknown(type(cause).__name__)
    response = error.response
    said = response.data if isinstance(response.data, dict) else {}
    reason = str(said.get("error", ""))[:80]
    if response.status_code == http.HTTPStatus.TOO_MANY_REQUESTS or reason == RATE_LIMITED:
        return Retry(_retry_after(response.headers), RATE_LIMITED)
    if (
        response.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        or reason in UNCONFIRMED_ERRORS
    ):
        return Unknown(reason or f"status {response.status_code}")
    if said.get("ok") is not False or " " in reason:
        return Unknown(NOT_FROM_SLACK)
    if reason in CHANNEL_GONE:
        return Rejected(reason, "channel")
    is_token = reason in TOKEN_REFUSED or reason == MISSING_SCOPE
    return Rejected(reason, "token" if is_token else "message", _detail(said))


def _detail(said: Mapping[str, Any]) -> str:
    """Give what Slack adds to a refusal of blocks: one line for each problem."""
    more = said.get("response_metadata")
    messages = more.get("messages") if isinstance(more, dict) else None
    return "\n".join(map(str, messages))[:2_000] if isinstance(messages, list) else ""


def _retry_after(headers: Mapping[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return min(max(float(value), 1.0), 600.0)
            except ValueError:
                break
    return 1.0
