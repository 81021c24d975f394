"""Classification of Slack's responses: sent, retry, rejected, or unknown."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

RATE_LIMITED = "ratelimited"
# Errors after which the same request can't succeed, by what they apply to.
CHANNEL_GONE = {"channel_not_found", "is_archived", "not_in_channel", "restricted_action"}
MISSING_SCOPE = "missing_scope"
TOKEN_REFUSED = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}
# Slack may or may not have carried out the request.
UNCONFIRMED_ERRORS = {"internal_error", "fatal_error", "request_timeout"}
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
# Permanent for this one message; any other rejection may be temporary.
PERMANENT_ERRORS = {
    "cant_delete_file",
    "cant_update_message",
    "delete_not_allowed",
    "edit_window_closed",
    "file_deleting_disabled",
    "message_not_found",
    "msg_too_long",
    "no_text",
}
# The modal was closed, shows a newer view, or has another one on top already, as after a second
# click: nothing is left to do.
VIEW_CHANGED = {"hash_conflict", "not_found", "push_limit_reached"}


class NotConnected(ConnectionError):
    """No connection to Slack could be made, so nothing was sent."""


NOT_SENT = (
    NotConnected,
    ConnectionRefusedError,
    socket.gaierror,
    ssl.SSLCertVerificationError,
)
# The SDK itself raises the last four for responses that are not Slack's.
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
    """Slack carried out the request; `ts` identifies the message."""

    ts: str


@dataclass(frozen=True)
class Retry:
    """Slack did not carry out the request; it may succeed after `seconds`."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Rejected:
    """Slack did not carry out the request and gave a reason, sometimes with a detail."""

    reason: str
    about: Literal["channel", "token", "message"]
    detail: str = ""

    @property
    def is_permanent(self) -> bool:
        """Whether no retry can ever succeed."""
        return self.reason in PERMANENT_ERRORS


NOT_FROM_SLACK = "a response that is not Slack's"
# A fake Slack may not implement every method.
UNKNOWN_METHOD = ("unknown_method", NOT_FROM_SLACK)


@dataclass(frozen=True)
class Unknown:
    """Slack may or may not have carried out the request.

    If it `is_answered`, nothing is in flight any more.
    """

    reason: str
    is_answered: bool = False


Outcome = Sent | Retry | Rejected | Unknown


@dataclass(frozen=True)
class FoundPosts:
    """The `ts` of those messages that are in the channel, by their keys; the others are absent."""

    ts: Mapping[int, str]


@dataclass(frozen=True)
class Absent:
    """The message is not in the channel."""


@dataclass(frozen=True)
class Unreadable:
    """The app may not read the channel, so the result is unknown."""

    reason: str


SearchOutcome = FoundPosts | Unreadable | Retry | Rejected | Unknown


def classify(error: Exception) -> Retry | Rejected | Unknown:  # noqa: PLR0911 (one line a meaning)
    """Return what a failed request means: retry, rejected, or unknown."""
    if not isinstance(error, SlackApiError):
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, NOT_SENT):
            return Retry(2.0, "unreachable")
        return Unknown(type(cause).__name__)
    response = error.response
    body = response.data if isinstance(response.data, dict) else {}
    reason = str(body.get("error", ""))[:80]
    if response.status_code == http.HTTPStatus.TOO_MANY_REQUESTS or reason == RATE_LIMITED:
        return Retry(_retry_after(response.headers), RATE_LIMITED)
    if (
        response.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        or reason in UNCONFIRMED_ERRORS
    ):
        return Unknown(reason or f"status {response.status_code}", is_answered=True)
    if body.get("ok") is not False or " " in reason:
        return Unknown(NOT_FROM_SLACK, is_answered=True)
    if reason in CHANNEL_GONE:
        return Rejected(reason, "channel")
    is_token = reason in TOKEN_REFUSED or reason == MISSING_SCOPE
    return Rejected(reason, "token" if is_token else "message", _detail(body))


def _detail(body: Mapping[str, Any]) -> str:
    """Return what Slack adds when it rejects blocks: one line for each problem."""
    more = body.get("response_metadata")
    messages = more.get("messages") if isinstance(more, dict) else None
    return "\n".join(map(str, messages))[:2_000] if isinstance(messages, list) else ""


def _retry_after(headers: Mapping[str, Any]) -> float:
    """Return Retry-After in seconds, between 1 and 600; 1 if it is missing or invalid."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                seconds = float(value)
            except (TypeError, ValueError):
                break
            # min and max would let NaN through, and a pause of NaN seconds is none at all.
            return 1.0 if isnan(seconds) else min(max(seconds, 1.0), 600.0)
    return 1.0
