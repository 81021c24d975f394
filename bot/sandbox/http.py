"""Owns the plain HTTP server under both stand-ins."""

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
    """One request as it came over the wire; header names are lower-case.

    Of a query parameter that came more than once, `query` has the last, and `repeated` its name.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    repeated: Sequence[str] = ()

    def params(self) -> dict[str, Any]:
        """Give the query and the body as one mapping, from a form or from JSON alike."""
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
    """What goes back: a status, a body (a mapping or list is sent as JSON) and headers."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """Give the body's bytes and their content type; of 204 there are none."""
        if self.status == HTTPStatus.NO_CONTENT:
            return b"", ""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body if self.body is not None else {}).encode(), "application/json"


class FakeServer:
    """A threaded HTTP server on loopback; a subclass says what to `answer`.

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
        """Give the seconds since 1970 that the `Date` header of answers is made of."""
        return time.time()

    def start(self) -> None:
        """Begin to serve, on a thread of its own."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        """Stop serving and close the port."""
        # It looks every 50 ms whether it shall end; somebody who knocks has it look at once.
        ending = threading.Thread(target=self._server.shutdown)
        ending.start()
        with suppress(OSError):
            create_connection(self._address).close()
        ending.join()
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
        """Say nothing: a client that dies in the middle is part of the tests."""


class _UnreadableError(Exception):
    """A request that cannot be read to its end, after which its connection is of no use."""


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        # The base looks for `do_<METHOD>`; what a method means is the stand-in's to say.
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
            time.sleep(fault.delay)
            if fault.drop == "before":
                self._hang_up()
                return
            if fault.status is not None and not fault.takes_effect:
                self._send(HttpResponse(fault.status, fault.body, fault.headers))
                return
        response = self.fake.answer(request)
        if fault is not None:
            time.sleep(fault.stall)
            if fault.drop == "after":
                self._hang_up()
                return
            if fault.status is not None:
                response = HttpResponse(fault.status, fault.body, fault.headers)
        self._send(response)

    def _read(self) -> HttpRequest:
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not re.fullmatch(r"[0-9]{1,8}", length):
            raise _UnreadableError("The length of the body must be said, in Content-Length.")
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
        """Write a moment for a header, by default that of the stand-in's clock."""
        return super().date_time_string(timestamp or self.fake.wall_time())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Keep quiet: the stand-ins count, they do not log."""
