"""The Media endpoints and signed attachment URLs."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import quote

from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.call_model import stamp
from bot.sandbox.vocatech.request_validation import (
    BadRequest,
    PathNotFound,
    RequestError,
    by_method,
    check_query,
)

SIGNED: Final = "/media/"
GOOD_FOR: Final = timedelta(minutes=30)

Form = Literal["address", "redirect", "bytes"]


@dataclass(frozen=True)
class FakeAttachment:
    """A file attached to a message."""

    id: str
    content: bytes
    content_type: str
    filename: str

    def shown(self) -> dict[str, Any]:
        """Return it as listed in a message."""
        named = {"filename": self.filename} if self.filename else {}
        return {"id": self.id, "content_type": self.content_type, "size": len(self.content)} | named


class FakeMedia:
    """All attachments.

    `form` is what `GET /media/{id}` returns: JSON with a signed URL, a redirect to it, or the
    bytes.
    """

    def __init__(self, clock: Callable[[], datetime], url: str) -> None:
        self.form: Form = "address"
        self.url = url
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._kept: dict[str, FakeAttachment] = {}

    def add(self, content: bytes, content_type: str = "image/png", filename: str = "") -> str:
        """Add an attachment and return its ID."""
        made = FakeAttachment(f"med_{secrets.token_hex(8)}", content, content_type, filename)
        with self._lock:
            self._kept[made.id] = made
        return made.id

    def get(self, media_id: str) -> FakeAttachment:
        """Return one attachment, or raise `PathNotFound`."""
        with self._lock:
            kept = self._kept.get(media_id)
        if kept is None:
            raise PathNotFound
        return kept

    def make_address(self, media_id: str) -> tuple[str, str]:
        """Return a signed URL of an attachment and the time it expires."""
        moment = self._clock() + GOOD_FOR
        expires = str(int(moment.timestamp()))
        signature = self._sign(media_id, expires)
        address = f"{self.url}{SIGNED}{media_id}?expires={expires}&signature={signature}"
        return address, stamp(moment)

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/media/`."""
        kept = self.get(rest)
        return by_method(request, {"GET": lambda request: self._give(request, kept)})

    def open(self, request: HttpRequest) -> HttpResponse:
        """Answer a request to a signed URL; reject an API key, which must not be sent there."""
        return by_method(request, {"GET": self._open})

    def _give(self, request: HttpRequest, kept: FakeAttachment) -> HttpResponse:
        check_query(request)
        if self.form == "bytes":
            return _whole(kept)
        address, expires_at = self.make_address(kept.id)
        if self.form == "redirect":
            return HttpResponse(302, {}, {"Location": address})
        return HttpResponse(200, {"url": address, "expires_at": expires_at})

    def _open(self, request: HttpRequest) -> HttpResponse:
        if "authorization" in request.headers:
            raise BadRequest("Only one way of authentication is allowed.")
        media_id = request.path.removeprefix(SIGNED)
        if not self._is_good(media_id, request.query):
            raise RequestError(403, "forbidden", "The signature is wrong, or has expired.")
        return _whole(self.get(media_id))

    def _is_good(self, media_id: str, query: Mapping[str, str]) -> bool:
        expires = query.get("expires", "")
        signed = self._sign(media_id, expires).encode()
        if not hmac.compare_digest(signed, query.get("signature", "").encode(errors="replace")):
            return False
        return int(expires) > self._clock().timestamp()

    def _sign(self, media_id: str, expires: str) -> str:
        text = f"{media_id}\n{expires}".encode(errors="replace")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def _whole(kept: FakeAttachment) -> HttpResponse:
    headers = {"Content-Type": kept.content_type}
    if kept.filename:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(kept.filename)}"
    return HttpResponse(200, kept.content, headers)
