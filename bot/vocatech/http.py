"""Owns one request to Vocatech: its turn, its answer, and what a refusal means."""

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
# Nothing of the request left this machine.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class HttpClient:
    """The way to Vocatech: `http` has the base address and the key.

    For people a request is made once and soon, or not at all; background work waits its turn, and
    asks again what was not answered. `on_limit` is told whenever Vocatech says 429, which this
    side should have kept from happening.
    """

    client: httpx.Client
    limiter: QuotaLimiter
    on_limit: Callable[[], None] = lambda: None
    is_interactive: bool = False

    def as_interactive(self) -> Self:
        """Give the same way for people, who come first."""
        return replace(self, is_interactive=True)

    def get(self, path: str, *limits: RateLimit, **query: Any) -> Any:
        """Ask for something; asked again, in the background, while there is no good answer."""
        tries = 1 if self.is_interactive else MOST_TRIES
        for number in range(1, tries):
            try:
                return self.request("GET", path, *limits, query=query)
            except AnswerTooLarge:
                raise
            except TooManyRequests:
                pass  # the turns know for how long to wait
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
        """Make one request, once, and give the JSON of its answer (None where that is empty).

        Besides the requests of a minute it uses the `limits`. Raises ApiError; AnswerLost is
        the one after which nobody knows whether it was done.
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
        """Make one request, once, and give its answer to be read: a success or a redirect."""
        self.limiter.acquire(REQUESTS, *limits, is_interactive=self.is_interactive)
        try:
            with self.client.stream(method, path, params=query, json=body) as response:
                self._check(response)
                yield response
        except NOT_SENT as error:
            raise Unavailable(type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise AnswerLost(type(error).__name__) from error

    def _check(self, response: httpx.Response) -> None:
        if response.is_success or response.has_redirect_location:
            self.limiter.note_success()
            return
        try:
            said = read_body(response)
        except (AnswerTooLarge, AnswerUnreadable, httpx.HTTPError):
            said = b""  # the status says what matters
        error = error_for(response.status_code, said, response.headers)
        if isinstance(error, TooManyRequests):
            self.on_limit()
        if isinstance(error, TooManyRequests | KeyRefused):
            self.limiter.block(error)
        raise error


def error_for(status: int, body: bytes, headers: httpx.Headers) -> ApiError:
    """Tell what a refusal means.

    A 401 for a bad key and one "with a specific code" for an expired one are documented, the
    place and the word of that code are assumed.
    """
    said = _said(body)
    if status == httpx.codes.UNAUTHORIZED:
        return KeyExpired(said) if "expired" in said.lower() else KeyRefused(said)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(said)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return TooManyRequests(_retry_after(headers))
    # A server that grew tired of waiting may have what it waited for.
    if httpx.codes.is_client_error(status) and status != httpx.codes.REQUEST_TIMEOUT:
        return RequestRefused(f"{status}: {said}")
    return AnswerLost(f"status {status}")


def read_body(response: httpx.Response) -> bytes:
    """Read an answer; raises AnswerTooLarge, or AnswerUnreadable where it is packed oddly."""
    if is_packed_twice(response):
        raise AnswerUnreadable("the answer is packed more than once")
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MOST_ANSWER_BYTES:
            raise AnswerTooLarge
    return bytes(body)


def is_packed_twice(response: httpx.Response) -> bool:
    """Tell of a few bytes that would be gigabytes before anybody could count them."""
    return "," in response.headers.get("content-encoding", "")


def read_answer(response: httpx.Response) -> Any:
    """Read the JSON of an answer, None where it is empty; raises AnswerLost."""
    if not response.is_success:
        raise AnswerUnreadable("it answers with a redirect")
    body = read_body(response)
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise AnswerUnreadable("the answer is not JSON") from None


def _said(body: bytes) -> str:
    """Find the words of an error wherever they sit (assumed: code, error.code, error, message)."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    inner = error if isinstance(error, dict) else {"error": error}
    words = [answer.get("code"), *(inner.get(n) for n in ("code", "error", "message"))]
    words.append(answer.get("message"))
    said = " ".join(word for word in words if isinstance(word, str))[:300]
    # Commands write it to a terminal, which would obey the rest.
    return "".join(letter for letter in said if letter.isprintable())


def _retry_after(headers: httpx.Headers) -> float | None:
    """Read Retry-After in seconds (assumed)."""
    try:
        seconds = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    # A wait of NaN seconds would be over at once, and never at an end.
    return None if isnan(seconds) else min(max(seconds, 1.0), 3600.0)
