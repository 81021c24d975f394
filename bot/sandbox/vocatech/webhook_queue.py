"""A queue of webhook deliveries with one thread and one kept-alive connection."""

import heapq
import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

NO_ANSWER: Final = 0
TIMEOUT_SECONDS: Final = 10.0
_FRESH_SECONDS: Final = 4.0


@dataclass(order=True)
class WebhookDelivery:
    """One delivery of an event to a URL; `due` is a monotonic time."""

    due: float
    number: int
    event_id: str = field(compare=False)
    url: str = field(compare=False)
    body: bytes = field(compare=False)
    sign: Callable[[float], Mapping[str, str]] = field(compare=False)
    attempt: int = field(default=0, compare=False)


Put = Callable[[WebhookDelivery], None]


class WebhookQueue:
    """Sends deliveries one at a time and calls `after` with the status."""

    def __init__(self, after: Callable[[WebhookDelivery, int, Put], None]) -> None:
        self._after = after
        self._due: list[WebhookDelivery] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._connection = WebhookConnection()

    def put(self, delivery: WebhookDelivery) -> None:
        """Queue a delivery."""
        with self._changed:
            heapq.heappush(self._due, delivery)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """Stop the thread after the current delivery."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            self._after(delivery, self._connection.post(delivery), self.put)
        self._connection.close()

    def _next(self) -> WebhookDelivery | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0].due - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(wait)
        return None


class WebhookConnection:
    """A kept-alive connection to the last server."""

    def __init__(self) -> None:
        self._to = ""
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def post(self, delivery: WebhookDelivery) -> int:
        """Sign and send a delivery; return the status or `NO_ANSWER`."""
        parts = urlsplit(delivery.url)
        headers = {"Content-Type": "application/json", **delivery.sign(time.time())}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection = self._reach(parts)
            connection.request("POST", path, delivery.body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException, ValueError):  # ValueError for an invalid host
            self.close()
            return NO_ANSWER
        self._used = time.monotonic()
        return answer.status

    def _reach(self, parts: SplitResult) -> http.client.HTTPConnection:
        to = f"{parts.scheme}://{parts.netloc}"
        if to != self._to or time.monotonic() - self._used > _FRESH_SECONDS:
            self.close()
        if self._connection is None:
            kind = (
                http.client.HTTPSConnection
                if parts.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
            self._to = to
        return self._connection

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
