"""Response URLs: each works five times within 30 minutes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.slack.chat_methods import ChatMethods
from bot.sandbox.slack.message_validation import checked_content, from_bot
from bot.sandbox.slack.state import BOT_ID, BOT_USER_ID, TEAM_ID, Json, MethodError, SlackState

PATH: Final = f"/actions/{TEAM_ID}/"
SECONDS: Final = 1800.0
MOST_POSTS: Final = 5
# Response URLs return errors as plain text with a status, not as JSON.
_GONE, _WRONG = 404, 400


@dataclass
class _Address:
    channel: str
    user: str
    original: str | None
    until: float
    posts: int = 0


class ResponseUrls:
    """The response URLs of one workspace."""

    def __init__(self, state: SlackState, chat: ChatMethods, *, clock: Callable[[], float]) -> None:
        self._state = state
        self._chat = chat
        self._clock = clock
        self._addresses: dict[str, _Address] = {}
        self.url = ""

    def clear(self) -> None:
        """Forget all URLs."""
        self._addresses.clear()

    def make(self, channel: str, user: str, original: str | None = None) -> str:
        """Return a new URL; `original` is the `ts` of the clicked message."""
        name = f"{secrets.randbelow(10**12)}/{secrets.token_urlsafe(16)}"
        self._addresses[name] = _Address(channel, user, original, self._clock() + SECONDS)
        return f"{self.url}{PATH}{name}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Handle what the app posts to a URL."""
        address = self._addresses.get(request.path.removeprefix(PATH))
        if address is None or self._clock() > address.until:
            return HttpResponse(_GONE, "expired_url")
        if address.posts >= MOST_POSTS:
            return HttpResponse(_GONE, "used_url")
        try:
            said = request.params()
        except ValueError:
            return HttpResponse(_WRONG, "invalid_payload")
        try:
            with self._state.lock:
                self._take(address, said)
                address.posts += 1
        except MethodError as refusal:
            return HttpResponse(_WRONG, refusal.answer["error"])
        return HttpResponse(200, "ok")

    def show_immediately(self, url: str, said: Json) -> None:
        """Show the direct response to a command, which does not count toward the five posts."""
        with self._state.lock:
            self._take(self._addresses[url.partition(PATH)[2]], said)

    def _take(self, address: _Address, said: Mapping[str, object]) -> None:
        channel = self._state.channels[address.channel]
        original = channel.messages.get(address.original or "")
        if said.get("delete_original") and original is not None:
            self._state.drop(channel, original["ts"])
            return
        content = checked_content(self._state, dict(said))
        if said.get("replace_original") and original is not None:
            if original.get("bot_id") != BOT_ID:
                raise MethodError("cant_update_message")
            kept = {k: v for k, v in original.items() if k not in {"blocks", "attachments"}}
            edited = {"edited": {"user": BOT_USER_ID, "ts": self._state.new_ts()}}
            self._state.put(channel, {**kept, **content, **edited})
        elif said.get("response_type") == "in_channel":
            thread = {"thread_ts": said["thread_ts"]} if said.get("thread_ts") else {}
            ts = self._state.new_ts()
            self._state.put(channel, {**from_bot(), **content, **thread, "ts": ts})
            address.original = address.original or ts
        else:
            ts = self._chat.put_privately(channel, address.user, content)
            address.original = address.original or ts
