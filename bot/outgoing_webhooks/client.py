"""Requests to receivers: only to public addresses, without redirects, and within ten seconds."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from bot.models.integrations.outgoing_webhooks import LONGEST_RETRY_AFTER, validate_url
from bot.outgoing_webhooks.addresses import is_public

# From the first packet to the status line, however slowly a receiver answers.
SECONDS_A_REQUEST = 10.0
BAD_URL = "its URL is not valid"
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What a receiver answered: `problem` is empty if it accepted the delivery.

    `retry_after` is how many seconds it wants to be left alone. A receiver that `is_gone` wants
    nothing any more.
    """

    problem: str = ""
    retry_after: float = 0.0
    is_gone: bool = False


class AddressRefused(httpcore.ConnectError):
    """A name that leads to a private address, or to none."""


def resolve(host: str, port: int) -> list[str]:
    """Return all addresses of a host; the system limits how long that takes."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("its name has no address") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True)
class ReceiverClient:
    """Posts to receivers; `allows_private` is for tests and the demo.

    Each request resolves the name itself and connects to an address that it checked: a name that
    leads elsewhere a moment later changes nothing.
    """

    allows_private: bool = False
    seconds: float = SECONDS_A_REQUEST
    resolve: Resolve = resolve
    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _contexts: list[ssl.SSLContext] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, now: float) -> Answer:
        """Send one delivery; `now` is in unix seconds. The answer's body is never read."""
        backend = _GuardedBackend(self, self.monotonic() + self.seconds)
        if problem := self._problem_in(url):
            return Answer(problem)
        target = httpx.URL(url)
        sent = {
            "host": target.netloc.decode(),
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": "vocatech-slack",
            "connection": "close",
            **headers,
        }
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._context() if target.scheme == "https" else None,
                    network_backend=backend,
                    max_keepalive_connections=0,
                ) as pool,
                pool.stream("POST", url, headers=list(sent.items()), content=body) as response,
            ):
                return _answer(response.status, dict(response.headers), now)
        except httpcore.TimeoutException:
            return Answer(f"it did not answer within {self.seconds:g} seconds")
        except AddressRefused as error:
            return Answer(str(error))
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return Answer(_reason(error))

    def _problem_in(self, url: str) -> str | None:
        if not self.allows_private and not url.lower().startswith("https://"):
            return "its URL is not an https:// address"
        try:
            httpx.URL(url)
        except httpx.InvalidURL:
            return BAD_URL
        return BAD_URL if validate_url(url, allows_http=True) else None

    def _context(self) -> ssl.SSLContext:
        # Loading the certificate authorities takes 35 ms.
        with self._lock:
            if not self._contexts:
                self._contexts.append(httpx.create_ssl_context())
            return self._contexts[0]


def _answer(status: int, headers: Mapping[bytes, bytes], now: float) -> Answer:
    if 200 <= status < 300:  # noqa: PLR2004 (what Standard Webhooks counts as a success)
        return Answer()
    if 300 <= status < 400:  # noqa: PLR2004
        return Answer(f"it answered with a redirect (HTTP {status}), which is not followed")
    named = {name.lower(): value for name, value in headers.items()}
    wait = _retry_after(named.get(b"retry-after", b""), now)
    return Answer(f"it answered HTTP {status}", wait, is_gone=status == 410)  # noqa: PLR2004


def _retry_after(value: bytes, now: float) -> float:
    """Return the seconds in a `Retry-After` header, at most a day; 0 if there are none."""
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, until - now), LONGEST_RETRY_AFTER)


def _reason(error: Exception) -> str:
    """Return why a connection failed, without text that the receiver chose."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not valid"
    if isinstance(error, httpcore.ConnectError):
        return "no connection could be made"
    return "the connection broke, or its answer was not HTTP"


class _GuardedBackend(httpcore.NetworkBackend):
    """Connections of one request: to checked addresses, until a time on the monotonic clock."""

    def __init__(self, client: ReceiverClient, deadline: float) -> None:
        self._client = client
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def left(self) -> float:
        """Return the seconds that are left; raise ConnectTimeout if there are none."""
        seconds = self._deadline - self._client.monotonic()
        if seconds <= 0:
            raise httpcore.ConnectTimeout
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the deadline counts)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, if all are allowed."""
        addresses = self._client.resolve(host, port)
        if not addresses:
            raise AddressRefused("its name has no address")
        # All of them: a name with a public and a private address is an attack, or a mistake.
        if not self._client.allows_private and not all(map(is_public, addresses)):
            raise AddressRefused("its name leads to a private address")
        failure: Exception | None = None
        for place, address in enumerate(addresses):
            seconds = self.left() / (len(addresses) - place)
            try:
                stream = self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self)
        raise failure or AddressRefused("its name has no address")

    def connect_unix_socket(self, *_: object, **__: object) -> httpcore.NetworkStream:
        """Refuse: receivers are on the internet."""
        raise AddressRefused("it is not on the internet")


class _TimedStream(httpcore.NetworkStream):
    """A connection with one deadline for all reads and writes, so none can start it again."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what has arrived."""
        return self._inner.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Write everything."""
        self._inner.write(buffer, self._backend.left())

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Check that the certificate is for the name in the URL."""
        inner = self._inner.start_tls(ssl_context, server_hostname, self._backend.left())
        return _TimedStream(inner, self._backend)

    def get_extra_info(self, info: str) -> object:
        """Return what the connection knows about itself."""
        return self._inner.get_extra_info(info)
