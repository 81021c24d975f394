"""Socket Mode connection, which reconnects when it is lost."""

import contextlib
import http
import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from bot.slack.errors import FAILURES, classify

log = structlog.get_logger()

# A line that brings no pong is closed after ten seconds, and a cut one immediately. The client in
# slack_sdk needs 50 to 60 seconds for either, in which it keeps a processor busy; it acknowledges
# nothing for three seconds after a `disconnect`, and doesn't read fragmented messages.
PING_SECONDS, PONG_SECONDS = 5.0, 5.0
OPEN_SECONDS, CLOSE_SECONDS = 10.0, 1.0
LARGEST_MESSAGE = 16 * 1024 * 1024
# Slack may still send requests on a connection after it asked to replace it.
DRAIN_SECONDS = 10.0
# Between two reconnections in this file; a job tries again every ten seconds as well.
SECONDS_BETWEEN_RETRIES = 10.0
HANDLER_THREADS = 10


class SocketMode:
    """An outgoing connection that brings Slack's requests to the listeners of the Bolt app."""

    def __init__(self, bolt: App, app_token: str, client: WebClient) -> None:
        """Store the parts; nothing connects before the first `connect`."""
        self._bolt = bolt
        self._app_token = app_token
        self._client = client
        self._opening = threading.Lock()
        self._closing = threading.Event()
        self._current: ClientConnection | None = None
        self._retried_at = -SECONDS_BETWEEN_RETRIES
        self._handlers = ThreadPoolExecutor(HANDLER_THREADS, thread_name_prefix="socket_mode")

    def is_connected(self) -> bool:
        """Return whether a connection is open and answers pings."""
        return self._current is not None

    def connect(self) -> str | None:
        """Connect if not connected; return the reason if that fails, otherwise None."""
        return self._replace(None)

    def close(self) -> None:
        """Close the connection and open no other."""
        self._closing.set()
        if (current := self._current) is not None:
            # Two threads that wait for the same one to end can break Python 3.11's own lock.
            with contextlib.suppress(RuntimeError):
                current.close()
        self._handlers.shutdown()

    def _replace(self, old: ClientConnection | None) -> str | None:
        """Connect, unless there is already a connection other than `old`."""
        with self._opening:
            if self._current is not old or self._closing.is_set():
                return None
            try:
                connection = self._open()
            except (*FAILURES, WebSocketException) as error:
                reason = classify(error).reason
                log.warning("socket_mode_connect_failed", reason=reason)
                return reason
            self._current = connection
            log.info("socket_mode_connected")
            _start(self._receive, connection)
            if self._closing.is_set():
                connection.close()
        return None

    def _open(self) -> ClientConnection:
        url = str(self._client.apps_connections_open(app_token=self._app_token)["url"])
        return connect(
            url,
            ssl=self._client.ssl if url.startswith("wss:") else None,
            proxy=self._client.proxy,
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=LARGEST_MESSAGE,
            legacy=True,  # the connection itself: it is opened and closed by different threads
        )

    def _receive(self, connection: ClientConnection) -> None:
        try:
            with connection:
                while True:
                    self._take(connection, connection.recv())
        except ConnectionClosed as error:
            if self._current is not connection:
                return  # it was replaced
            self._current = None
            if self._closing.is_set():
                return
            log.warning("socket_mode_disconnected", reason=str(error))
        if self._may_retry():
            self.connect()

    def _may_retry(self) -> bool:
        """Return whether to reconnect now; a server that hangs up each time mustn't be flooded."""
        now = time.monotonic()
        if now - self._retried_at < SECONDS_BETWEEN_RETRIES:
            return False
        self._retried_at = now
        return True

    def _take(self, connection: ClientConnection, message: str | bytes) -> None:
        envelope = _parsed(message)
        if envelope.get("type") == "disconnect":
            log.info("socket_mode_refresh_requested", reason=str(envelope.get("reason"))[:80])
            _start(self._hand_over, connection)
        elif "envelope_id" in envelope and not self._closing.is_set():
            handled = self._handlers.submit(self._handle, connection, envelope)
            handled.add_done_callback(_log_failure)

    def _hand_over(self, old: ClientConnection) -> None:
        """Open the next connection while the old one is still read."""
        if self._may_retry() and self._replace(old) is None:
            self._closing.wait(DRAIN_SECONDS)
            old.close()

    def _handle(self, connection: ClientConnection, envelope: dict[str, Any]) -> None:
        request = SocketModeRequest.from_dict(envelope)
        if request is None:
            return
        response = run_bolt_app(self._bolt, request)
        if response.status != http.HTTPStatus.OK:
            log.warning("socket_mode_request_refused", status=response.status)
            return
        answer = SocketModeResponse(request.envelope_id, payload=_payload_of(response))
        text = json.dumps(answer.to_dict())
        try:
            connection.send(text)
        except ConnectionClosed:
            # Slack accepts an acknowledgment on any connection of the app.
            if (current := self._current) is not None:
                current.send(text)


def _start(work: Any, connection: ClientConnection) -> None:
    threading.Thread(target=work, args=[connection], name="socket_mode", daemon=True).start()


def _parsed(message: str | bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(message)
    except ValueError:
        envelope = None
    return envelope if isinstance(envelope, dict) else {}


def _payload_of(response: BoltResponse) -> dict[str, Any] | None:
    if not response.body:
        return None
    if response.first_headers().get("content-type", "").startswith("application/json"):
        payload: dict[str, Any] = json.loads(response.body)
        return payload
    return {"text": response.body}


def _log_failure(handled: Future[None]) -> None:
    if not handled.cancelled() and (error := handled.exception()) is not None:
        log.error("socket_mode_request_failed", exc_info=error)
