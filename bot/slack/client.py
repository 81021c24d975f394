"""Requests to Slack's Web API, each made once, with its answer classified."""

import http
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.slack.api_health import ApiHealth
from bot.slack.errors import (
    BLOCKS_REFUSED,
    FAILURES,
    Absent,
    Outcome,
    Rejected,
    Retry,
    Sent,
    Unknown,
    Unreadable,
    classify,
)
from bot.slack.files import share_file
from bot.slack.history import is_ours, read_history
from bot.slack.views import SlackViews
from bot.store.key_value import KeyValueStore
from bot.ui.message import Message

log = structlog.get_logger()

NEW_TYPE_REFUSED = "invalid_blocks"
UNKNOWN_TYPE = "unknown block"
OWN_TEAMS = "own teams"
TRY_TYPES_AGAIN_SECONDS = 7 * 86_400.0


def is_member(person: Mapping[str, Any], teams: frozenset[str]) -> bool:
    """Say whether somebody, as Slack words them, belongs to one of these.

    `is_stranger` alone does not tell: of a person of another company it is false where they share
    a channel with us. Where Slack has not named our own teams, nobody can be of another.
    """
    if person.get("is_stranger"):
        return False
    enterprise = (person.get("enterprise_user") or {}).get("enterprise_id")
    return not teams or person.get("team_id") in (None, *teams) or enterprise in teams


def is_shared_outside(channel: Mapping[str, Any]) -> bool:
    """Say whether people of another company are in a channel, or asked to come in.

    Once in, they read what stands there already. Workspaces of one company share a channel with
    `is_shared` alone.
    """
    signs = ("is_ext_shared", "is_pending_ext_shared", "pending_shared")
    return any(channel.get(sign) for sign in signs)


