"""The fake Slack's Socket Mode server."""

import contextlib
import json
import secrets
import threading
import time
from socket import SHUT_RDWR
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from bot.sandbox.slack.state import APP_ID, Json, new_id

_POLICY_VIOLATION: Final = 1008


class _Connection(ServerConnection):
    """A connection that can go silent: it stays open, and nothing is sent, not even a pong."""

    is_silent = False

    def send_data(self) -> None:
        if self.is_silent:
            self.protocol.data_to_send()
        else:
            super().send_data()


class FakeSocketMode:
    """A WebSocket server on loopback; envelopes go to the connections in turn.

    `fragment_size`: the characters of each frame that an envelope is sent in; None for one frame.
    """

    def __init__(self) -> None:
        self.fragment_size: int | None = None
        self.connections_opened = 0
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._connections: list[ServerConnection] = []
        self._waiting: dict[str, tuple[threading.Event, list[Any]]] = {}
        self._server: Server = serve(self._serve, "127.0.0.1", 0, create_connection=_Connection)
        self._port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close all connections and the port."""
        for connection in list(self._connections):
            connection.close()
        self._server.shutdown()

    def make_url(self) -> str:
        """Return a URL that works for one connection."""
        ticket = secrets.token_hex(16)
        with self._lock:
            self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={APP_ID}"

    def is_connected(self) -> bool:
        """Return whether the app is connected."""
        return bool(self._connections)

    def wait_for_bot(self, timeout: float = 5.0) -> bool:
        """Wait until the app is connected and return whether it is."""
        end = time.monotonic() + timeout
        while not self._connections and time.monotonic() < end:
            time.sleep(0.01)
        return self.is_connected()

    def ask(self, kind: str, payload: Json, seconds: float, retry: int = 0) -> tuple[bool, Any]:
        """Send an envelope; return whether it was acknowledged in time, and any payload."""
        envelope_id = new_id("E")
        again = {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        envelope = {
            "type": kind,
            "envelope_id": envelope_id,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            **(again if kind == "events_api" else {}),
        }
        done, said = threading.Event(), list[Any]()
        with self._lock:
            if not self._connections:
                return False, None
            self._waiting[envelope_id] = (done, said)
            connection = self._connections.pop(0)
            self._connections.append(connection)
        try:
            connection.send(self._frames_of(json.dumps(envelope)))
            return done.wait(seconds), (said[0] if said else None)
        except ConnectionClosed:
            return False, None
        finally:
            with self._lock:
                del self._waiting[envelope_id]

    def _frames_of(self, text: str) -> str | list[str]:
        size = self.fragment_size
        return [text[at : at + size] for at in range(0, len(text), size)] if size else text

    def tell_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to reconnect, as Slack does from time to time."""
        for connection in list(self._connections):
            connection.send(json.dumps({"type": "disconnect", "reason": reason}))

    def send_raw(self, message: str) -> None:
        """Send a message as it is on every connection."""
        for connection in list(self._connections):
            connection.send(message)

    def drop_connections(self) -> None:
        """Cut every connection without a close frame."""
        for connection in list(self._connections):
            with contextlib.suppress(OSError):  # closed already
                connection.socket.shutdown(SHUT_RDWR)

    def go_silent(self) -> None:
        """Leave every connection open but send nothing on it any more."""
        with self._lock:
            silent, self._connections = self._connections, []
        for connection in silent:
            if isinstance(connection, _Connection):
                connection.is_silent = True

    def _serve(self, connection: ServerConnection) -> None:
        path = connection.request.path if connection.request is not None else ""
        ticket = parse_qs(urlsplit(path).query).get("ticket", [""])[0]
        with self._lock:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
        if not known:
            connection.close(_POLICY_VIOLATION, "link not found")
            return
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP_ID}}
        connection.send(json.dumps(hello))
        with self._lock:
            self._connections.append(connection)
            self.connections_opened += 1
        try:
            # An app that is killed closes no connection.
            with contextlib.suppress(ConnectionClosed):
                for message in connection:
                    self._take(message)
        finally:
            with self._lock, contextlib.suppress(ValueError):  # it went silent
                self._connections.remove(connection)

    def _take(self, message: str | bytes) -> None:
        answer = json.loads(message)
        with self._lock:
            done, said = self._waiting.get(str(answer.get("envelope_id")), (None, []))
        if done is not None:
            if answer.get("payload") is not None:
                said.append(answer["payload"])
            done.set()
