"""Owns the plain HTTP server under both stand-ins, and the faults they can be told to show."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came over the wire; header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

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
class Response:
    """What goes back: a status, a body (a mapping or list is sent as JSON) and headers."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """Give the body's bytes and their content type."""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        return json.dumps(self.body if self.body is not None else {}).encode(), "application/json"


@dataclass
class Fault:
    """A way to fail: `drop` closes the connection before or after the request took effect.

    Applies to paths that contain `path` and, when given, methods equal to `method`; `times`
    counts down with each use; `until` is a `time.monotonic()` moment after which it is over.
    `delay` seconds are waited before anything else.
    """

    path: str = ""
    method: str | None = None
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: Literal["before", "after"] | None = None
    times: int | None = None
    until: float | None = None


class Faults:
    """The faults now in force, looked up once for each request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault, *, for_seconds: float | None = None) -> Fault:
        """Put a fault in force, for a while when `for_seconds` is given; give it back."""
        if for_seconds is not None:
            fault.until = time.monotonic() + for_seconds
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Make the weather fine again."""
        with self._lock:
            self._faults.clear()

    @property
    def are_in_force(self) -> bool:
        """Say whether anything is made to fail right now."""
        now = time.monotonic()
        with self._lock:
            return any(fault.until is None or fault.until > now for fault in self._faults)

    def meet(self, request: Request) -> Fault | None:
        """Give the fault this request meets, if any, and count its use."""
        now = time.monotonic()
        with self._lock:
            self._faults = [f for f in self._faults if f.until is None or f.until > now]
            for fault in self._faults:
                if fault.path in request.path and fault.method in (None, request.method):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None


class StandInServer:
    """A threaded HTTP server on loopback; a subclass says what to `answer`.

    Use as a context manager, or `start()` and `stop()`. `url` has no trailing slash.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.faults = Faults()
        self._server = _Server((host, port), _handler_for(self))
        self.url = f"http://{host}:{self._server.server_address[1]}"

    def answer(self, request: Request) -> Response:
        """Answer one request; called on the request's own thread."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to serve, on a thread of its own."""
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        """Stop serving and close the port."""
        self._server.shutdown()
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


def _handler_for(stand_in: StandInServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=parts.path,
                query={k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()},
                headers={k.lower(): v for k, v in self.headers.items()},
                body=self.rfile.read(length) if length else b"",
            )
            fault = stand_in.faults.meet(request)
            if fault is not None:
                time.sleep(fault.delay)
                if fault.drop == "before":
                    self._hang_up()
                    return
                if fault.status is not None:
                    self._send(Response(fault.status, fault.body, fault.headers))
                    return
            response = stand_in.answer(request)
            if fault is not None and fault.drop == "after":
                self._hang_up()
                return
            self._send(response)

        def _send(self, response: Response) -> None:
            payload, kind = response.encoded()
            self.send_response(response.status)
            headers = {"Content-Type": kind, **response.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(SHUT_RDWR)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
            """Keep quiet: the stand-ins count, they do not log."""

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 (the base's names)

    return Handler
