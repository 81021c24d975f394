"""HTTP server: a table of paths, and limits on bodies, connections and time."""

import contextlib
import errno
import json
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from bot.errors import PortTaken

log = structlog.get_logger()
MOST_BODY_BYTES = 1_048_576
# Beyond these, the connection that was idle longest is closed for each new one, so that no number
# of quiet connections keeps a webhook out. Each may have a temporary file, too.
MOST_CONNECTIONS = 400
# Beyond these, new connections wait.
CONNECTION_LIMIT = 600
# Proxies keep connections open for up to two minutes (Caddy). If the app closed them first, a
# request that is just being sent would fail (seen behind nginx: one 502 in 588 requests).
IDLE_SECONDS = 180
# They mostly wait for a commit that they share: the more that wait, the more share it.
THREADS = 16
# A request must have arrived completely within this time, however slowly it is sent.
SECONDS_FOR_A_REQUEST = 10
# When connections are short, one whose request takes longer than this is closed first.
SECONDS_FOR_ARRIVAL = 1.0


@dataclass(frozen=True)
class Request:
    """One request; header names are lowercase."""

    headers: Mapping[str, str]
    body: bytes
    query: str = ""


@dataclass(frozen=True)
class Response:
    """One response; never without a body, since the server would then close the connection."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Response]
Table = Mapping[str, Mapping[str, Endpoint]]


def answer_json(status: int, /, **fields: Any) -> Response:
    """Return a JSON response."""
    return Response(status, json.dumps(fields).encode())


class WsgiApp:
    """WSGI application over a table of paths and methods."""

    def __init__(self, table: Table, *, count_refusal: Callable[[str], None]) -> None:
        """Keep the table; `count_refusal` receives the reason of every refusal made here."""
        self._table = table
        self.count_refusal = count_refusal

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        response = self._answer(environ)
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            **response.headers,
        }
        status = f"{response.status} {HTTPStatus(response.status).phrase}"
        start_response(status, list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _answer(self, environ: dict[str, Any]) -> Response:
        methods = self._table.get(environ.get("PATH_INFO", ""))
        if methods is None:
            return self._refuse(404, "unknown path")
        method = environ["REQUEST_METHOD"]
        endpoint = methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            return self._refuse(405, "wrong method", Allow=", ".join(methods))
        if int(environ.get("CONTENT_LENGTH") or 0) > MOST_BODY_BYTES:
            return self._refuse(413, "body too large")
        with bound_contextvars(request_id=secrets.token_hex(4)):
            try:
                return endpoint(_read(environ))
            except Exception:
                # The sender gets an answer after any error, and tries again.
                log.exception("request_failed", path=environ.get("PATH_INFO"))
                return self._refuse(500, "internal error")

    def _refuse(self, status: int, reason: str, **headers: str) -> Response:
        self.count_refusal(reason)
        refusal = answer_json(status, error=reason)
        return Response(status, refusal.body, headers=headers)


def _read(environ: dict[str, Any]) -> Request:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return Request(headers, body, environ.get("QUERY_STRING", ""))


class Server:
    """The HTTP server, on its own threads."""

    def __init__(self, app: WsgiApp, *, host: str, port: int) -> None:
        """Bind the address; port 0 picks any free one."""
        try:
            listening = socket.create_server(
                (host, port),
                family=socket.AF_INET6 if ":" in host else socket.AF_INET,
                backlog=1024,
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port, "Choose another with PORT.") from None
            raise
        server: Any = create_server(
            app,
            sockets=[listening],
            threads=THREADS,
            connection_limit=CONNECTION_LIMIT,
            channel_timeout=IDLE_SECONDS,
            # select() fails for good once a file number is above 1,023.
            asyncore_use_poll=True,
            cleanup_interval=5,
            # Waitress counts the framing of chunks, too; the app checks the decoded size.
            max_request_body_size=2 * MOST_BODY_BYTES,
            ident=None,
            clear_untrusted_proxy_headers=False,
        )
        server.channel_class = _channel_class(app)
        self._server = server
        self._thread = threading.Thread(target=server.run, name="web", daemon=True)

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Serve on a thread until `stop`."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Return whether the thread that reads from all connections runs."""
        return self._thread.is_alive()

    def stop(self, timeout: float = 5.0) -> None:
        """Accept no more connections and let running requests finish."""
        if not self._thread.is_alive():  # its loop has failed, and closes nothing any more
            self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=timeout)
            wasyncore.close_all(self._server._map, ignore_all=True)  # noqa: SLF001
            return
        # The server's loop uses the listening socket, so the loop must close it.
        self._server.trigger.pull_trigger(partial(wasyncore.dispatcher.close, self._server))
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=timeout)
        everything = self._server._map  # noqa: SLF001 (waitress has no way to end its loop)
        with contextlib.suppress(OSError):  # the loop may have ended already
            self._server.trigger.pull_trigger(
                partial(wasyncore.close_all, everything, ignore_all=True)
            )


def _make_room(channels: list[Any]) -> None:
    """If there are many connections, close one that stalled: the oldest of the busiest address."""
    if len(channels) < MOST_CONNECTIONS:
        return
    stalled = [channel for channel in channels if _has_stalled(channel)]
    number = Counter(str(channel.addr[0]) for channel in channels)
    oldest = min(stalled, key=lambda c: (-number[str(c.addr[0])], c.last_activity), default=None)
    if oldest is not None:
        oldest.handle_close()


def _has_stalled(channel: Any) -> bool:
    """Return whether nothing is being done, and no request is arriving quickly."""
    is_busy = channel.requests or channel.total_outbufs_len
    began = channel.request_began if channel.request is not None else None
    is_fresh = began is not None and time.monotonic() - began < SECONDS_FOR_ARRIVAL
    return not is_busy and not is_fresh


def _channel_class(app: WsgiApp) -> type[HTTPChannel]:
    """Count the server's own refusals, and limit how long a request may take to arrive."""

    class CountedErrorTask(ErrorTask):
        def execute(self) -> None:
            request: Any = self.request
            app.count_refusal(type(request.error).__name__)
            super().execute()

    class BoundedParser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.content_length > MOST_BODY_BYTES:
                # Waitress then refuses the request before it reads the body.
                self.content_length = self.adj.max_request_body_size

    class BoundedChannel(HTTPChannel):
        error_task_class = CountedErrorTask
        parser_class = BoundedParser
        request_began: float | None = None

        def __init__(self, server: Any, *arguments: Any, **options: Any) -> None:
            _make_room([*server.active_channels.values()])
            super().__init__(server, *arguments, **options)

        def received(self, data: bytes) -> bool:
            now = time.monotonic()
            if self.request is None or self.request_began is None:
                self.request_began = now
            elif now - self.request_began > SECONDS_FOR_A_REQUEST:
                return self._hang_up("too slow")
            try:
                return bool(super().received(data))
            except ValueError:  # a length with more digits than Python reads
                return self._hang_up("bad request")

        def _hang_up(self, reason: str) -> bool:
            app.count_refusal(reason)
            self.will_close = True
            return False

    return BoundedChannel
