"""Owns a lane of webhook deliveries: one thread, one kept connection, events as they fall due."""

import heapq
import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

NO_ANSWER: Final = 0
PATIENCE: Final = 10.0
_FRESH_SECONDS: Final = 4.0


@dataclass(order=True)
class WebhookDelivery:
    """One event on its way to one address; `due` is a monotonic moment."""

    due: float
    number: int
    event_id: str = field(compare=False)
    url: str = field(compare=False)
    body: bytes = field(compare=False)
    sign: Callable[[float], Mapping[str, str]] = field(compare=False)
    attempt: int = field(default=0, compare=False)


Put = Callable[[WebhookDelivery], None]


class WebhookQueue:
    """Posts what is put in it, one at a time, and tells `after` the status that came back."""

    def __init__(self, after: Callable[[WebhookDelivery, int, Put], None]) -> None:
        self._after = after
        self._due: list[WebhookDelivery] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._line = WebhookConnection()

    def put(self, posting: WebhookDelivery) -> None:
        """Queue a posting for its moment."""
        with self._changed:
            heapq.heappush(self._due, posting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self) -> None:
        """End the thread after the posting in hand."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _work(self) -> None:
        while (posting := self._next()) is not None:
            self._after(posting, self._line.post(posting), self.put)
        self._line.close()

    def _next(self) -> WebhookDelivery | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0].due - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(wait)
        return None


class WebhookConnection:
    """A kept-alive connection to wherever the last posting went."""

    def __init__(self) -> None:
        self._to = ""
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def post(self, posting: WebhookDelivery) -> int:
        """Send a posting, signed now, and give the status that came back or `NO_ANSWER`."""
        parts = urlsplit(posting.url)
        headers = {"Content-Type": "application/json", **posting.sign(time.time())}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection = self._reach(parts)
            connection.request("POST", path, posting.body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException, ValueError):  # the last for a host of no kind
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
            self._connection = kind(parts.netloc, timeout=PATIENCE)
            self._to = to
        return self._connection

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
