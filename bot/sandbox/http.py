"""The HTTP server under both fakes."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, create_connection
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.faults import Fault, Faults

__all__ = ["FakeServer", "Fault", "Faults", "HttpRequest", "HttpResponse"]


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request; header names are lower-case.

    If a query parameter is repeated, `query` has its last value and `repeated` its name.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    repeated: Sequence[str] = ()

    def params(self) -> dict[str, Any]:
        """Return the query and the body as one mapping; the body is a form or JSON."""
        given: dict[str, Any] = dict(self.query)
        kind = self.headers.get("content-type", "")
        if "application/json" in kind and self.body:
            parsed = json.loads(self.body)
            if isinstance(parsed, dict):
                given.update(parsed)
        elif self.body:
            form = parse_qs(self.body.decode(), keep_blank_values=True)
            given.update({name: values[-1] for name, values in form.items()})
        return given


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response; a mapping or list as body is sent as JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """Return the body's bytes and their content type; both are empty for status 204."""
        if self.status == HTTPStatus.NO_CONTENT:
            return b"", ""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body if self.body is not None else {}).encode(), "application/json"


class FakeServer:
    """A threaded HTTP server on loopback; subclasses implement `answer`.

    Use as a context manager, or `start()` and `stop()`. `url` has no trailing slash.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.faults = Faults()
        self._server = _Server((host, port), type("Handler", (_Handler,), {"fake": self}))
        self._address = (host, int(self._server.server_address[1]))
        self.url = f"http://{host}:{self._address[1]}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; called on the request's own thread."""
        raise NotImplementedError

    def wall_time(self) -> float:
        """Return the Unix time for the `Date` header."""
        return time.time()

    def start(self) -> None:
        """Start serving on a new thread."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 5.0}, daemon=True
        ).start()

    def stop(self) -> None:
        """Stop serving and close the port."""
        self.faults.end_delays()
        # The server checks every 5 s whether to stop; a connection makes it check immediately.
        ending = threading.Thread(target=self._server.shutdown)
        ending.start()
        while ending.is_alive():
            with suppress(OSError):
                create_connection(self._address).close()
            ending.join(0.02)
        self._server.server_close()

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: some tests kill the client during a request."""


class _UnreadableError(Exception):
    """A request whose end is unknown, so that the connection must be closed."""


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base class looks for `do_<METHOD>`; the fake server handles every method.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        try:
            request = self._read()
        except (_UnreadableError, ValueError) as problem:
            error = {"code": "bad_request", "message": str(problem)}
            self._send(HttpResponse(400, {"error": error}, {"Connection": "close"}))
            return
        fault = self.fake.faults.match(request.method, request.path)
        if fault is not None:
            self.fake.faults.pause(fault.delay)
            if fault.drop == "before":
                self._hang_up()
                return
            if fault.status is not None and not fault.takes_effect:
                self._send(HttpResponse(fault.status, fault.body, fault.headers))
                return
        response = self.fake.answer(request)
        if fault is not None:
            self.fake.faults.pause(fault.stall)
            if fault.drop == "after":
                self._hang_up()
                return
            if fault.status is not None:
                response = HttpResponse(fault.status, fault.body, fault.headers)
        self._send(response)

    def _read(self) -> HttpRequest:
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not re.fullmatch(r"[0-9]{1,8}", length):
            raise _UnreadableError("Content-Length is required.")
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        return HttpRequest(
            method=self.command,
            path=parts.path,
            query={name: values[-1] for name, values in query.items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            repeated=[name for name, values in query.items() if len(values) > 1],
        )

    def _send(self, response: HttpResponse) -> None:
        payload, kind = response.encoded()
        headers = dict(response.headers)
        if response.status != HTTPStatus.NO_CONTENT:
            headers = {"Content-Type": kind, **headers, "Content-Length": str(len(payload))}
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Format a time for a header; the default is the fake server's current time."""
        return super().date_time_string(timestamp or self.fake.wall_time())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Log nothing: fake servers count requests."""
