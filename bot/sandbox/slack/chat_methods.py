"""The `chat.` methods."""

from collections.abc import Mapping
from typing import Final

from bot.sandbox.slack.message_validation import checked_content, from_bot
from bot.sandbox.slack.method import TIER_3, TIER_4, ApiMethod, is_true, needed
from bot.sandbox.slack.state import (
    BOT_ID,
    BOT_USER_ID,
    DOMAIN,
    Channel,
    Json,
    MethodError,
    SlackState,
    is_reply,
)

WRITE: Final = ("chat:write",)
POST: Final = "chat.postMessage"
BROADCAST: Final = "thread_broadcast"
# As in Slack's own types; `token` is checked elsewhere.
UPDATE_ARGUMENTS: Final = frozenset(
    [
        "as_user",
        "attachments",
        "blocks",
        "channel",
        "file_ids",
        "link_names",
        "markdown_text",
        "metadata",
        "parse",
        "reply_broadcast",
        "text",
        "ts",
    ]
)


class ChatMethods:
    """The `chat.` methods over one workspace."""

    def __init__(self, state: SlackState) -> None:
        self._state = state

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        return {
            # It has its own limit, one per second and channel, instead of a tier.
            POST: ApiMethod(self.post, WRITE, None),
            "chat.update": ApiMethod(self.update, WRITE, TIER_3),
            "chat.delete": ApiMethod(self.delete, WRITE, TIER_3),
            "chat.postEphemeral": ApiMethod(self.post_privately, WRITE, TIER_4),
            "chat.getPermalink": ApiMethod(self.link, (), None),
        }

    def post(self, params: Json) -> Json:
        """Post a message."""
        channel = self.writable(params)
        message = {**from_bot(), **checked_content(self._state, params)}
        thread_ts = params.get("thread_ts")
        if thread_ts:
            message |= self.in_thread(channel, str(thread_ts))
            if is_true(params, "reply_broadcast"):
                message |= self._broadcast(channel, message["thread_ts"])
        message["ts"] = self._state.new_ts()
        self._state.put(channel, message)
        return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": message}

    def post_privately(self, params: Json) -> Json:
        """Post a message that only one user sees."""
        channel = self.writable(params)
        user = needed(params, "user")
        if user not in self._state.users:
            raise MethodError("user_not_in_channel")
        content = checked_content(self._state, params)
        if params.get("thread_ts"):
            content |= self.in_thread(channel, str(params["thread_ts"]))
        return {"ok": True, "message_ts": self.put_privately(channel, user, content)}

    def put_privately(self, channel: Channel, user: str, content: Json) -> str:
        """Store a message that only one user sees and return its `ts`."""
        ts = self._state.new_ts()
        private = {"is_ephemeral": True, "for_user": user, "ts": ts}
        self._state.put(channel, {**from_bot(), **content, **private})
        return ts

    def update(self, params: Json) -> Json:
        """Edit a message of the app; unlike posting, this does not accept a user ID as channel."""
        if unlisted := sorted(params.keys() - UPDATE_ARGUMENTS):
            words = [f"[ERROR] unlisted argument: {name}" for name in unlisted]
            raise MethodError("invalid_arguments", response_metadata={"messages": words})
        if str(params.get("channel")).startswith(("U", "W")):
            raise MethodError("channel_not_found")
        channel = self.writable(params)
        old = self._ours(channel, params, "cant_update_message")
        # A missing field stays as it is; an empty list or object removes it.
        kept = {"text": old["text"]} if params.get("blocks") and "text" not in params else {}
        content = checked_content(self._state, {**kept, **params})
        message = {**old, **content, "edited": {"user": BOT_USER_ID, "ts": self._state.new_ts()}}
        if is_true(params, "reply_broadcast"):
            if not is_reply(message) and message.get("subtype") != BROADCAST:
                raise MethodError("cant_broadcast_message")
            message |= self._broadcast(channel, message["thread_ts"])
        if params.get("metadata") == {}:
            message.pop("metadata", None)
        self._state.put(channel, message)
        text = message["text"]
        return {
            "ok": True,
            "channel": channel.id,
            "ts": message["ts"],
            "text": text,
            "message": message,
        }

    def delete(self, params: Json) -> Json:
        """Delete a message of the app."""
        channel = self.writable(params)
        message = self._ours(channel, params, "cant_delete_message")
        self._state.drop(channel, message["ts"])
        return {"ok": True, "channel": channel.id, "ts": message["ts"]}

    def link(self, params: Json) -> Json:
        """Return the link to a message."""
        channel = self._state.channel(params.get("channel"))
        ts = needed(params, "message_ts")
        message = channel.messages.get(ts)
        if message is None or message.get("is_ephemeral"):
            raise MethodError("message_not_found")
        address = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        if is_reply(message):
            address += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
        return {"ok": True, "channel": channel.id, "permalink": address}

    def writable(self, params: Json) -> Channel:
        """Return the requested channel if the app may post there."""
        channel = self._state.channel(params.get("channel"))
        if channel.is_archived:
            raise MethodError("is_archived")
        if not channel.is_member and "chat:write.public" not in self._state.scopes:
            raise MethodError("not_in_channel")
        return channel

    def in_thread(self, channel: Channel, thread_ts: str) -> Json:
        """Return the field that puts a message in a thread; raise MethodError if there is none."""
        parent = channel.messages.get(thread_ts)
        if parent is None or parent.get("is_ephemeral"):
            raise MethodError("thread_not_found")
        # A reply to a reply goes to the same thread.
        return {"thread_ts": parent.get("thread_ts", thread_ts)}

    def _broadcast(self, channel: Channel, thread_ts: str) -> Json:
        known = ("type", "user", "bot_id", "text", "ts", "thread_ts")
        first = channel.messages.get(thread_ts, {})
        root = {name: first[name] for name in known if name in first}
        return {"subtype": BROADCAST, "root": root}

    def _ours(self, channel: Channel, params: Json, error: str) -> Json:
        message = channel.messages.get(needed(params, "ts"))
        if message is None or message.get("is_ephemeral"):
            raise MethodError("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise MethodError(error)
        return message
