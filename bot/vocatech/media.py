"""Owns the Media family: what was sent along with texts."""

import json
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from bot.errors import AnswerLost
from bot.vocatech.downloads import Download, Downloads
from bot.vocatech.http import Wire, read_body


@dataclass(frozen=True)
class Media:
    """`GET /media/{id}` answers with an address (observed), a redirect or the bytes (assumed)."""

    wire: Wire
    downloads: Downloads

    def fetch(self, media_id: str) -> Download:
        """Fetch an attachment by its id.

        Raises NotFound, MediaRefused where fetching is not safe, or ApiError of another kind.
        """
        with self.wire.exchange("GET", f"/media/{quote(media_id, safe='')}") as response:
            if response.has_redirect_location:
                address = str(response.url.join(response.headers["location"]))
            elif "json" in response.headers.get("content-type", ""):
                address = _address_in(response)
            else:
                return self.downloads.receive(response)
        return self.downloads.fetch(address)


def _address_in(response: httpx.Response) -> str:
    """Find the address in `{url, expires_at}`; it is good for about half an hour (observed)."""
    try:
        answer = json.loads(read_body(response))
    except (ValueError, RecursionError):
        raise AnswerLost("the answer is not JSON") from None
    address = answer.get("url") if isinstance(answer, dict) else None
    if not isinstance(address, str):
        raise AnswerLost("the answer has no url")
    return address
