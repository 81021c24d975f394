"""HTTP server: a table of paths, and limits on bodies, connections and time."""

import contextlib
import errno
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ErrorTask

from bot.errors import PortTaken

log = structlog.get_logger()
MOST_BODY_BYTES = 1_048_576
# With everything else that is open, below the 1,024 that select() can watch.
MOST_CONNECTIONS = 800
# They mostly wait for a commit that they share: the more that wait, the more share it.
THREADS = 16
# A request must have arrived completely within this time, however slowly it is sent.
SECONDS_FOR_A_REQUEST = 10


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
        try:
            return endpoint(_read(environ))
        except Exception:
            # Whatever failed, the sender gets an answer and tries again.
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
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=SECONDS_FOR_A_REQUEST,
            cleanup_interval=5,
            # Waitress counts the framing of chunks, too; the app checks the decoded size.
            max_request_body_size=2 * MOST_BODY_BYTES,
            ident=None,
            clear_untrusted_proxy_headers=False,
        )
        server.channel_class = _channel_class(app)
        self._server = server

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Serve on a thread until `stop`."""
        threading.Thread(target=self._server.run, name="web", daemon=True).start()

    def stop(self, timeout: float = 5.0) -> None:
        """Accept no more connections and let running requests finish."""
        # The server's loop uses the listening socket, so the loop must close it.
        self._server.trigger.pull_trigger(partial(wasyncore.dispatcher.close, self._server))
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=timeout)
        everything = self._server._map  # noqa: SLF001 (waitress has no way to end its loop)
        with contextlib.suppress(OSError):  # the loop may have ended already
            self._server.trigger.pull_trigger(
                partial(wasyncore.close_all, everything, ignore_all=True)
            )


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
