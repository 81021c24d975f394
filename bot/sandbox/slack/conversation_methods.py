"""The `conversations.` methods."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from bot.sandbox.slack.method import (
    TIER_2,
    TIER_3,
    TIER_4,
    ApiMethod,
    cursor_value,
    is_true,
    make_cursor,
    needed,
    page_of,
    whole,
)
from bot.sandbox.slack.state import BOT_USER_ID, Channel, Json, MethodError, SlackState, is_reply

_KINDS: Final = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


class ConversationMethods:
    """The `conversations.` methods over one workspace."""

    def __init__(self, state: SlackState) -> None:
        self._state = state

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        read, history = ("{kind}:read",), ("{kind}:history",)
        return {
            "conversations.history": ApiMethod(self.history, history, TIER_3),
            "conversations.replies": ApiMethod(self.replies, history, TIER_3),
            "conversations.info": ApiMethod(self.info, read, TIER_3),
            "conversations.list": ApiMethod(self.list_channels, ("{types}:read",), TIER_2),
            "users.conversations": ApiMethod(self.list_own, ("{types}:read",), TIER_3),
            "conversations.join": ApiMethod(self.join, ("channels:join",), TIER_3),
            "conversations.open": ApiMethod(self.open_direct, ("im:write",), TIER_3),
            "conversations.members": ApiMethod(self.members, read, TIER_4),
        }

    def history(self, params: Json) -> Json:
        """Return a channel's messages, newest first."""
        channel = self._readable(params)
        shown = (m for m in channel.messages.values() if not is_reply(m))
        return _page(params, [m for m in shown if not m.get("is_ephemeral")])

    def replies(self, params: Json) -> Json:
        """Return a thread: its first message, then the replies, oldest first."""
        channel = self._readable(params)
        ts = needed(params, "ts")
        if ts not in channel.messages:
            raise MethodError("thread_not_found")
        root = channel.messages[ts].get("thread_ts", ts)
        inside = (m for m in channel.messages.values() if m.get("thread_ts", m["ts"]) == root)
        within = list(_within(params, [m for m in inside if not m.get("is_ephemeral")]))
        page, cursor = page_of(params, within, default=1000)
        shown = [_shown(params, message) for message in page]
        return {"ok": True, "messages": shown, **_more(cursor)}

    def info(self, params: Json) -> Json:
        """Describe a channel."""
        channel = self._state.channel(params.get("channel"))
        count = {"num_members": len(self._members(channel))}
        extra = count if is_true(params, "include_num_members") else {}
        return {"ok": True, "channel": {**channel.described(), **extra}}

    def list_channels(self, params: Json) -> Json:
        """Describe the channels of the requested kinds."""
        return self._listed(params, list(self._state.channels.values()))

    def list_own(self, params: Json) -> Json:
        """Describe the channels that the app is in."""
        return self._listed(params, [c for c in self._state.channels.values() if c.is_member])

    def join(self, params: Json) -> Json:
        """Add the app to a public channel."""
        channel = self._state.channel(params.get("channel"))
        if channel.kind != "channels":
            raise MethodError("method_not_supported_for_channel_type")
        if channel.is_archived:
            raise MethodError("is_archived")
        if not channel.is_member:
            channel.is_member = True
            self._state.touch()
        return {"ok": True, "channel": channel.described()}

    def open_direct(self, params: Json) -> Json:
        """Open the direct conversation with a person."""
        if params.get("channel"):
            channel = self._state.channel(params["channel"])
        else:
            channel = self._state.direct(needed(params, "users"))
        short = {"id": channel.id}
        return {
            "ok": True,
            "channel": channel.described() if is_true(params, "return_im") else short,
        }

    def members(self, params: Json) -> Json:
        """Return the IDs of a channel's members, including the app."""
        channel = self._state.channel(params.get("channel"))
        ids = [{"id": user} for user in self._members(channel)]
        page, cursor = page_of(params, ids, default=100)
        return {"ok": True, "members": [one["id"] for one in page], **_more(cursor)}

    def _members(self, channel: Channel) -> list[str]:
        people = [u for u, who in self._state.users.items() if not who["is_bot"]]
        if channel.user is not None:
            people = [channel.user]
        return [*people, BOT_USER_ID] if channel.is_member else people

    def _listed(self, params: Json, channels: list[Channel]) -> Json:
        kinds = kinds_asked_for(params)
        hide = is_true(params, "exclude_archived")
        shown = [c for c in channels if c.is_open and c.kind in kinds]
        described = [c.described() for c in shown if not (hide and c.is_archived)]
        page, cursor = page_of(params, described, default=100)
        return {"ok": True, "channels": page, "response_metadata": {"next_cursor": cursor}}

    def _readable(self, params: Json) -> Channel:
        channel = self._state.channel(params.get("channel"))
        if not channel.is_member:
            raise MethodError("not_in_channel")
        return channel


def kinds_asked_for(params: Json) -> list[str]:
    """Return the first parts of the scopes for the kinds of channels in `types`."""
    types = str(params.get("types") or "public_channel").split(",")
    if not {one.strip() for one in types} <= {*_KINDS, "mpim"}:
        raise MethodError("invalid_types")
    return [_KINDS.get(one.strip(), "mpim") for one in types]


def _page(params: Json, messages: list[Json]) -> Json:
    within = list(_within(params, messages))
    limit = whole(params, "limit", 100, most=999)
    forward = bool(params.get("oldest")) and not params.get("latest")
    after = cursor_value(params, "next_ts")
    # With only `oldest`, Slack starts there; otherwise at the newest message.
    if forward:
        rest = [m for m in within if after is None or m["ts"] > after]
        page, left = rest[:limit], rest[limit:]
        cursor = make_cursor("next_ts", page[-1]["ts"]) if left else ""
    else:
        rest = [m for m in within if after is None or m["ts"] < after]
        page, left = rest[-limit:], rest[:-limit]
        cursor = make_cursor("next_ts", page[0]["ts"]) if left else ""
    shown = [_shown(params, message) for message in reversed(page)]
    return {"ok": True, "messages": shown, "pin_count": 0, **_more(cursor)}


def _within(params: Json, messages: list[Json]) -> Iterator[Json]:
    oldest, latest = _bound(params, "oldest"), _bound(params, "latest")
    inclusive = is_true(params, "inclusive")
    for message in messages:
        ts = message["ts"]
        too_old = oldest is not None and (ts < oldest or (ts == oldest and not inclusive))
        too_new = latest is not None and (ts > latest or (ts == latest and not inclusive))
        if not (too_old or too_new):
            yield message


def _bound(params: Json, name: str) -> str | None:
    value = params.get(name)
    if value in (None, "", "now"):
        return None
    try:
        # With a fixed width, strings compare like numbers.
        return f"{Decimal(str(value)):017.6f}"
    except InvalidOperation:
        raise MethodError(f"invalid_ts_{name}") from None


def _shown(params: Json, message: Json) -> Json:
    if is_true(params, "include_all_metadata"):
        return message
    return {name: value for name, value in message.items() if name != "metadata"}


def _more(cursor: str) -> Json:
    metadata = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {"has_more": bool(cursor), **metadata}