class SlackClient(SlackViews):
    """Slack's Web API, as far as the bot uses it; nothing here is ever repeated by itself."""

    def __init__(
        self,
        client: WebClient,
        notes: KeyValueStore,
        now: Callable[[], float],
        api_health: ApiHealth | None = None,
    ) -> None:
        """Keep the client, which must have been built with `retry_handlers=[]`.

        `api_health` is where it notes how we stand with Slack.
        """
        super().__init__(client)
        self.api_health = api_health or ApiHealth()
        self._notes = notes
        self._now = now
        self._bot_id: str | None = None
        self._own_teams: frozenset[str] = frozenset()

    @property
    def has_authenticated(self) -> bool:
        """Say whether Slack has taken our token since the start."""
        return self._bot_id is not None

    def check_auth(self) -> bool:
        """Ask Slack who we are, and so how we stand; say whether it told."""
        try:
            self._auth_test()
        except FAILURES as error:
            log.warning("slack_not_reached", reason=classify(error).reason)
            return False
        return True

    def _known_bot_id(self) -> str:
        return self._bot_id or self._auth_test()

    def _auth_test(self) -> str:
        greeting = self._client.auth_test()
        if self._bot_id is None:
            ids = (greeting.get("team_id"), greeting.get("enterprise_id"))
            self._own_teams = frozenset(str(one) for one in ids if one)
            self._notes.set_text(OWN_TEAMS, " ".join(sorted(self._own_teams)))
            # Last: whoever finds it set goes by the teams, too.
            self._bot_id = str(greeting["bot_id"])
        return self._bot_id

    @property
    def own_teams(self) -> frozenset[str]:
        """The ids of our own workspace and enterprise; none until Slack has told them once."""
        if not self._own_teams:
            self._own_teams = frozenset((self._notes.text(OWN_TEAMS) or "").split())
        return self._own_teams

    def is_ours(self, person: Mapping[str, Any]) -> bool:
        """Say whether somebody, as Slack words them, is of our company, not of one we share with.

        Raises what `FAILURES` names.
        """
        self._known_bot_id()
        return is_member(person, self.own_teams)

    def is_shared(self, channel: str) -> bool:
        """Say whether people outside the company are in a channel; raises what `FAILURES` names."""
        found = self._client.conversations_info(channel=channel)
        return is_shared_outside(found["channel"] or {})

    def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Outcome:
        """Post once; a message whose blocks are refused is posted plainly.

        With `thread_ts` it goes into that thread, and `broadcast` into the channel too.
        """
        place: dict[str, Any] = (
            {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}
        )
        if message.file is not None:
            outcome = share_file(
                self._client, channel, message.file, words=message.text, thread_ts=thread_ts
            )
        else:
            outcome = self._send(
                message,
                lambda blocks: _ask(
                    self._client.chat_postMessage,
                    channel=channel,
                    **place,
                    **_body(message, blocks),
                ),
            )
        if (
            isinstance(outcome, Rejected)
            and outcome.reason == "not_in_channel"
            and self._join(channel)
        ):
            return Retry(0.0, "joined")
        return outcome

    def update(self, channel: str, ts: str, message: Message) -> Outcome:
        """Edit a message in place."""
        return self._send(
            message,
            lambda blocks: _ask(
                self._client.chat_update, channel=channel, ts=ts, **_body(message, blocks)
            ),
        )

    def answer(self, respond: Callable[..., Any], message: Message) -> Outcome:
        """Answer somebody alone, at the address that came with what they did."""

        def ask(blocks: list[dict[str, Any]]) -> Outcome:
            said = respond(text=message.text, blocks=blocks, response_type="ephemeral")
            if said.status_code == http.HTTPStatus.OK:
                return Sent("")
            return Rejected(str(said.body)[:80], "message")

        return self._send(message, ask)

    def find(
        self, channel: str, message: Message, *, since: float, thread_ts: str | None = None
    ) -> Sent | Absent | Unreadable | Retry | Rejected | Unknown:
        """Look in the channel, or a thread, for a message of ours with the same metadata or file.

        `since`: unix seconds of the request in doubt.
        """
        try:
            bot_id = self._known_bot_id()
            for found in read_history(self._client, channel, since=since, thread_ts=thread_ts):
                if is_ours(found, message, bot_id=bot_id):
                    return Sent(found["ts"])
        except FAILURES as error:
            outcome = classify(error)
            if isinstance(outcome, Retry):
                return outcome
            if outcome.reason == "missing_scope":
                return Unreadable(outcome.reason)
            if outcome.reason == "not_in_channel" and self._join(channel):
                return Retry(0.0, "joined")
            return outcome
        return Absent()

    def can_enter(self, channel: str) -> bool:
        """Say whether we are in a channel, or have just joined it; True where Slack will not say.

        To post is the only other way to know, and a post that is refused holds the channel.
        """
        try:
            self._client.conversations_history(channel=channel, limit=1)
        except FAILURES as error:
            outcome = classify(error)
            if outcome.reason == "not_in_channel":
                return self._join(channel)
            return not (isinstance(outcome, Rejected) and outcome.about == "channel")
        return True

    def admins(self) -> list[str]:
        """Give the user ids of the workspace's owners and admins; none when Slack will not say."""
        try:
            pages = self._client.users_list(limit=200)
            members = [one for page in pages for one in page["members"] if self.is_ours(one)]
        except FAILURES:
            return []
        ranks = ("is_primary_owner", "is_owner", "is_admin")
        return [m["id"] for m in members if not m.get("deleted") and any(m.get(r) for r in ranks)]

    def people_page(self, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Give a page of the workspace's people as Slack words them, and where the next begins.

        Raises what `FAILURES` names.
        """
        page = self._client.users_list(limit=200, cursor=cursor)
        return page["members"], (page.get("response_metadata") or {}).get("next_cursor") or None

    def person(self, slack_user: str) -> dict[str, Any]:
        """Give somebody as Slack words them; raises what `FAILURES` names."""
        found: dict[str, Any] | None = self._client.users_info(user=slack_user)["user"]
        return found or {"id": slack_user}

    def open_direct(self, slack_user: str) -> str:
        """Give the id of the direct channel with somebody; raises what `FAILURES` names.

        Posts take a person's id too, but edits do not.
        """
        return str(self._client.conversations_open(users=slack_user)["channel"]["id"])

    def link_to(self, channel: str, ts: str) -> str | None:
        """Give the address of a message; None when Slack will not say."""
        try:
            return str(self._client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
        except FAILURES:
            return None

    def _send(self, message: Message, ask: Callable[[list[dict[str, Any]]], Outcome]) -> Outcome:
        """Ask with all blocks; where they are refused, with plainer ones, at last with none."""
        types = message.new_types
        unknown = {one for one in types if self._is_unknown(one)}
        outcome = ask(message.without(unknown))
        if isinstance(outcome, Rejected) and outcome.reason == NEW_TYPE_REFUSED and types - unknown:
            # Slack names the type; where it does not, any of the new ones may be to blame.
            blamed = {one for one in types - unknown if one in outcome.detail} or types - unknown
            outcome = ask(message.without(unknown | blamed))
            if isinstance(outcome, Sent):
                for one in blamed:
                    self._notes.set_moment(f"{UNKNOWN_TYPE} {one}", self._now())
        for blocks in (message.plain_blocks, list[dict[str, Any]]()):
            if isinstance(outcome, Rejected) and outcome.reason in BLOCKS_REFUSED:
                outcome = ask(blocks)
        return outcome

    def _is_unknown(self, block_type: str) -> bool:
        """Say whether the workspace refused a type of block lately; it may know it by and by."""
        since = self._notes.moment(f"{UNKNOWN_TYPE} {block_type}")
        return since is not None and self._now() - since < TRY_TYPES_AGAIN_SECONDS

    def _join(self, channel: str) -> bool:
        try:
            self._client.conversations_join(channel=channel)
        except FAILURES:
            return False
        return True


def _ask(request: Callable[..., Any], **asked: Any) -> Outcome:
    try:
        return Sent(request(**asked)["ts"])
    except FAILURES as error:
        return classify(error)


def _body(message: Message, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": message.text,
        "blocks": blocks,
        "metadata": message.metadata,
        "unfurl_links": False,
        "unfurl_media": False,
    }
