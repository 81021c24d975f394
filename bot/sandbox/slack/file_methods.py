"""The `files.` methods, uploads, and downloads."""

import json
import mimetypes
import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from bot.sandbox.delayed_tasks import DelayedTasks
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.slack.chat_methods import ChatMethods
from bot.sandbox.slack.message_validation import checked_blocks, from_bot
from bot.sandbox.slack.method import TIER_3, TIER_4, ApiMethod, needed
from bot.sandbox.slack.state import (
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    MethodError,
    SlackState,
    new_id,
)

WRITE: Final = ("files:write",)
READ: Final = ("files:read",)
UPLOAD_PATH: Final = "/upload/v1/"
FILES_PATH: Final = "/files-pri/"


class FileMethods:
    """The `files.` methods of one workspace; set `url` once the server's address is known.

    Like Slack, it shares a file some time after its response: after `delay` seconds.
    """

    def __init__(self, state: SlackState, chat: ChatMethods) -> None:
        self._state = state
        self._chat = chat
        self.url = ""
        self.delay = 0.0
        self.delayed = DelayedTasks()

    def methods(self) -> Mapping[str, ApiMethod]:
        """Return the methods by name."""
        return {
            "files.getUploadURLExternal": ApiMethod(self.prepare, WRITE, TIER_4),
            "files.completeUploadExternal": ApiMethod(self.complete, WRITE, TIER_4),
            "files.info": ApiMethod(self.info, READ, TIER_4),
            "files.delete": ApiMethod(self.delete, WRITE, TIER_3),
        }

    def prepare(self, params: Json) -> Json:
        """Return the upload URL of a file."""
        file_id = new_id("F")
        try:
            size = int(needed(params, "length"))
        except ValueError:
            raise MethodError("invalid_arguments") from None
        if size < 1:
            raise MethodError("missing_argument")
        name = needed(params, "filename")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._state.files[file_id] = {
            "bytes": None,
            "is_complete": False,
            "shown": {"id": file_id, "name": name, "size": size, "mimetype": kind}
            | ({"alt_txt": str(params["alt_txt"])} if params.get("alt_txt") else {}),
            "shares": {},
        }
        upload_url = f"{self.url}{UPLOAD_PATH}{file_id}"
        return {"ok": True, "upload_url": upload_url, "file_id": file_id}

    def take_bytes(self, request: HttpRequest) -> HttpResponse:
        """Store the uploaded bytes of a file."""
        file = self._state.files.get(request.path.removeprefix(UPLOAD_PATH))
        if file is None or file["is_complete"] or request.method != "POST":
            return HttpResponse(404, "Not found")
        if len(request.body) != file["shown"]["size"]:
            return HttpResponse(400, "Wrong length")
        file["bytes"] = request.body
        return HttpResponse(200, f"OK - {len(request.body)}")

    def complete(self, params: Json) -> Json:
        """Complete uploads, and share the files if a channel is given."""
        given = params.get("files")
        if not isinstance(given, list) or not given:
            raise MethodError("invalid_arguments")
        ids = [self._uploaded(one) for one in given]
        place = params.get("channel_id") or params.get("channels")
        if place:
            channel = self._chat.writable({"channel": place})
            thread = str(params.get("thread_ts") or "")
            message: Json = {"text": str(params.get("initial_comment") or "")}
            if params.get("blocks") and not message["text"]:
                message["blocks"] = checked_blocks(self._state, params["blocks"])
            message |= self._chat.in_thread(channel, thread) if thread else {}
        for file_id, one in zip(ids, given, strict=True):
            self._finish(file_id, str(one.get("title") or ""))
        if place:
            share = partial(self._share, channel, message, ids)
            self.delayed.put(self.delay, share) if self.delay else share()
        # As in Slack, the shares are missing here; `files.info` shows them some time later.
        shown = [self._state.files[file_id]["shown"] for file_id in ids]
        return {"ok": True, "files": json.loads(json.dumps(shown))}

    def info(self, params: Json) -> Json:
        """Describe a file, and the messages that show it."""
        file = self._state.files.get(needed(params, "file"))
        if file is None or not file["is_complete"]:
            raise MethodError("file_not_found")
        shares: Json = file["shares"]
        found = {**shares.get("public", {}), **shares.get("private", {})}
        kinds = {"channels": "C", "groups": "G", "ims": "D"}
        places = {kind: [one for one in found if one[0] == first] for kind, first in kinds.items()}
        described = {**file["shown"], **places, "shares": shares}
        return {"ok": True, "file": described, "comments": [], "paging": {"pages": 0}}

    def delete(self, params: Json) -> Json:
        """Delete a file; the messages that show it keep their text and a tombstone."""
        file_id = needed(params, "file")
        with self._state.lock:
            file = self._state.files.get(file_id)
            if file is None or not (file["is_complete"] or file.get("is_deleted")):
                raise MethodError("file_not_found")
            if file.get("is_deleted"):
                raise MethodError("file_deleted")
            file |= {"bytes": None, "is_complete": False, "is_deleted": True}
            shares: Json = file["shares"]
            for channel_id, places in [one for kind in shares.values() for one in kind.items()]:
                channel = self._state.channels[channel_id]
                for place in places:
                    if message := channel.messages.get(place["ts"]):
                        self._state.put(channel, _without_file(message, file_id))
        return {"ok": True}

    def give(self, request: HttpRequest, token: str) -> HttpResponse:
        """Return the bytes of a file, or a sign-in page without the token, as Slack does."""
        file_id = request.path.removeprefix(FILES_PATH).partition("/")[0]
        file = self._state.files.get(file_id)
        if request.headers.get("authorization") != f"Bearer {token}" or file is None:
            return HttpResponse(200, "<!DOCTYPE html><title>Sign in</title>")
        return HttpResponse(200, file["bytes"] or b"", {"Content-Type": file["shown"]["mimetype"]})

    def _uploaded(self, given: object) -> str:
        file_id = str(given.get("id")) if isinstance(given, dict) else ""
        file = self._state.files.get(file_id)
        # Assumption: completing an upload twice gives the same error as an unknown ID.
        if file is None or file["bytes"] is None or file["is_complete"]:
            raise MethodError("file_not_found")
        return file_id

    def _finish(self, file_id: str, title: str) -> None:
        file, now = self._state.files[file_id], int(time.time())
        name = file["shown"]["name"]
        ending = name.rpartition(".")[2] if "." in name else "text"
        file["is_complete"] = True
        file["shown"] |= {
            "created": now,
            "timestamp": now,
            "title": title or name,
            "filetype": ending,
            "pretty_type": ending.upper(),
            "user": BOT_USER_ID,
            "mode": "hosted",
            "is_external": False,
            "url_private": f"{self.url}{FILES_PATH}{file_id}/{name}",
        }

    def _share(self, channel: Channel, message: Json, ids: list[str]) -> None:
        with self._state.lock:
            files = [dict(self._state.files[file_id]["shown"]) for file_id in ids]
            ts = self._state.new_ts()
            whole = {**from_bot(), **message, "files": files, "upload": True, "ts": ts}
            share = {"ts": ts, "channel_name": channel.name, "team_id": TEAM_ID}
            share |= {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
            for file_id in ids:
                kinds = self._state.files[file_id]["shares"]
                kinds.setdefault("private" if channel.is_private else "public", {}).setdefault(
                    channel.id, []
                ).append(share)
            self._state.put(channel, whole)


def _without_file(message: Json, file_id: str) -> Json:
    """Return a message with a tombstone in the place of a file."""
    stone = {"id": file_id, "mode": "tombstone"}
    files = [stone if one["id"] == file_id else one for one in message["files"]]
    return {**message, "files": files}
