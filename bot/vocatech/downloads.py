"""Attachment downloads and the Media API."""

import ipaddress
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from typing import Any
from urllib.parse import quote

import httpx

from bot.errors import AnswerLost, MediaRefused
from bot.vocatech.http import HttpClient, describe_failure, is_compressed_twice, read_body

MOST_BYTES = 25 * 1024 * 1024

MOST_SECONDS = 60.0

MOST_REDIRECTS = 3

# File types that phones send; nothing that a browser would execute.
KINDS = ("image/", "audio/", "video/", "text/plain", "text/vcard", "text/x-vcard")

CONTACT_CARDS = {"text/directory", "application/vcard", "application/x-vcard"}

DOCUMENTS = {"application/pdf", "application/octet-stream", *CONTACT_CARDS}

NOT_AN_IMAGE_TO_TRUST = {"image/svg+xml"}

# All allocated addresses; outside of it are IPv4-mapped forms and site-local addresses.
_UNICAST = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True)
class Download:
    """An attachment: its bytes and the content type that the sender declared."""

    content: bytes
    content_type: str


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Downloads:
    """Downloads from the public internet: over TLS, never a private address, without the API key.

    `home` is the API's base URL; if the settings put it on this machine, attachments may come
    from there too.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        home: str,
        monotonic: Callable[[], float],
        resolve: Callable[[str, int], list[str]] = resolve,
        seconds: float = MOST_SECONDS,
    ) -> None:
        """Store the client, which must have no API key and follow no redirects.

        `seconds` is the limit for one response, from connecting to its last byte.
        """
        self._http = http
        self._home = httpx.URL(home)
        self._monotonic = monotonic
        self._resolve = resolve
        self._seconds = seconds

    def fetch(self, address: str) -> Download:
        """Download an attachment. Raises MediaRefused if that is not safe, or Unavailable."""
        for _ in range(MOST_REDIRECTS + 1):
            with self._open(address) as response:
                if not response.has_redirect_location:
                    return self.receive(response)
                # Not from the response's own URL, in which the host name was replaced.
                address = str(httpx.URL(address).join(response.headers["location"]))
        raise MediaRefused("there are too many redirects")

    def receive(self, response: httpx.Response) -> Download:
        """Read a response that is the attachment itself."""
        if not response.is_success:
            raise AnswerLost(f"status {response.status_code} for an attachment")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_known = kind.startswith(KINDS) or kind in DOCUMENTS
        if not is_known or kind in NOT_AN_IMAGE_TO_TRUST:
            raise MediaRefused("this type of attachment is not allowed")
        if _declared_length(response) > MOST_BYTES:
            raise MediaRefused("the attachment is too large")
        if is_compressed_twice(response):
            raise MediaRefused("the attachment is compressed more than once")
        body, began = bytearray(), self._monotonic()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise MediaRefused("the attachment is too large")
            if self._monotonic() - began > self._seconds:
                raise AnswerLost("the attachment download is too slow")
        return Download(bytes(body), kind)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    @contextmanager
    def _open(self, address: str) -> Iterator[httpx.Response]:
        try:
            url, headers, extensions = self._checked(httpx.URL(address))
            with (
                _closed_after(self._seconds) as watch,
                self._http.stream(
                    "GET", url, headers=headers, extensions={**extensions, "trace": watch}
                ) as response,
            ):
                yield response
        except (httpx.InvalidURL, UnicodeError):  # UnicodeError: lone surrogates, and `xn--`
            raise MediaRefused("the URL is invalid") from None
        except httpx.HTTPError as error:
            raise AnswerLost(describe_failure(error)) from error

    def _checked(self, url: httpx.URL) -> tuple[httpx.URL, dict[str, str], dict[str, str]]:
        """Return a request to the checked IP address, since DNS could change in between."""
        # Connections are pooled by address, but the certificate was checked for this name only.
        headers = {"Connection": "close"}
        if self._is_at_home(url):
            return url, headers, {}
        if url.scheme != "https" or not url.host or url.userinfo:
            raise MediaRefused("the URL is not a plain https:// URL")
        try:
            found = self._resolve(url.host, url.port or 443)
        except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
            raise AnswerLost("the host is unknown") from error
        if not found or not all(_is_public(one) for one in found):
            raise MediaRefused("the URL points to a private network")
        headers["Host"] = url.netloc.decode("ascii")
        return url.copy_with(host=found[0]), headers, {"sni_hostname": url.host}

    def _is_at_home(self, url: httpx.URL) -> bool:
        same = (url.scheme, url.host, url.port) == (
            self._home.scheme,
            self._home.host,
            self._home.port,
        )
        # The settings accept plain http for this machine only.
        return same and self._home.scheme == "http"


@contextmanager
def _closed_after(seconds: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Close the connection after a time limit: headers may drip forever, each byte just in time.

    Yields the trace callback for the request.
    """
    sockets: list[socket.socket] = []

    def watch(step: str, info: Mapping[str, Any]) -> None:
        if step in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            sockets.append(info["return_value"].get_extra_info("socket"))

    def hang_up() -> None:
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    alarm = Timer(seconds, hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        yield watch
    finally:
        alarm.cancel()


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        return address.is_global and address in _UNICAST
    return address.is_global and not address.is_multicast


def _declared_length(response: httpx.Response) -> int:
    try:
        return int(response.headers.get("content-length", "0"))
    except ValueError:
        return 0


@dataclass(frozen=True)
class MediaApi:
    """`GET /media/{id}` returns a URL (observed), a redirect, or the bytes (assumed)."""

    http: HttpClient
    downloads: Downloads

    def fetch(self, media_id: str) -> Download:
        """Download an attachment by its ID.

        Raises NotFound, MediaRefused if the download is not safe, or another ApiError.
        """
        with self.http.stream("GET", f"/media/{quote(media_id, safe='')}") as response:
            if response.has_redirect_location:
                address = str(response.url.join(response.headers["location"]))
            elif "json" in response.headers.get("content-type", ""):
                address = _address_in(response)
            else:
                return self.downloads.receive(response)
        return self.downloads.fetch(address)


def _address_in(response: httpx.Response) -> str:
    """Return the URL from `{url, expires_at}`; it is valid for about half an hour (observed)."""
    try:
        answer = json.loads(read_body(response))
    except (ValueError, RecursionError):
        raise AnswerLost("the response is not JSON") from None
    address = answer.get("url") if isinstance(answer, dict) else None
    if not isinstance(address, str):
        raise AnswerLost("the response has no url")
    return address
