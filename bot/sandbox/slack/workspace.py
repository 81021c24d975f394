"""The fake Slack, as tests and the demo use it."""

from collections.abc import Mapping
from typing import Any, Final, Self

from bot.sandbox.slack.state import BOT_USER_ID, OTHER_TEAM, TEAM_ID, Channel, Json, is_reply
from bot.sandbox.slack.user_methods import make_user
from bot.sandbox.slack.workflow_actions import SlackWorkflowActions

ADMIN: Final = "U0ADMIN01"
ANA: Final = "U0ANA0001"
BEN: Final = "U0BEN0001"
CALLS: Final = "C0CALLS001"
CALL_METADATA: Final = "vocatech_call"


class FakeSlack(SlackWorkflowActions):
    """A Slack workspace with one app, strict about tokens, scopes, limits and Block Kit."""

    def __init__(self, **settings: Any) -> None:
        """Accept the keyword arguments of `SlackGateway`."""
        super().__init__(**settings)
        self._add_defaults()

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def reset(self) -> None:
        """Empty the workspace and remove the faults; the app stays connected."""
        with self.state.lock:
            self.state.clear()
            self.views.clear()
            self.response_urls.clear()
            self.functions.clear()
            self.entities.clear()
            self._add_defaults()
        self.faults.clear()
        self.calls.clear()
        self.counts.clear()
        self.sender.event_answers.clear()
        self.before_method = self.after_method = self.token_error = None
        if self.limits is not None:
            self.limits.clear()

    @property
    def refused_block_types(self) -> set[str]:
        """The block types that this workspace rejects; can be changed."""
        return self.state.refused_block_types

    @property
    def rate_limited(self) -> int:
        """The number of calls with status 429."""
        return self.counts["ratelimited"]

    @property
    def revision(self) -> int:
        """A number that grows with every visible change."""
        return self.state.revision

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Wait up to `timeout` seconds for another revision and return it."""
        return self.state.wait_for_change(revision, timeout)

    def add_channel(
        self,
        channel_id: str,
        name: str,
        *,
        private: bool = False,
        member: bool = True,
        shared: bool = False,
    ) -> None:
        """Create a channel; the app is a `member`, and another company `shared` it."""
        self._change(
            Channel(channel_id, name, is_private=private, is_member=member, is_shared=shared)
        )

    def add_user(
        self, user_id: str, name: str, email: str, *, rank: str = "", team: str = TEAM_ID
    ) -> None:
        """Add a user of this workspace or of another company's (`team`).

        `rank` is "owner", "admin", "guest", "single-channel guest", or "".
        """
        with self.state.lock:
            self.state.users[user_id] = make_user(user_id, name, email, rank=rank, team=team)
            self.state.touch()

    def change_user(self, user_id: str, **changes: Any) -> None:
        """Change a user's account, such as `deleted=True`, and send the event."""
        with self.state.lock:
            user = {**self.state.users[user_id], **changes}
            self.state.users[user_id] = user
            self.state.touch()
        self.send_event({"type": "user_change", "user": user, "event_ts": self.state.new_ts()})

    def share(self, channel_id: str, *, is_shared: bool = True) -> None:
        """Share a channel with another company, or stop sharing, and send the event."""
        with self.state.lock:
            self.state.channels[channel_id].is_shared = is_shared
            self.state.touch()
        event: Json = {"channel": channel_id, "event_ts": self.state.new_ts()}
        if is_shared:
            self.send_event({**event, "type": "channel_shared", "connected_team_id": OTHER_TEAM})
        else:
            told = {"previously_connected_team_id": OTHER_TEAM, "is_ext_shared": False}
            self.send_event({**event, "type": "channel_unshared", **told})

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        channel = self.state.channels[channel_id]
        channel.is_archived = True
        self._change(channel)

    def remove_bot(self, channel_id: str) -> None:
        """Remove the app from a channel."""
        channel = self.state.channels[channel_id]
        channel.is_member = False
        self._change(channel)

    def delete_channel(self, channel_id: str) -> None:
        """Delete a channel and its messages."""
        with self.state.lock:
            del self.state.channels[channel_id]
            self.state.touch()

    def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> str:
        """Post a message as a user and return its `ts`; no event is sent."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        with self.state.lock:
            ts = self.state.new_ts()
            message = {"type": "message", "user": user, "team": TEAM_ID, "text": text, "ts": ts}
            self.state.put(self.state.channels[channel], {**message, **thread})
        return ts

    def messages(self, channel: str) -> list[Json]:
        """Return a channel's messages, oldest first, without the replies inside threads.

        Ephemeral ones have `is_ephemeral` and `for_user`.
        """
        with self.state.lock:
            found = self.state.channels[channel].messages.values() if self._has(channel) else ()
            return [message for message in found if not is_reply(message)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Return a thread's messages, the first one included, oldest first.

        Ephemeral ones have `is_ephemeral` and `for_user`.
        """
        with self.state.lock:
            place = self.state.channels[channel]
            return [
                one for one in place.messages.values() if ts in (one["ts"], one.get("thread_ts"))
            ]

    def channels(self) -> Mapping[str, str]:
        """Return the names of all channels by ID."""
        with self.state.lock:
            return {channel.id: channel.name for channel in self.state.channels.values()}

    def places(self, user: str) -> Mapping[str, str]:
        """Return the names of a user's channels and direct conversation by ID."""
        with self.state.lock:
            direct = self.state.direct(user).id
            shown = {one.id: one.name for one in self.state.channels.values() if one.user is None}
        return shown | {direct: "Vocatech"}

    def users(self) -> Mapping[str, str]:
        """Return the names of all users by ID, without the app."""
        with self.state.lock:
            people = self.state.users.items()
            return {key: str(one["real_name"]) for key, one in people if not one["is_bot"]}

    def direct_channel(self, user: str) -> str:
        """Return the id of the app's direct conversation with a user."""
        with self.state.lock:
            return self.state.direct(user).id

    def file(self, file_id: str) -> tuple[str, str, bytes]:
        """Return the name, content type, and bytes of a file, or raise KeyError."""
        with self.state.lock:
            file = self.state.files[file_id]
            return file["shown"]["name"], file["shown"]["mimetype"], file["bytes"] or b""

    def open_view(self, user: str) -> Json | None:
        """Return the top modal of a user."""
        with self.state.lock:
            return self.views.top(user)

    def home_view(self, user: str) -> Json | None:
        """Return the App Home of a user."""
        with self.state.lock:
            return self.views.home(user)

    def new_trigger(self, user: str) -> str:
        """Return a new trigger ID, as after a click."""
        with self.state.lock:
            return self.views.triggers.make(user)

    def posted_call_ids(self, channel: str) -> list[str]:
        """Return the IDs of the calls in a channel's messages, in order."""
        found: list[str] = []
        for message in self.messages(channel):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == CALL_METADATA:
                payload = metadata["event_payload"]
                found += [payload["call_id"]] if "call_id" in payload else []
                found += payload.get("call_ids") or []
        return found

    def _has(self, channel: str) -> bool:
        return channel in self.state.channels

    def _change(self, channel: Channel) -> None:
        with self.state.lock:
            self.state.channels[channel.id] = channel
            self.state.touch()

    def _add_defaults(self) -> None:
        self.add_user(ADMIN, "Robin Park", "robin@example.com", rank="owner")
        # These two have email addresses of employees, so that the app can match them.
        self.add_user(ANA, "Ana Torres", "ana.torres@example.com")
        self.add_user(BEN, "Ben Whitaker", "ben.whitaker@example.com")
        bot = make_user(BOT_USER_ID, "Vocatech", "")
        self.state.users[BOT_USER_ID] = {**bot, "is_bot": True}
        self.add_channel(CALLS, "calls")
