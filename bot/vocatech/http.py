"""HTTP transport for Vocatech's API: rate limiting, retries, and error mapping."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, Self

import httpx

from bot.errors import (
    AnswerLost,
    AnswerTooLarge,
    AnswerUnreadable,
    ApiError,
    KeyExpired,
    KeyRefused,
    NotFound,
    RequestRefused,
    TooManyRequests,
    Unavailable,
)
from bot.server.rate_limit import RateLimit
from bot.vocatech.rate_limiter import REQUESTS, QuotaLimiter, backoff_seconds

MOST_ANSWER_BYTES = 32 * 1024 * 1024
MOST_TRIES = 4
_FAILURES = {
    "ConnectError": "the connection failed",
    "ConnectTimeout": "the connection timed out",
    "PoolTimeout": "no connection was free",
    "ReadError": "the connection was lost",
    "ReadTimeout": "the response timed out",
    "RemoteProtocolError": "the connection was lost",
    "UnsupportedProtocol": "the URL is invalid",
    "WriteError": "the connection was lost",
    "WriteTimeout": "the request timed out",
}
# The request never left this machine.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class HttpClient:
    """The transport; `client` has the base URL and the API key.

    An interactive request is made once and soon, or not at all. Background requests wait for the
    rate limiter and are retried. `on_limit` is called for each HTTP 429, which the rate limiter
    should have prevented.
    """

    client: httpx.Client
    limiter: QuotaLimiter
    on_limit: Callable[[], None] = lambda: None
    is_interactive: bool = False

    def as_interactive(self) -> Self:
        """Return the same transport for interactive requests, which are served first."""
        return replace(self, is_interactive=True)

    def get(self, path: str, *limits: RateLimit, **query: Any) -> Any:
        """Return the JSON of a GET response; background requests are retried."""
        tries = 1 if self.is_interactive else MOST_TRIES
        for number in range(1, tries):
            try:
                return self.request("GET", path, *limits, query=query)
            except AnswerTooLarge:
                raise
            except TooManyRequests:
                pass  # the rate limiter knows how long to wait
            except Unavailable:
                self.limiter.pause(backoff_seconds(1.0, number))
        return self.request("GET", path, *limits, query=query)

    def request(
        self,
        method: str,
        path: str,
        *limits: RateLimit,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Any:
        """Make one request, once, and return its JSON response (None if empty).

        It counts against the limit of requests per minute and against `limits`. Raises ApiError;
        after AnswerLost the request may or may not have been carried out.
        """
        with self.stream(method, path, *limits, query=query, body=body) as response:
            return read_answer(response)

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *limits: RateLimit,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Iterator[httpx.Response]:
        """Make one request, once, and yield its unread response: a success or a redirect."""
        self.limiter.acquire(REQUESTS, *limits, is_interactive=self.is_interactive)
        try:
            with self.client.stream(method, path, params=query, json=body) as response:
                self._check(response)
                yield response
        except NOT_SENT as error:
            raise Unavailable(describe_failure(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise AnswerLost(describe_failure(error)) from error

    def _check(self, response: httpx.Response) -> None:
        if response.is_success or response.has_redirect_location:
            self.limiter.note_success()
            return
        try:
            body = read_body(response)
        except (AnswerTooLarge, AnswerUnreadable, httpx.HTTPError):
            body = b""  # the status is enough
        error = error_for(response.status_code, body, response.headers)
        if isinstance(error, TooManyRequests):
            self.on_limit()
        if isinstance(error, TooManyRequests | KeyRefused):
            self.limiter.block(error)
        raise error


def describe_failure(error: Exception) -> str:
    """Return an exception of the HTTP library in plain words."""
    name = type(error).__name__
    return _FAILURES.get(name, name)


def error_for(status: int, body: bytes, headers: httpx.Headers) -> ApiError:
    """Return the error that a response means.

    A 401 for a bad key, and one "with a specific code" for an expired key, are documented. Where
    that code is, and what it is, are assumed.
    """
    reason = _error_text(body)
    if status == httpx.codes.UNAUTHORIZED:
        return KeyExpired(reason) if "expired" in reason.lower() else KeyRefused(reason)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(reason)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return TooManyRequests(_retry_after(headers))
    # After a request timeout, the server may have received the request.
    if httpx.codes.is_client_error(status) and status != httpx.codes.REQUEST_TIMEOUT:
        return RequestRefused(f"{status}: {reason}")
    return AnswerLost(f"status {status}")


def read_body(response: httpx.Response) -> bytes:
    """Read a response body. Raises AnswerTooLarge, or AnswerUnreadable if compressed twice."""
    if is_compressed_twice(response):
        raise AnswerUnreadable("the response is compressed more than once")
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise AnswerTooLarge
    return bytes(body)


def is_compressed_twice(response: httpx.Response) -> bool:
    """Return whether a few bytes could decompress to gigabytes before they can be counted."""
    return "," in response.headers.get("content-encoding", "")


def read_answer(response: httpx.Response) -> Any:
    """Return the JSON of a response, None if it is empty. Raises AnswerLost."""
    if not response.is_success:
        raise AnswerUnreadable("the response is a redirect")
    body = read_body(response)
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise AnswerUnreadable("the response is not JSON") from None


def _error_text(body: bytes) -> str:
    """Return the error message of a response (assumed: code, error.code, error, message)."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    inner = error if isinstance(error, dict) else {"error": error}
    parts = [answer.get("code"), *(inner.get(n) for n in ("code", "error", "message"))]
    parts.append(answer.get("message"))
    text = " ".join(part for part in parts if isinstance(part, str))[:300]
    # Commands print it to a terminal, which would interpret control characters.
    return "".join(letter for letter in text if letter.isprintable())


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return Retry-After in seconds (assumed)."""
    try:
        seconds = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    # A NaN wait would compare as neither over nor still running.
    return None if isnan(seconds) else min(max(seconds, 1.0), 3600.0)
