"""Owns our requests to Slack, and what each answer means for the message that was to be sent."""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.render.message import Message

log = structlog.get_logger()

# Answers after which the same request cannot succeed, by what they are true of.
CHANNEL_GONE = {"channel_not_found", "is_archived", "not_in_channel", "restricted_action"}
TOKEN_REFUSED = {
    "account_inactive",
    "invalid_auth",
    "missing_scope",
    "not_authed",
    "token_expired",
    "token_revoked",
}
# Slack may or may not have done what was asked.
UNSURE_ERRORS = {"internal_error", "fatal_error", "request_timeout"}
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
# What is true of this one message for ever; any other refusal may pass.
MESSAGE_HOPELESS = {
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    "msg_too_long",
    "no_text",
}
NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
# The SDK itself stumbles (the last two) over answers that are no JSON object or no text at all.
FAILURES = (SlackApiError, OSError, http.client.HTTPException, AttributeError, ValueError)
LOOK_BACK_SECONDS = 120.0


@dataclass(frozen=True)
class Done:
    """Slack did it; `ts` names the message."""

    ts: str


@dataclass(frozen=True)
class NotNow:
    """Slack surely did not do it, and may later: after so many seconds."""

    seconds: float
    reason: str


@dataclass(frozen=True)
class Refused:
    """Slack surely did not do it, and says what stands in the way."""

    reason: str
    about: Literal["channel", "token", "message"]

    @property
    def is_hopeless(self) -> bool:
        """Say whether nobody can do anything about it."""
        return self.reason in MESSAGE_HOPELESS


@dataclass(frozen=True)
class Unsure:
    """Nobody knows whether Slack did it."""

    reason: str


Outcome = Done | NotNow | Refused | Unsure


@dataclass(frozen=True)
class Absent:
    """The message is not in the channel."""


@dataclass(frozen=True)
class Unreadable:
    """The channel may not be read, so it cannot be told."""

    reason: str


class SlackPoster:
    """Slack's Web API, as far as the bot uses it; nothing here is ever repeated by itself."""

    def __init__(self, client: WebClient) -> None:
        """Keep the client; it must have been built with `retry_handlers=[]`."""
        self._client = client
        self._bot_id: str | None = None

    @property
    def has_been_reached(self) -> bool:
        """Say whether Slack has taken our token since the start."""
        return self._bot_id is not None

    def greet(self) -> float:
        """Reach Slack once, to know our own id; gives no extra pause."""
        try:
            self._introduce_yourself()
        except FAILURES as error:
            log.warning("slack_not_reached", reason=judge(error).reason)
        return 0.0

    def _introduce_yourself(self) -> str:
        if self._bot_id is None:
            self._bot_id = str(self._client.auth_test()["bot_id"])
        return self._bot_id

    def post(self, channel: str, message: Message) -> Outcome:
        """Post once; a message whose blocks are refused is posted plainly."""
        outcome = self._send(
            message, lambda body: self._client.chat_postMessage(channel=channel, **body)
        )
        if (
            isinstance(outcome, Refused)
            and outcome.reason == "not_in_channel"
            and self._join(channel)
        ):
            return NotNow(0.0, "joined")
        return outcome

    def update(self, channel: str, ts: str, message: Message) -> Outcome:
        """Edit a message in place."""
        return self._send(
            message, lambda body: self._client.chat_update(channel=channel, ts=ts, **body)
        )

    def find(
        self, channel: str, message: Message, *, since: float
    ) -> Done | Absent | Unreadable | NotNow | Unsure:
        """Look in the channel for a message of ours with the same metadata.

        `since`: unix seconds of the request in doubt; some time before is searched too, because
        clocks differ.
        """
        try:
            bot_id = self._introduce_yourself()
            for found in self._history(channel, since - LOOK_BACK_SECONDS):
                if found.get("bot_id") == bot_id and _carries(found, message.metadata):
                    return Done(found["ts"])
        except FAILURES as error:
            outcome = judge(error)
            if isinstance(outcome, NotNow):
                return outcome
            if outcome.reason == "missing_scope":
                return Unreadable(outcome.reason)
            if outcome.reason == "not_in_channel":
                self._join(channel)
            return Unsure(outcome.reason)
        return Absent()

    def admins(self) -> list[str]:
        """Give the user ids of the workspace's owners and admins; none when Slack will not say."""
        try:
            pages = self._client.users_list(limit=200)
            members = [member for page in pages for member in page["members"]]
        except FAILURES:
            return []
        ranks = ("is_primary_owner", "is_owner", "is_admin")
        return [m["id"] for m in members if not m.get("deleted") and any(m.get(r) for r in ranks)]

    def open_modal(self, trigger_id: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a modal and give its id and hash; `trigger_id` is good once, for three seconds."""
        opened = self._client.views_open(trigger_id=trigger_id, view=dict(view))["view"]
        return opened["id"], opened["hash"]

    def update_modal(self, view_id: str, view: Mapping[str, Any], *, seen_hash: str | None) -> None:
        """Replace what an open modal shows, unless it changed since `seen_hash`."""
        self._client.views_update(view_id=view_id, view=dict(view), hash=seen_hash)

    def _send(self, message: Message, request: Any) -> Outcome:
        outcome = _ask(request, _body(message, message.blocks))
        if isinstance(outcome, Refused) and outcome.reason in BLOCKS_REFUSED:
            outcome = _ask(request, _body(message, message.plain_blocks))
        if isinstance(outcome, Refused) and outcome.reason in BLOCKS_REFUSED:
            outcome = _ask(request, _body(message, []))
        return outcome

    def _history(self, channel: str, oldest: float) -> Iterator[dict[str, Any]]:
        if channel.startswith(("U", "W")):
            channel = self._client.conversations_open(users=channel)["channel"]["id"]
        pages = self._client.conversations_history(
            channel=channel, oldest=f"{oldest:.6f}", include_all_metadata=True, limit=200
        )
        for page in pages:
            yield from page["messages"]

    def _join(self, channel: str) -> bool:
        try:
            self._client.conversations_join(channel=channel)
        except FAILURES:
            return False
        return True


def _ask(request: Any, body: dict[str, Any]) -> Outcome:
    try:
        return Done(request(body)["ts"])
    except FAILURES as error:
        return judge(error)


def _body(message: Message, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": message.text,
        "blocks": blocks,
        "metadata": message.metadata,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _carries(found: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    there = found.get("metadata") or {}
    return all(there.get(name) == value for name, value in metadata.items())


def judge(error: Exception) -> NotNow | Refused | Unsure:  # noqa: PLR0911 (one line a meaning)
    """Tell what a failed request means: not done for now, not done for good, or unknown."""
    if not isinstance(error, SlackApiError):
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, NOT_SENT):
            return NotNow(2.0, "unreachable")
        return Unsure(type(cause).__name__)
    response = error.response
    reason = str(response.get("error", ""))[:80]
    if response.status_code == http.HTTPStatus.TOO_MANY_REQUESTS or reason == "ratelimited":
        return NotNow(_retry_after(response.headers), "ratelimited")
    if response.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR or reason in UNSURE_ERRORS:
        return Unsure(reason or f"status {response.status_code}")
    if response.get("ok") is not False or " " in reason:
        return Unsure("an answer that is not Slack's")
    if reason in CHANNEL_GONE:
        return Refused(reason, "channel")
    return Refused(reason, "token" if reason in TOKEN_REFUSED else "message")


def _retry_after(headers: Mapping[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return min(max(float(value), 1.0), 600.0)
            except ValueError:
                break
    return 1.0
