"""Owns the upload of files: an address to send the bytes to, and the message that shows them."""

import json
from collections.abc import Mapping
from typing import Final

from bot.sandbox.http import Request, Response
from bot.sandbox.slack_chat import Chat
from bot.sandbox.slack_content import from_bot
from bot.sandbox.slack_method import TIER_4, Method, needed
from bot.sandbox.slack_state import BOT_USER_ID, Json, Refusal, SlackState, new_id

WRITE: Final = ("files:write",)
UPLOAD_PATH: Final = "/upload/v1/"


class Files:
    """The `files.` methods over one workspace; the address of the server is known later."""

    def __init__(self, state: SlackState, chat: Chat) -> None:
        self._state = state
        self._chat = chat
        self.url = ""

    def methods(self) -> Mapping[str, Method]:
        """Give the methods by name."""
        return {
            "files.getUploadURLExternal": Method(self.prepare, WRITE, TIER_4),
            "files.completeUploadExternal": Method(self.complete, WRITE, TIER_4),
        }

    def prepare(self, params: Json) -> Json:
        """Give the address for the bytes of a file."""
        file_id = new_id("F")
        try:
            size = int(needed(params, "length"))
        except ValueError:
            raise Refusal("invalid_arguments") from None
        if size < 1:
            raise Refusal("invalid_arguments")
        name = needed(params, "filename")
        self._state.files[file_id] = {"id": file_id, "name": name, "size": size, "bytes": None}
        upload_url = f"{self.url}{UPLOAD_PATH}{file_id}"
        return {"ok": True, "upload_url": upload_url, "file_id": file_id}

    def take_bytes(self, request: Request) -> Response:
        """Take in the bytes of a file."""
        file = self._state.files.get(request.path.removeprefix(UPLOAD_PATH))
        if file is None or request.method != "POST":
            return Response(404, "Not found")
        if len(request.body) != file["size"]:
            return Response(400, "Wrong length")
        file["bytes"] = request.body
        return Response(200, f"OK - {len(request.body)}")

    def complete(self, params: Json) -> Json:
        """Share uploaded files, in a channel when one is named."""
        given = params.get("files")
        if not isinstance(given, list) or not given:
            raise Refusal("invalid_arguments")
        files = [self._finished(one) for one in given]
        place = params.get("channel_id") or params.get("channels")
        if place:
            channel = self._chat.writable({"channel": place})
            thread = {"thread_ts": params["thread_ts"]} if params.get("thread_ts") else {}
            text = {"text": str(params.get("initial_comment") or ""), "files": files}
            ts = {"ts": self._state.new_ts()}
            self._state.put(channel, {**from_bot(), **text, **thread, **ts})
        return {"ok": True, "files": json.loads(json.dumps(files))}

    def _finished(self, given: object) -> Json:
        file = self._state.files.get(str(given.get("id"))) if isinstance(given, dict) else None
        if not isinstance(given, dict) or file is None or file["bytes"] is None:
            raise Refusal("file_not_found")
        known = {"id": file["id"], "name": file["name"], "size": file["size"]}
        return {**known, "title": given.get("title") or file["name"], "user": BOT_USER_ID}
