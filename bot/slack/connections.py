"""HTTP connections to Slack that are kept open between requests."""

import functools
import http.client
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple
from urllib.request import Request

import httpx
from slack_sdk import WebClient

from bot.slack.errors import NotConnected

# Shorter than servers usually keep an idle connection, so that Slack isn't the one who closes it.
IDLE_SECONDS = 20.0


@functools.cache
def trusted_authorities() -> ssl.SSLContext:
    """Return the certificate authorities to trust; reading them takes 45 ms of processor time."""
    return ssl.create_default_context()


class SlackConnections:
    """Connections for many threads, of which each request takes the one used last.

    The SDK opens a connection for each request, and reads the certificate authorities for each.
    Over TLS on loopback, a post took 54 ms of processor time that way, and 1.5 ms through a kept
    connection. Each has an HTTP client of its own: one client for all looks at each of its idle
    connections under a lock, twice a request, which took 1.5 ms more with 48 of them.
    """

    def __init__(
        self, timeout: float, waiting: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        """Store the seconds to wait for an answer; connections are opened as they are needed.

        `waiting` is entered during each request.
        """
        self.timeout = timeout
        self._waiting = waiting
        self._lock = threading.Lock()
        self._idle: deque[_IdleClient] = deque()  # the one used last is at the end
        self._is_closed = False

    def post(self, url: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        """Send one request, once.

        Raises NotConnected if nothing was sent, and another OSError or HTTPException if the request
        may have arrived.
        """
        with self._waiting(), self._client() as client:
            return _post(client, url, body, headers)

    def close(self) -> None:
        """Send nothing more; a connection with a request in flight is closed after it."""
        with self._lock:
            self._is_closed = True
            idle = [self._idle.popleft() for _ in range(len(self._idle))]
        for one in idle:
            one.client.close()

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        with self._lock:
            if self._is_closed:
                raise NotConnected("the app stops")
            client = self._idle.pop().client if self._idle else None
        client = client or httpx.Client(
            verify=trusted_authorities(),
            timeout=self.timeout,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=IDLE_SECONDS),
        )
        try:
            yield client
        finally:
            for unneeded in self._put_back(client):
                unneeded.close()

    def _put_back(self, client: httpx.Client) -> list[httpx.Client]:
        """Make a client available, and return those that are to be closed."""
        now = time.monotonic()
        with self._lock:
            if self._is_closed:
                return [client]
            self._idle.append(_IdleClient(client, now))
            unneeded = []
            while now - self._idle[0].since > IDLE_SECONDS:
                unneeded.append(self._idle.popleft().client)
            return unneeded


class _IdleClient(NamedTuple):
    client: httpx.Client
    since: float  # monotonic


def _post(client: httpx.Client, url: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
    try:
        return client.post(url, content=body, headers=dict(headers))
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NotConnected(str(error)) from error
    except httpx.TimeoutException as error:
        raise TimeoutError(str(error)) from error
    except httpx.NetworkError as error:
        raise ConnectionResetError(str(error)) from error
    except httpx.HTTPError as error:
        raise http.client.HTTPException(str(error)) from error


class PooledClient(WebClient):
    """The SDK's client, which sends its requests through kept connections."""

    def __init__(self, connections: SlackConnections, **given: Any) -> None:
        """Store the connections, which may be shared."""
        super().__init__(**given)
        self._connections = connections

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        # The one method of the SDK that opens a connection; it reads the status itself, too.
        answer = self._connections.post(url, req.data, dict(req.header_items()))
        headers = {name.title(): value for name, value in answer.headers.items()}
        return {"status": answer.status_code, "headers": headers, "body": answer.text}
