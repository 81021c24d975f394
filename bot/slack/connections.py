"""HTTP connections to Slack that are kept open between requests."""

import contextlib
import functools
import http.client
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.request import Request

import httpx
from slack_sdk import WebClient

from bot.slack.errors import NotConnected

# Shorter than servers usually keep an idle connection, so that Slack isn't the one who closes it.
IDLE_SECONDS = 20.0
IDLE_CONNECTIONS = 64


@functools.cache
def trusted_authorities() -> ssl.SSLContext:
    """Return the certificate authorities to trust; reading them takes 45 ms of processor time."""
    return ssl.create_default_context()


class SlackConnections:
    """A pool of connections for many threads.

    The SDK opens a connection for each request, and reads the certificate authorities for each.
    Over TLS on loopback, a post took 54 ms of processor time that way, and 1.5 ms through a pool.
    """

    def __init__(self, timeout: float) -> None:
        """Store the seconds to wait for an answer; connections are opened as they are needed."""
        self.timeout = timeout
        self._lock = threading.Lock()
        self._in_flight = 0
        self._is_closed = False
        self._http = httpx.Client(
            verify=trusted_authorities(),
            # The callers are limited, so no request waits for a connection.
            timeout=httpx.Timeout(timeout, pool=None),
            limits=httpx.Limits(
                max_connections=None,
                max_keepalive_connections=IDLE_CONNECTIONS,
                keepalive_expiry=IDLE_SECONDS,
            ),
        )

    def post(self, url: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        """Send one request, once.

        Raises NotConnected if nothing was sent, and another OSError or HTTPException if the request
        may have arrived.
        """
        with self._in_use():
            return self._post(url, body, headers)

    def close(self) -> None:
        """Send nothing more; close the connections once no request is in flight."""
        with self._lock:
            self._is_closed = True
            is_idle = self._in_flight == 0
        if is_idle:
            self._http.close()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        # The pool would lose a connection that a thread is still opening when it is closed.
        with self._lock:
            if self._is_closed:
                raise NotConnected("the app stops")
            self._in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1
                is_last = self._is_closed and self._in_flight == 0
            if is_last:
                self._http.close()

    def _post(self, url: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        try:
            return self._http.post(url, content=body, headers=dict(headers))
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
