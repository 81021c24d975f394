"""Requests from the fake Slack to the app, by signed HTTP or Socket Mode."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from bot.sandbox.slack.state import APP_ID, TEAM_ID, Json, new_id

DEADLINE: Final = 3.0  # seconds
EVENT_RETRIES: Final = (0.0, 60.0, 300.0)


class AppResponse(dict[str, Any]):
    """The app's response: the JSON of its body, with `status`, `body`, and `seconds`.

    `status` is 0 if there was no response in time; `problem` says what went wrong.
    """

    def __init__(self, status: int, body: str, seconds: float, problem: str = "") -> None:
        super().__init__(_as_json(body))
        self.status = status
        self.body = body
        self.seconds = seconds
        self.problem = problem

    @property
    def ok(self) -> bool:
        """Return whether the app responded with 2xx in time."""
        return 200 <= self.status < 300


class SocketServer(Protocol):
    """A Socket Mode server."""

    def make_url(self) -> str:
        """Return a URL that works for one connection."""

    def stop(self) -> None:
        """Close all connections."""

    def is_connected(self) -> bool:
        """Return whether the app is connected."""

    def wait_for_bot(self, timeout: float = 5.0) -> bool:
        """Wait until the app is connected and return whether it is."""

    def ask(self, kind: str, payload: Json, seconds: float, retry: int = 0) -> tuple[bool, Any]:
        """Send an envelope; return whether it was acknowledged in time, and any payload."""


class RequestSender:
    """Sends requests to one app, by Socket Mode if it is connected."""

    def __init__(
        self,
        signing_secret: str,
        *,
        retries: Sequence[float] = EVENT_RETRIES,
        deadline: float = DEADLINE,
    ) -> None:
        self.secret = signing_secret
        self._deadline = deadline
        self._retries = tuple(retries)
        self._stopping = threading.Event()
        self.bot_url: str | None = None
        self.socket: SocketServer | None = None
        self.event_answers: list[tuple[str, int, AppResponse]] = []

    def stop(self) -> None:
        """Stop retrying events."""
        self._stopping.set()

    def interact(self, payload: Json) -> AppResponse:
        """Send a click, a choice, or a form."""
        return self._send("interactive", payload, {"payload": json.dumps(payload)})

    def command(self, form: Json) -> AppResponse:
        """Send a slash command."""
        return self._send("slash_commands", form, form)

    def event(self, event: Json, event_id: str | None = None) -> AppResponse:
        """Send an event and return the first response; retry later unless it is 2xx."""
        envelope = {
            "token": "legacy",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "type": "event_callback",
            "event": event,
            "event_id": event_id or new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM_ID, "is_bot": True}],
        }
        answer = self._send_event(envelope, 0, "")
        if not answer.ok:
            reason = "http_error" if answer.status else "http_timeout"
            again = threading.Thread(target=self._repeat, args=(envelope, reason), daemon=True)
            again.start()
        return answer

    def _repeat(self, envelope: Json, reason: str) -> None:
        for number, delay in enumerate(self._retries, start=1):
            if self._stopping.wait(delay) or self._send_event(envelope, number, reason).ok:
                return

    def _send_event(self, envelope: Json, number: int, reason: str) -> AppResponse:
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        answer = self._send("events_api", envelope, None, headers if number else {}, number)
        self.event_answers.append((envelope["event_id"], number, answer))
        return answer

    def _send(
        self,
        kind: str,
        payload: Json,
        form: Json | None,
        headers: Mapping[str, str] | None = None,
        retry: int = 0,
    ) -> AppResponse:
        if self.socket is not None and self.socket.is_connected():
            started = time.monotonic()
            acknowledged, said = self.socket.ask(kind, payload, self._deadline, retry)
            body = "" if said is None else json.dumps(said)
            seconds = time.monotonic() - started
            return AppResponse(200 if acknowledged else 0, body, seconds)
        if self.bot_url is None:
            raise LookupError("no bot is connected")
        as_form = {"Content-Type": "application/x-www-form-urlencoded"}
        as_json = {"Content-Type": "application/json"}
        body_sent = urlencode(form) if form is not None else json.dumps(payload)
        kind_sent = as_form if form is not None else as_json
        return self._post(body_sent.encode(), {**kind_sent, **(headers or {})})

    def _post(self, body: bytes, headers: Mapping[str, str]) -> AppResponse:
        target = urlsplit(f"{self.bot_url}/slack/events")
        started = time.monotonic()
        host = target.hostname or ""
        connection = http.client.HTTPConnection(host, target.port, timeout=self._deadline)
        try:
            connection.request("POST", target.path, body, {**headers, **self.signature(body)})
            answer = connection.getresponse()
            text = answer.read().decode()
            status, problem = answer.status, ""
        except (OSError, http.client.HTTPException) as error:
            status, text, problem = 0, "", type(error).__name__
        finally:
            connection.close()
        seconds = time.monotonic() - started
        if seconds > self._deadline:
            return AppResponse(0, "", seconds, "operation_timeout")
        return AppResponse(status, text, seconds, problem)

    def signature(self, body: bytes) -> dict[str, str]:
        """Return the signature headers."""
        stamp = str(int(time.time()))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _as_json(body: str) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
