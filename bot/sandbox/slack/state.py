"""The fake Slack's data: users, channels, messages, and files."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]

TEAM_ID: Final = "T0TEAM001"
OTHER_TEAM: Final = "T0TEAM002"  # of people in shared channels
APP_ID: Final = "A0APP0001"
BOT_ID: Final = "B0BOT0001"
BOT_USER_ID: Final = "U0BOT0001"
WORKSPACE: Final = "Demo workspace"
DOMAIN: Final = "demo"


class MethodError(Exception):
    """A response with `ok: false`, an error code, and other fields."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **fields}


@dataclass
class Channel:
    """A conversation; `user` is set for a direct one, and messages are by `ts`, in order.

    If it `is_shared`, it has people from another company, by Slack Connect. A stored message is
    never changed, only replaced, so that references to it stay valid.
    """

    id: str
    name: str
    is_private: bool = False
    is_member: bool = True
    is_archived: bool = False
    is_shared: bool = False
    user: str | None = None
    messages: dict[str, Json] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The first part of its scopes: channels, groups, or im."""
        if self.user is not None:
            return "im"
        return "groups" if self.is_private else "channels"

    @property
    def is_open(self) -> bool:
        """Return whether the app can see it."""
        return self.is_member or not self.is_private

    def described(self) -> Json:
        """Return Slack's description of the conversation."""
        if self.user is not None:
            return {"id": self.id, "is_im": True, "user": self.user, "is_archived": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_member": self.is_member,
            "is_general": False,
            "is_shared": self.is_shared,
            "is_ext_shared": self.is_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


class SlackState:
    """One workspace; hold `lock` to read or write it, and call `touch` after a change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self.revision = 0
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, Json] = {}
        self.scopes: frozenset[str] = frozenset()
        self.plan = "std"  # what Slack calls the Pro plan
        self.refused_block_types: set[str] = set()
        # How metadata with an event and entities is treated: kept, refused, or only one of both.
        self.keeps_metadata: Literal["both", "entities", "event", "none"] = "both"
        self.dropped_entities: list[str] = []
        self._last_ts = 0

    def clear(self) -> None:
        """Remove everything except the scopes."""
        for part in (self.users, self.channels, self.files, self.refused_block_types):
            part.clear()
        self.dropped_entities.clear()
        self.keeps_metadata = "both"
        self.touch()

    def touch(self) -> None:
        """Notify all waiting threads of a visible change."""
        with self._changed:
            self.revision += 1
            self._changed.notify_all()

    def wait_for_change(self, revision: int, timeout: float) -> int:
        """Wait up to `timeout` seconds for another revision and return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.revision != revision, timeout)
            return self.revision

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait for a condition, releasing the lock; return whether it came true."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def new_ts(self) -> str:
        """Return a new unique message timestamp."""
        with self.lock:
            self._last_ts = max(time.time_ns() // 1_000, self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: object) -> Channel:
        """Return a channel that the app can see; a user ID means the direct conversation."""
        if isinstance(channel_id, str) and channel_id in self.users:
            return self.direct(channel_id)
        channel = self.channels.get(str(channel_id))
        if channel is None or not channel.is_open:
            raise MethodError("channel_not_found")
        return channel

    def direct(self, user: str) -> Channel:
        """Return the app's direct conversation with a user; create it if needed."""
        if user not in self.users:
            raise MethodError("user_not_found")
        for channel in self.channels.values():
            if channel.user == user:
                return channel
        name = str(self.users[user]["real_name"])
        channel = Channel(f"D{user[1:]}", name, is_private=True, user=user)
        self.channels[channel.id] = channel
        return channel

    def put(self, channel: Channel, message: Json) -> None:
        """Store a message or its replacement."""
        channel.messages[message["ts"]] = message
        thread_ts = message.get("thread_ts")
        if thread_ts is not None and thread_ts != message["ts"]:
            self.count_replies(channel, thread_ts)
        self.touch()

    def drop(self, channel: Channel, ts: str) -> None:
        """Delete a message; one with replies becomes a tombstone."""
        message = channel.messages.pop(ts)
        if message.get("reply_count"):
            kept: Json = {k: message[k] for k in ("ts", "thread_ts", "reply_count") if k in message}
            stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT"}
            channel.messages[ts] = {**stone, "text": "This message was deleted.", **kept}
            channel.messages = dict(sorted(channel.messages.items()))
        elif message.get("thread_ts") not in (None, ts):
            self.count_replies(channel, message["thread_ts"])
        self.touch()

    def count_replies(self, channel: Channel, thread_ts: str) -> None:
        """Update the reply count of a thread's first message."""
        parent = channel.messages.get(thread_ts)
        if parent is None:
            return
        replies = list(replies_to(channel, thread_ts))
        who = dict.fromkeys(reply["user"] for reply in replies)
        channel.messages[thread_ts] = {
            **parent,
            "thread_ts": thread_ts,
            "reply_count": len(replies),
            "reply_users": list(who),
            "reply_users_count": len(who),
            "latest_reply": replies[-1]["ts"] if replies else thread_ts,
        }


def is_reply(message: Json) -> bool:
    """Return whether a message is only in a thread."""
    inside = message.get("thread_ts") not in (None, message["ts"])
    return inside and message.get("subtype") != "thread_broadcast"


def replies_to(channel: Channel, thread_ts: str) -> Iterator[Json]:
    """Return a thread's replies, oldest first, without ephemeral ones."""
    for ts, message in channel.messages.items():
        hidden = message.get("is_ephemeral")
        if message.get("thread_ts") == thread_ts and ts != thread_ts and not hidden:
            yield message


def new_id(letter: str) -> str:
    """Return a new Slack ID, such as V0A1B2C3D4E."""
    return f"{letter}0{secrets.token_hex(5).upper()[:9]}"
