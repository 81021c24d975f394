"""Slack Web API client that makes each request once and classifies the response."""

import http
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard, TypeVar

import structlog
from slack_sdk import WebClient

from bot.slack.api_health import ApiHealth
from bot.slack.entities import SlackEntities
from bot.slack.errors import (
    BLOCKS_REFUSED,
    FAILURES,
    FoundPosts,
    Outcome,
    Rejected,
    SearchOutcome,
    Sent,
    Unreadable,
    classify,
)
from bot.slack.files import delete_file, share_file
from bot.slack.history import Wanted, find_messages, read_history
from bot.slack.teams import is_shared_outside
from bot.store.key_value import KeyValueStore
from bot.ui.message import Message

log = structlog.get_logger()

NEW_TYPE_REFUSED, UNKNOWN_TYPE = "invalid_blocks", "unknown block"
METADATA_REFUSED, WORK_OBJECTS = "invalid_metadata", "work objects"

TRY_TYPES_AGAIN_SECONDS = 7 * 86_400.0

T = TypeVar("T")


class SlackClient(SlackEntities):
    """The Slack Web API methods that the app uses; nothing here is retried automatically."""

    def __init__(
        self,
        client: WebClient,
        notes: KeyValueStore,
        now: Callable[[], float],
        api_health: ApiHealth | None = None,
    ) -> None:
        """Store the client, which must have been built with `retry_handlers=[]`.

        `api_health` is what a WatchedClient records.
        """
        super().__init__(client, notes, now)
        self.api_health = api_health or ApiHealth()

    def is_shared(self, channel: str) -> bool:
        """Return whether a channel is shared with another company. Raises `FAILURES`."""
        found = self._client.conversations_info(channel=channel)
        return is_shared_outside(found["channel"] or {})

    def sharing_of_own(self) -> dict[str, bool]:
        """Return which of the channels that the app is in are shared with another company.

        Raises `FAILURES`.
        """
        pages = self._client.users_conversations(
            types="public_channel,private_channel", exclude_archived=True, limit=200
        )
        channels = [one for page in pages for one in page["channels"]]
        # Slack's lists may leave out what `conversations.info` says.
        return {one["id"]: is_shared_outside(one) for one in channels if "is_ext_shared" in one}

    def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Outcome:
        """Post once; if Slack rejects the blocks, post a plainer version.

        With `thread_ts` it goes into that thread, and with `broadcast` to the channel, too.
        """
        place: dict[str, Any] = (
            {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}
        )

        def send() -> Outcome:
            if message.file is not None:
                return share_file(
                    self._client, channel, message.file, words=message.text, thread_ts=thread_ts
                )
            return self._send(
                message,
                lambda blocks: _call(
                    self._client.chat_postMessage,
                    channel=channel,
                    **place,
                    **self._body(message, blocks),
                    unfurl_links=False,
                    unfurl_media=False,
                ),
            )

        return self._joining(channel, send)

    def update(self, channel: str, ts: str, message: Message) -> Outcome:
        """Edit a message in place, or delete its file."""
        try:
            place = self.open_direct(channel) if channel.startswith(("U", "W")) else channel
        except FAILURES as error:
            return classify(error)
        if message.file and message.is_removal:
            return delete_file(self._client, place, ts, message.file)
        return self._send(
            message,
            lambda blocks: _call(
                self._client.chat_update, channel=place, ts=ts, **self._body(message, blocks)
            ),
        )

    def answer(self, respond: Callable[..., Any], message: Message) -> Outcome:
        """Reply to one person through the response URL of their action."""

        def send(blocks: list[dict[str, Any]]) -> Outcome:
            answer = respond(text=message.text, blocks=blocks, response_type="ephemeral")
            if answer.status_code == http.HTTPStatus.OK:
                return Sent("")
            return Rejected(str(answer.body)[:80], "message")

        return self._send(message, send)

    def find(
        self, channel: str, wanted: Sequence[Wanted], *, since: float, thread_ts: str | None = None
    ) -> SearchOutcome:
        """Search a channel or thread for this app's messages, all in one reading.

        `since` is the time of the first unconfirmed request in unix seconds.
        """
        # A clock that was ahead then or is ahead now must not hide what was posted.
        since = min(since, self.earliest_now())

        def read() -> SearchOutcome:
            try:
                bot_id = self._known_bot_id()
                history = read_history(self._client, channel, since=since, thread_ts=thread_ts)
                return FoundPosts(find_messages(history, wanted, bot_id=bot_id))
            except FAILURES as error:
                outcome = classify(error)
                if outcome.reason == "missing_scope":
                    return Unreadable(outcome.reason)
                return outcome

        return self._joining(channel, read)

    def earliest_now(self) -> float:
        """Return the time in unix seconds by our clock or by Slack's, whichever is behind."""
        return self._now() - max(0.0, self.api_health.ahead or 0.0)

    def own_messages(
        self, channel: str, *, since: float, before: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield what we posted since a time (unix seconds), newest first. Raises `FAILURES`.

        With `before`, only messages before that `ts`.
        """
        bot_id, since = self._known_bot_id(), min(since, self.earliest_now())
        for message in read_history(self._client, channel, since=since, before=before):
            if message.get("bot_id") == bot_id:
                yield message

    def can_enter(self, channel: str, *, joins: bool = True) -> bool:
        """Return whether the app is in a channel, joins it, or could; True if Slack doesn't say."""
        # The only other way to find out is to post, and a rejected post holds the channel.
        try:
            self._client.conversations_history(channel=channel, limit=1)
        except FAILURES as error:
            outcome = classify(error)
            if outcome.reason == "not_in_channel":
                return self._join(channel) if joins else True
            return not (isinstance(outcome, Rejected) and outcome.about == "channel")
        return True

    def link_to(self, channel: str, ts: str) -> str | None:
        """Return the permalink of a message, or None if Slack doesn't say."""
        try:
            return str(self._client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
        except FAILURES:
            return None

    def _send(self, message: Message, send: Callable[[list[dict[str, Any]]], Outcome]) -> Outcome:
        """Send all blocks; if Slack rejects them, send plainer ones, and finally none."""
        types = message.new_types
        unknown = {one for one in types if self._is_unknown(one)}
        outcome = send(message.without(unknown))
        if isinstance(outcome, Rejected) and outcome.reason == NEW_TYPE_REFUSED and types - unknown:
            # Slack names the type; if it doesn't, any of the new types may be the cause.
            blamed = {one for one in types - unknown if one in outcome.detail} or types - unknown
            outcome = send(message.without(unknown | blamed))
            if isinstance(outcome, Sent):
                for one in blamed:
                    self._notes.set_moment(f"{UNKNOWN_TYPE} {one}", self._now())
        if message.entities and _refuses_metadata(outcome):
            # Slack did nothing, so the message is sent as in a workspace without Work Objects.
            log.warning("work_objects_refused", reason=outcome.reason)
            self._notes.set_moment(f"{UNKNOWN_TYPE} {WORK_OBJECTS}", self._now())
            outcome = send(message.without(unknown))
        for blocks in (message.plain_blocks, list[dict[str, Any]]()):
            if isinstance(outcome, Rejected) and outcome.reason in BLOCKS_REFUSED:
                outcome = send(blocks)
        return outcome

    def _body(self, message: Message, blocks: list[dict[str, Any]]) -> dict[str, Any]:
        metadata = message.metadata
        if message.entities and not self._is_unknown(WORK_OBJECTS):
            # Slack takes a later version of an entity only with a later time.
            now = int(self._now())
            metadata = {**metadata, "entities": [_stamped(one, now) for one in message.entities]}
        return {"text": message.text, "blocks": blocks, "metadata": metadata}

    def _is_unknown(self, block_type: str) -> bool:
        """Return whether the workspace recently rejected a block type; support may arrive later."""
        since = self._notes.moment(f"{UNKNOWN_TYPE} {block_type}")
        return since is not None and self._now() - since < TRY_TYPES_AGAIN_SECONDS

    def _joining(self, channel: str, request: Callable[[], T]) -> T:
        """Make a request; if the app isn't in the channel, join it and try once more."""
        outcome = request()
        is_outside = isinstance(outcome, Rejected) and outcome.reason == "not_in_channel"
        return request() if is_outside and self._join(channel) else outcome

    def _join(self, channel: str) -> bool:
        try:
            self._client.conversations_join(channel=channel)
        except FAILURES:
            return False
        return True


def _call(request: Callable[..., Any], **arguments: Any) -> Outcome:
    try:
        return Sent(request(**arguments)["ts"])
    except FAILURES as error:
        return classify(error)


def _refuses_metadata(outcome: Outcome) -> TypeGuard[Rejected]:
    return isinstance(outcome, Rejected) and outcome.reason.startswith(METADATA_REFUSED)


def _stamped(entity: dict[str, Any], now: int) -> dict[str, Any]:
    """Return an entity with the time of this version (unix seconds)."""
    payload = entity["entity_payload"]
    attributes = {**payload["attributes"], "metadata_last_modified": now}
    return {**entity, "entity_payload": {**payload, "attributes": attributes}}
